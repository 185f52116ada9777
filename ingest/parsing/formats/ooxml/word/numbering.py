"""Automatic numbers of headings and lists: counted as Word counts them, from the numbering part.

A list (``num``) is an instance of a pattern (``abstractNum``) of nine levels. Lists of one pattern count on together,
until one of them says where it starts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.ooxml.parts.package import number, truth
from ingest.parsing.xml_tree import Element, attribute, child, children

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
# a pattern may name a style whose list names the pattern, and so on
_MAX_LINKS = 10


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a pattern. ``restart`` is the level (from 1) after which it starts again; 0 never, -1 any above."""

    form: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int = -1
    all_decimal: bool = False
    style: str = ""

    @property
    def is_bullet(self) -> bool:
        return self.form == "bullet"


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a paragraph: its number as shown, or empty for a bullet. ``level`` counts from 0."""

    text: str
    level: int
    is_bullet: bool = False


class Numbering:
    """The lists of a document. ``label`` counts: call it once for each numbered paragraph, in order."""

    def __init__(self, root: Element | None) -> None:
        self._patterns: dict[str, dict[int, Level]] = {}
        self._links: dict[str, str] = {}
        self._styled: dict[str, str] = {}
        # list -> its pattern, its own levels, and where its levels start
        self._lists: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._started: set[tuple[str, int]] = set()
        for element in children(root, "abstractNum") if root is not None else ():
            self._read_pattern(element)
        for element in children(root, "num") if root is not None else ():
            self._read_list(element)

    def level_of_style(self, list_id: str, style: str) -> int:
        """The level that a paragraph style stands for in this list; 0 where it stands for none."""
        levels = self._levels(list_id)
        return next((place for place, level in levels.items() if style and level.style == style), 0)

    def label(self, list_id: str, place: int) -> Label | None:
        """The next number of a list at a level from 0; ``None`` where there is no such list."""
        if list_id not in self._lists or not 0 <= place < _LEVELS:
            return None
        levels = self._levels(list_id)
        level = levels.get(place)
        if level is None:
            return None
        if level.is_bullet:
            return Label("", place, True)
        counts = self._count(list_id, place, levels)
        return Label(_shown(level, levels, counts), place)

    def _count(self, list_id: str, place: int, levels: dict[int, Level]) -> dict[int, int]:
        pattern, _, starts = self._lists[list_id]
        counts = self._counts.setdefault(self._root(pattern), {})
        first = (list_id, place) not in self._started
        self._started.add((list_id, place))
        if first and place in starts:
            counts[place] = starts[place]
        elif place in counts:
            counts[place] += 1
        else:
            counts[place] = levels[place].start
        for deeper in range(place + 1, _LEVELS):
            restart = levels[deeper].restart if deeper in levels else -1
            if deeper in counts and (restart < 0 or place < restart):
                del counts[deeper]
        return counts

    def _levels(self, list_id: str) -> dict[int, Level]:
        pattern, own, _ = self._lists.get(list_id, ("", {}, {}))
        return {**self._patterns.get(self._root(pattern), {}), **own}

    def _root(self, pattern: str) -> str:
        """The pattern itself, or the one that its numbering style leads to."""
        for _ in range(_MAX_LINKS):
            if pattern not in self._links or self._patterns.get(pattern):
                break
            pattern = self._styled.get(self._links[pattern], pattern)
        return pattern

    def _read_pattern(self, element: Element) -> None:
        identifier = attribute(element, "abstractNumId") or ""
        self._patterns[identifier] = _read_levels(element)
        if (link := _value(element, "numStyleLink")) is not None:
            self._links[identifier] = link
        if (link := _value(element, "styleLink")) is not None:
            self._styled[link] = identifier

    def _read_list(self, element: Element) -> None:
        starts: dict[int, int] = {}
        own: dict[int, Level] = {}
        for override in children(element, "lvlOverride"):
            place = number(attribute(override, "ilvl"))
            own |= _read_levels(override)
            if (start := _value(override, "startOverride")) is not None:
                starts[place] = number(start, 1)
        identifier = attribute(element, "numId") or ""
        self._lists[identifier] = (_value(element, "abstractNumId") or "", own, starts)


def _read_levels(parent: Element) -> dict[int, Level]:
    return {number(attribute(item, "ilvl")): _read_level(item) for item in children(parent, "lvl")}


def _read_level(element: Element) -> Level:
    form = _value(element, "numFmt")
    if form is None and (nested := child(element, "AlternateContent", "Choice", "numFmt")) is not None:
        form = attribute(nested, "val")
    if form == "custom":  # "001, 002, ..." and the like
        form = "decimalZero"
    restart = _value(element, "lvlRestart")
    return Level(
        form or "decimal",
        _value(element, "lvlText") or "",
        number(_value(element, "start"), 1),
        number(restart, -1) if restart is not None else -1,
        truth(child(element, "isLgl")),
        _value(element, "pStyle") or "",
    )


def _value(element: Element, local: str) -> str | None:
    found = child(element, local)
    return attribute(found, "val") if found is not None else None


def _shown(level: Level, levels: dict[int, Level], counts: dict[int, int]) -> str:
    """The level's text with the numbers of the levels that it names; one not counted yet shows its start."""

    def said(match: re.Match[str]) -> str:
        place = int(match.group(1)) - 1
        named = levels.get(place, replace(level, form="decimal"))
        form = "decimal" if level.all_decimal and named.form != "none" else named.form
        return counter(counts.get(place, named.start), form)

    return _PLACE.sub(said, level.text).strip()
