"""What surrounds the content of a page: menus, banners about cookies, lists of links to other pages.

The rules are careful: what holds a table, or words that are no links, stays.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.parsing.xml_tree import Element, name

_ROLES = frozenset({"navigation", "search", "menu", "menubar", "toolbar"})
# "skip to content" links, edit buttons, boxes that the page itself leaves out of print
_CLASSES = re.compile(
    r"(?:^|\s)(?:skip-?(?:link|nav|to)\S*|skipto\S*|mw-jump-link|mw-editsection|noprint)(?:\s|$)", re.I
)
_COOKIES = re.compile(
    r"cookie[-_]?(?:banner|consent|notice|bar|popup|law|warning|message|alert|modal|overlay|disclaimer|info|policy)"
    r"|(?:banner|consent|notice|popup)[-_]?cookie|consent[-_]?(?:banner|popup|modal|bar|overlay)|gdpr|onetrust|cybotcookie|cc-window",
    re.I,
)
_BREADCRUMBS = re.compile(r"bread-?_?crumb", re.I)
_LISTS = re.compile(
    r"(?:^|[\s_-])(?:menu|gnb|lnb|snb|navi?|navbar|navigation|sidebar|related|share|sharing|social|sns|pagination|pager|paging|sitemap"
    r"|tags?|languages?|lang|toolbar|quick-?links?|site-?(?:nav|menu|links))(?:$|[\s_-])",
    re.I,
)
_CONTENT = frozenset({"main", "article", "blockquote", "figure", "td", "th"})
_REGIONS = frozenset({"header", "footer", "aside"})
# a list with this many links to other languages switches the language
_LANGUAGE_LINKS = 3
_LONGEST_BANNER = 1_500  # characters
_LONGEST_BREADCRUMBS = 300
_FEWEST_LINKS = 3
_LONGEST_LINK = 40  # characters on average; links of a list of articles are longer and say something
_LINK_SHARE = 0.8  # of the characters
# elements that are looked at to measure candidates, for a whole page
_MEASURED = 500_000


class _Measure(NamedTuple):
    chars: int
    link_chars: int
    links: int
    has_content: bool  # a table, a first heading, an article


class Boilerplate:
    """The rules for one page. ``site`` is ``False`` for mails and books: only marked navigation is left out there."""

    def __init__(self, site: bool) -> None:
        self._site = site
        self._left = _MEASURED

    def holds(self, element: Element, local: str) -> bool:
        """Whether ``element`` is no part of the content; asked once for each element, from the top."""
        role = element.get("role")
        if local == "nav" or role in _ROLES:
            return not self._says_something(element)
        classes = f"{element.get('class') or ''} {element.get('id') or ''}"
        if (found := element.get("class")) and _CLASSES.search(found):
            return True
        if local in ("ul", "ol") and (
            sum(1 for link in element.iter("a") if link.get("hreflang")) >= _LANGUAGE_LINKS
        ):
            return True
        if not self._site or local in ("body", "html", "main", "article"):
            return False
        return self._surrounds(element, local, classes)

    def _surrounds(self, element: Element, local: str, classes: str) -> bool:
        if len(classes) > 1 and local in (
            "div",
            "section",
            "aside",
            "p",
            "ul",
            "ol",
            "dialog",
            "header",
            "footer",
        ):
            if _COOKIES.search(classes):
                found = self._measure(element)
                return found is not None and found.chars <= _LONGEST_BANNER and not found.has_content
            if _BREADCRUMBS.search(classes):
                found = self._measure(element)
                return found is not None and found.chars <= _LONGEST_BREADCRUMBS and found.links > 0
            if _LISTS.search(classes):
                return self._is_link_list(element)
        if local == "aside" or (local in ("ul", "ol", "div") and _region(element)):
            return self._is_link_list(element)
        return False

    def _says_something(self, element: Element) -> bool:
        """A part that is marked as navigation and holds a table or more words than links is none."""
        found = self._measure(element)
        return found is not None and (
            (found.has_content and found.chars > 2 * found.link_chars)
            or found.chars - found.link_chars > _LONGEST_BANNER
        )

    def _is_link_list(self, element: Element) -> bool:
        found = self._measure(element)
        return (
            found is not None
            and found.links >= _FEWEST_LINKS
            and not found.has_content
            and found.link_chars >= _LINK_SHARE * found.chars
            and found.link_chars <= _LONGEST_LINK * found.links
        )

    def _measure(self, element: Element) -> _Measure | None:
        """``None`` when too much of the page has been measured already: then nothing is left out."""
        chars = link_chars = links = 0
        has_content = False
        for inner in element.iter():
            self._left -= 1
            if self._left < 0:
                return None
            local = name(inner)
            if local in ("table", "h1", "article", "main", "pre", "math", "textarea"):
                has_content = True
            if local == "a" and inner.get("href") is not None:
                links += 1
                # links hold no links
                link_chars += sum(len(piece.strip()) for piece in inner.itertext())
            if local not in ("script", "style", "template", "noscript"):
                chars += len((inner.text or "").strip())
            if inner is not element:
                chars += len((inner.tail or "").strip())
        return _Measure(chars, link_chars, links, has_content)


def _region(element: Element) -> bool:
    """Whether ``element`` stands in the page's own header, footer or sidebar, at most six levels up."""
    parent = element.getparent()
    for _ in range(6):
        if parent is None or name(parent) in _CONTENT:
            return False
        if name(parent) in _REGIONS or parent.get("role") in ("contentinfo", "complementary", "banner"):
            return True
        parent = parent.getparent()
    return False
