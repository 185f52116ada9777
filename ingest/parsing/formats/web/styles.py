"""Style sheets of a page: the declarations that decide whether a reader sees an element.

Read are ``<style>`` elements, ``style`` attributes, and linked sheets where the file holds them (books, saved pages).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeAlias

import cssselect2
import tinycss2
from tinycss2.ast import Node

from ingest.parsing.xml_tree import Element, name

# property -> its value's tokens, without white space and comments
Declared: TypeAlias = dict[str, tuple[Any, ...]]
Linked: TypeAlias = Callable[[str], str | None]

# what bears on being seen; everything else in a sheet is passed over
_PROPERTIES = frozenset(
    [
        "display",
        "visibility",
        "opacity",
        "font",
        "font-size",
        "color",
        "background",
        "background-color",
        "background-image",
        "position",
        "left",
        "top",
        "right",
        "bottom",
        "clip",
        "clip-path",
        "height",
        "max-height",
        "width",
        "max-width",
        "overflow",
        "overflow-x",
        "overflow-y",
        "text-indent",
        "transform",
        "margin-left",
        "margin-top",
        "filter",
        "-webkit-text-fill-color",
        "content-visibility",
        "zoom",
        "list-style",
        "list-style-type",
        "vertical-align",
        "mso-hide",
    ]
)
_MAY_HIDE = re.compile(
    r"display|visib|opacity|font|color|background|position|clip|height|width|overflow|indent|transform|margin|filter"
    r"|zoom|list|align|hide|\\|/\*",
    re.I,
)
_MAX_CSS = 1_000_000  # characters of all sheets of a page
_MAX_RULES = 5_000
# a selector of this kind looks at all neighbours of an element: fine on a small page, the square of a large one
_COSTLY = re.compile(r"~|:nth-|:has\(|:is\(|:where\(|:last-|:only-|:not\(")
_SMALL_PAGE = 3_000  # elements
# selectors without an id, class or tag are tried on every element
_MAX_UNINDEXED = 50
_MAX_ELEMENTS = 200_000
# a reader can bring these about with the page alone, without a script
_DYNAMIC = re.compile(r":(?:hover|focus-within|focus-visible|focus|active|target|checked)\b")
_MAX_NESTING = 8
_APPLIES = re.compile(r"\s*(?:only\s+)?(?:all|screen)?\s*", re.I)
_REVEALING = frozenset({"display", "visibility", "opacity", "height", "max-height", "left", "top", "clip", "clip-path",
                        "transform", "font-size", "overflow"})  # fmt: skip


def not_linked(address: str) -> str | None:  # noqa: ARG001
    """For a page whose sheets lie elsewhere."""
    return None


class Sheet:
    """What the sheets of a page say about each of its elements.

    ``linked`` gives the text of the sheet at an address, ``None`` where the file does not hold it. ``whole`` is
    ``False`` then: an element with a class may have another background than is known here.
    """

    def __init__(self, root: Element, linked: Linked = not_linked) -> None:
        self.whole = True
        self._of: dict[Element, Declared] = {}
        text = "\n".join(self._sheets(root, linked))[:_MAX_CSS]
        if "@import" in text:
            self.whole = False
        if text and _MAY_HIDE.search(text):
            self._match(root, text)

    def _sheets(self, root: Element, linked: Linked) -> Iterator[str]:
        for element in root.iter("style", "link"):
            if not _applies(element.get("media") or ""):
                continue
            if name(element) == "style":
                yield "".join(element.itertext())
            elif "stylesheet" in (element.get("rel") or "").lower() and (address := element.get("href")):
                if (css := linked(address)) is None:
                    self.whole = False
                else:
                    yield css

    def declared(self, element: Element) -> Declared:
        """The declarations for ``element``, those of its ``style`` attribute last."""
        found = self._of.get(element)
        style = element.get("style")
        own = inline(style) if style else None
        if not own:
            return found or {}
        if not found:
            return own
        return _over(found, own)

    def _match(self, root: Element, text: str) -> None:
        elements = sum(1 for _ in root.iter())
        if elements > _MAX_ELEMENTS:
            return
        matcher = cssselect2.Matcher()
        count = unindexed = 0
        for selector, given in _selectors(text, elements <= _SMALL_PAGE):
            try:
                compiled = cssselect2.compile_selector_list(selector)
            except (cssselect2.SelectorError, RecursionError):
                continue
            for one in compiled:
                indexed = bool(one.id or one.class_name or one.local_name)
                unindexed += not indexed
                if one.never_matches or one.pseudo_element or (not indexed and unindexed > _MAX_UNINDEXED):
                    continue
                matcher.add_selector(one, given)
                count += 1
            if count > _MAX_RULES:
                break
        if not count:
            return
        for wrapper in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
            if found := matcher.match(wrapper):
                merged: Declared = {}
                for *_, given in found:
                    merged = _over(merged, given)
                self._of[wrapper.etree_element] = merged


@lru_cache(maxsize=4096)
def inline(style: str) -> Declared:
    """The declarations of a ``style`` attribute; not to be changed."""
    if not _MAY_HIDE.search(style):
        return {}
    return _payload(tinycss2.parse_blocks_contents(style[:10_000], skip_comments=True, skip_whitespace=True))


def _applies(media: str) -> bool:
    """Whether a media list is for a screen of any size: a rule for print or for telephones hides nothing here."""
    return any(_APPLIES.fullmatch(part) for part in media.split(","))


def _selectors(text: str, is_small: bool) -> Iterator[tuple[str, Declared]]:
    """Each selector of each rule with what it declares."""
    for selectors, payload in _rules(text):
        for selector in selectors.split(",") if "(" not in selectors else [selectors]:
            if _COSTLY.search(selector) and not is_small:
                continue
            if not _DYNAMIC.search(selector):
                yield selector, payload
            elif given := {key: value for key, value in payload.items() if _reveals(key, value)}:
                yield _DYNAMIC.sub("", selector).strip() or "*", given


def _rules(text: str) -> Iterator[tuple[str, Declared]]:
    """(selectors, declarations) of the rules that bear on being seen, in order."""
    pending: list[Node] = list(
        reversed(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))
    )
    while pending:
        rule = pending.pop()
        if rule.type not in ("qualified-rule", "at-rule") or not _is_flat(rule.prelude):
            continue
        if rule.type == "qualified-rule":
            content = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            if payload := _payload(content):
                yield tinycss2.serialize(rule.prelude).strip(), payload
        elif rule.type == "at-rule" and rule.content is not None:
            keyword = rule.lower_at_keyword
            if keyword in ("supports", "layer") or (
                keyword == "media" and _applies(tinycss2.serialize(rule.prelude))
            ):
                pending += reversed(
                    tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                )


def _payload(content: Iterable[Node]) -> Declared:
    """Declarations by property; ``!display`` is there too where ``display`` is marked as important."""
    found: Declared = {}
    for item in content:
        if item.type != "declaration" or item.lower_name not in _PROPERTIES or not _is_flat(item.value):
            continue
        key = item.lower_name
        if f"!{key}" in found and not item.important:
            continue
        found[key] = tuple(token for token in item.value if token.type not in ("whitespace", "comment"))
        if item.important:
            found[f"!{key}"] = ()
    return found


def _over(lower: Declared, upper: Declared) -> Declared:
    """Both, the upper ones first, but for those of the lower that alone are marked as important."""
    return {
        **lower,
        **{key: value for key, value in upper.items() if f"!{key}" not in lower or f"!{key}" in upper},
    }


def _is_flat(value: Iterable[Node]) -> bool:
    """Whether brackets nest no deeper than in sheets that a browser reads; deeper ones are a trap for recursion."""
    level = list(value)
    for _ in range(_MAX_NESTING):
        level = [
            inner
            for token in level
            for inner in (getattr(token, "arguments", None) or getattr(token, "content", None) or ())
        ]
        if not level:
            return True
    return False


def _reveals(key: str, value: tuple[Any, ...]) -> bool:
    word = getattr(value[0], "lower_value", "") if value else ""
    number = getattr(value[0], "value", 1) if value else 1
    return word not in ("none", "hidden", "collapse") and number != 0 and key in _REVEALING
