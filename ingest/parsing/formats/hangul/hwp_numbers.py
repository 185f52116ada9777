"""Numbers that Hangul counts by itself: of outlines and lists (제1조, 1., 가.), of notes, figures and tables."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.parsing.formats.numbering import counter

# Hangul's numbers of the formats, by their names in ``numbering``; 0 are digits
_KINDS = {
    1: "decimalEnclosedCircle", 2: "upperRoman", 3: "lowerRoman", 4: "upperLetter", 5: "lowerLetter",
    6: "upperLetterCircle", 7: "lowerLetterCircle", 8: "ganada", 9: "koreanLetterCircle", 10: "chosung",
    11: "koreanConsonantCircle", 12: "koreanCounting", 13: "chineseCounting", 14: "ideographEnclosedCircle",
    15: "koreanStems", 16: "hanjaStems",
}  # fmt: skip
_BLANK = re.compile(r"\^([1-9nN])")
LEVELS = 10


def formatted(number: int, kind: int) -> str:
    """``number`` in one of the formats above; plain digits for 0 and for what no format has."""
    return counter(number, _KINDS.get(kind, "decimal"))


@dataclass(frozen=True, slots=True)
class Numbering:
    """A list's numbers.

    Attributes:
        formats: for each level the text with ``^1``-``^9`` for the numbers of the levels, ``^n`` for all of them.
        kinds: how the number of each level is written.
        starts: its first number.
        continues: whether it goes on from the list before it.
    """

    formats: tuple[str, ...]
    kinds: tuple[int, ...]
    starts: tuple[int, ...]
    continues: bool = False


class Counters:
    """The numbers of a document so far."""

    def __init__(self) -> None:
        self._counts: dict[int, list[int]] = {}
        self._last: list[int] | None = None

    def label(self, key: int, numbering: Numbering, level: int) -> str:
        """What stands before the next paragraph of this level (from 0) in list ``key``; may be empty."""
        level = min(level, len(numbering.formats) - 1)
        if level < 0:
            return ""
        if key not in self._counts:
            going_on = numbering.continues and self._last is not None
            self._counts[key] = list(self._last or ()) if going_on else [0] * LEVELS
        counts = self._last = self._counts[key]
        start = numbering.starts[level] if level < len(numbering.starts) else 1
        counts[level] = counts[level] + 1 if counts[level] else start
        counts[level + 1 :] = [0] * (LEVELS - level - 1)
        for above in range(level):
            counts[above] = counts[above] or 1

        def number(blank: re.Match[str]) -> str:
            sign = blank.group(1)
            if sign in "nN":
                path = [formatted(counts[of], _kind(numbering, of)) for of in range(level + 1)]
                return ".".join(path) + ("." if sign == "N" else "")
            of = int(sign) - 1
            return formatted(counts[of], _kind(numbering, of)) if of <= level else ""

        return _BLANK.sub(number, numbering.formats[level]).strip()


def _kind(numbering: Numbering, level: int) -> int:
    return numbering.kinds[level] if level < len(numbering.kinds) else 0
