"""Short lines among words: a line through words strikes them, one between two numbers makes a fraction of them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.parsing.pdf.glyphs import Box
from ingest.parsing.pdf.lines import Piece

_STRUCK = "~~"
# how high above the base line a line through words runs, relative to their size
_LOW, _HIGH = 0.12, 0.48
# it ends where its words end; as close does a fraction stand to the word beside it
_AT_END, _BESIDE = 0.45, 0.8
# share of it that stands on words; spaces take the rest
_COVERED = 0.6
# from a fraction's bar up to the base line of the numerator, and down to that of the denominator
_ABOVE, _BELOW = (-0.05, 0.7), (0.5, 1.4)
_NUMBER = re.compile(r"\d{1,4}")
# points: a line through words, and a fraction's bar, are no longer
_LONGEST, _LONGEST_BAR = 500.0, 40.0
_SHORTEST = 3.0
# lines compared with pieces on one page; a page with more is a drawing
_MAX_COMPARED = 200_000


@dataclass(slots=True)
class Strokes:
    """The lines of a page that run through its texts, and those that may be the bars of fractions."""

    through: list[Box] = field(default_factory=list)
    bars: list[Box] = field(default_factory=list)

    def set(self, pieces: list[Piece], is_seen: Callable[[Box], bool]) -> list[Piece]:
        """The pieces (single words, where lines run ``through`` texts): struck ones in ``~~``, fractions as one each.

        ``is_seen`` tells of a line whether it is painted: what is drawn may be clipped, covered or white.
        """
        if (len(self.through) + len(self.bars)) * len(pieces) > _MAX_COMPARED:
            return pieces
        done: set[int] = set()
        for line in self.through:
            struck = _struck(line, pieces)
            if struck and done.isdisjoint(map(id, struck)) and is_seen(line):
                done.update(map(id, struck))
                struck[0].text = _STRUCK + struck[0].text
                struck[-1].text += _STRUCK
        for bar in self.bars:
            pieces = _with_fraction(bar, pieces)
        return pieces


def strokes_of(rules: Sequence[Box], texts: Sequence[Box]) -> Strokes:
    """``rules`` are the thin lines of a page, ``texts`` the boxes of its text objects."""
    found = Strokes()
    ordered = sorted(texts, key=lambda box: box[1])
    bottoms = [box[1] for box in ordered]
    highest = max((box[3] - box[1] for box in texts), default=0.0)
    for rule in rules:
        wide, high = rule[2] - rule[0], rule[3] - rule[1]
        if not _SHORTEST < wide < _LONGEST or high > wide / 2:
            continue
        first, last = bisect_right(bottoms, rule[1] - highest), bisect_left(bottoms, rule[1])
        if any(_runs_through(rule, box) for box in ordered[first:last]):
            found.through.append(rule)
        elif wide < _LONGEST_BAR:
            found.bars.append(rule)
    return found


def _runs_through(rule: Box, box: Box) -> bool:
    """Whether the line crosses the middle of a text; one under it crosses what hangs below the base line at most."""
    height = ((rule[1] + rule[3]) / 2 - box[1]) / ((box[3] - box[1]) or 1)
    return 0.2 < height < 0.75 and box[0] < rule[2] and rule[0] < box[2]


def _struck(line: Box, pieces: list[Piece]) -> list[Piece]:
    """The words that the line runs through from the first to the last; none for one that only begins among words."""
    struck = [piece for piece in pieces if _is_level(line, piece) and line[0] < piece.middle < line[2]]
    if not any(char.isalnum() for piece in struck for char in piece.text):
        return []
    first, last = struck[0], struck[-1]
    reach = _AT_END * first.size
    covered = sum(piece.right - piece.left for piece in struck)
    ends = abs(first.left - line[0]) < reach and abs(last.right - line[2]) < reach
    return struck if ends and covered > _COVERED * (line[2] - line[0]) else []


def _with_fraction(bar: Box, pieces: list[Piece]) -> list[Piece]:
    """The pieces with the number under the bar joined to the one over it, where a word stands beside them."""
    above, below = list(_numbers(bar, pieces, 1, _ABOVE)), list(_numbers(bar, pieces, -1, _BELOW))
    if len(above) != 1 or len(below) != 1:
        return pieces
    top, bottom = above[0], below[0]
    beside = (
        piece
        for piece in pieces
        if _is_level(bar, piece)
        and -_AT_END * piece.size < max(bar[0] - piece.right, piece.left - bar[2]) < _BESIDE * piece.size
    )
    host = next(beside, None)
    if host is None:
        return pieces
    top.text = f"{top.text}/{bottom.text}"
    top.base, top.size, top.left, top.right = host.base, host.size, bar[0], bar[2]
    top.before = top.before or " "
    return [piece for piece in pieces if piece is not bottom]


def _numbers(bar: Box, pieces: list[Piece], side: int, reach: tuple[float, float]) -> Iterator[Piece]:
    """Numbers over (``side`` 1) or under (-1) the bar."""
    height = (bar[1] + bar[3]) / 2
    for piece in pieces:
        if piece.size and bar[0] - 1 < piece.middle < bar[2] + 1 and _NUMBER.fullmatch(piece.text):
            far = side * (piece.base - height) / piece.size
            if reach[0] < far < reach[1] and piece.right - piece.left < bar[2] - bar[0] + piece.size:
                yield piece


def _is_level(line: Box, piece: Piece) -> bool:
    return bool(piece.size) and _LOW < ((line[1] + line[3]) / 2 - piece.base) / piece.size < _HIGH
