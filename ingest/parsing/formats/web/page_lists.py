"""Lists of a page: the numbers of their items as a browser writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.web.styles import Declared
from ingest.parsing.xml_tree import Element, name

_KINDS = {
    "a": "lowerLetterPlaces",
    "A": "upperLetterPlaces",
    "i": "lowerRoman",
    "I": "upperRoman",
    "lower-alpha": "lowerLetterPlaces",
    "lower-latin": "lowerLetterPlaces",
    "upper-alpha": "upperLetterPlaces",
    "upper-latin": "upperLetterPlaces",
    "lower-roman": "lowerRoman",
    "upper-roman": "upperRoman",
    "hangul": "ganadaPlaces",
    "hangul-consonant": "chosungPlaces",
    "korean-hangul-formal": "koreanCounting",
    "decimal-leading-zero": "decimalZero",
}
_NUMBERS: dict[str, Callable[[int], str]] = {
    word: partial(counter, kind=kind) for word, kind in _KINDS.items()
}
_NO_MARKER = ("none", "disc")


@dataclass(slots=True)
class PageList:
    """A list that is open: the number of its next item, and how it is written (``None`` for bullets)."""

    number: int = 0
    step: int = 1
    write: Callable[[int], str] | None = None


@dataclass(slots=True)
class Item:
    """An item that is open; ``used`` once its marker is written."""

    marker: str
    depth: int
    used: bool = False


def new_list(element: Element, local: str, styles: Declared) -> PageList:
    """The list that ``element`` (``ol``, ``ul`` ...) begins, with the declarations of its style."""
    words = [
        getattr(token, "lower_value", "")
        for key in ("list-style", "list-style-type")
        for token in styles.get(key, ())
    ]
    known = (*_NO_MARKER, "decimal", *_NUMBERS)
    style = next((word for word in reversed(words) if word in known), "")
    if local != "ol":
        return PageList(1, 1, _NUMBERS[style]) if local == "ul" and style in _NUMBERS else PageList()
    kind = style or element.get("type") or ""
    if kind in _NO_MARKER:
        return PageList()
    backwards = element.get("reversed") is not None
    count = sum(1 for item in element if name(item) == "li") if backwards else 1
    start = integer(element.get("start"))
    return PageList(count if start is None else start, -1 if backwards else 1, _NUMBERS.get(kind, str))


def new_item(element: Element, lists: list[PageList]) -> Item:
    """The next item of the innermost of ``lists``."""
    depth = max(len(lists) - 1, 0)
    if not lists or lists[-1].write is None:
        return Item("-", depth)
    of = lists[-1]
    value = integer(element.get("value"))
    number = of.number if value is None else value
    of.number = number + of.step
    write = _NUMBERS.get(element.get("type") or "", of.write)
    return Item(f"{write(number) if write else number}.", depth)


def integer(value: str | None) -> int | None:
    """The whole number at the start of an attribute, as browsers read it."""
    found = re.match(r"\s*(-?\d{1,9})", value) if value else None
    return int(found.group(1)) if found else None
