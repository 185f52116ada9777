"""Columns of running text whose lines come row by row: the left one is read to its end, then the right one.

Only what reads on from line to line is torn apart: not tables, not labels with their values, not numbered lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.parsing.pdf.lines import Cell, Line

# lines on each side, and the white between the sides relative to the size
_LINES = 4
_GUTTER = 0.8
# running text: letters in half its lines at least (a Hangul syllable is two), words, how many lines fill the column
_LETTERS = 20
_WORDS = 3
_FILLED, _FULL = 0.55, 0.72
_RUNS_ON = 0.5
_HANGUL = re.compile(r"[가-힣]")
_ENDS = re.compile(r"[.!?。:;][)\"'”’]?\s*$")
_MAX_LINES = 400


@dataclass(slots=True)
class _Split:
    """Lines of the two sides; ``count`` lines of the page."""

    left: list[Line]
    right: list[Line]
    count: int


def by_columns(lines: list[Line], depth: int = 0) -> list[Line]:
    """The lines in reading order; those that stand in two or more columns are cut at the white between these."""
    if depth > 3:
        return lines
    found: list[Line] = []
    index = 0
    while index < len(lines):
        split = _split(lines, index)
        if split is None or not _is_text(split):
            # text may follow a table; to try each line of a long table again would take too long
            step = 1 if split is None else max(split.count // 2, 1)
            found += lines[index : index + step]
            index += step
            continue
        found += by_columns(split.left, depth + 1)
        found += by_columns(split.right, depth + 1)
        index += split.count
    return found


def _split(lines: list[Line], start: int) -> _Split | None:
    """The lines from ``start`` on that leave a strip of white between them from top to bottom."""
    first = lines[start]
    if not first.placed or first.rows:
        return None
    if len(first.cells) > 1:
        left, right = max(pairwise(first.cells), key=lambda pair: pair[1].left - pair[0].right)
        low, high = left.right, right.left
    elif start + 1 < len(lines) and _beside(first, lines[start + 1]):
        low, high = first.right, lines[start + 1].left
    else:
        return None
    parts: list[tuple[Line, list[Cell], list[Cell]]] = []
    last = first
    for line in lines[start : start + _MAX_LINES]:
        size = max(line.size, 1.0)
        if not line.placed or line.rows or not line.cells or not 0.75 < size / max(first.size, 1.0) < 1.34:
            break
        if not -0.8 * size < last.last - line.first < 3.2 * size:
            break
        before = [cell for cell in line.cells if cell.right <= high and cell.left < low + size]
        after = list(line.cells[len(before) :])
        lower = max([low, *(cell.right for cell in before)])
        upper = min([high, *(cell.left for cell in after)])
        if upper - lower < _GUTTER * size or (before and before[-1].right > upper):
            break
        low, high = lower, upper
        parts.append((line, before, after))
        last = line
    if min(sum(1 for _, before, _ in parts if before), sum(1 for _, _, after in parts if after)) < _LINES:
        return _Split([], [], len(parts))
    return _Split(
        [_part(line, before) for line, before, _ in parts if before],
        [_part(line, after) for line, _, after in parts if after],
        len(parts),
    )


def _beside(line: Line, other: Line) -> bool:
    """Whether the other line begins at the same height, to the right."""
    return (
        other.placed
        and not other.rows
        and abs(line.first - other.first) < 0.6 * line.size
        and other.left - line.right > _GUTTER * line.size
    )


def _part(line: Line, cells: list[Cell]) -> Line:
    if len(cells) == len(line.cells):
        return line
    left, right = cells[0].left, cells[-1].right
    # a line break between the columns: only the end of the line tells whether there was a space
    return replace(
        line,
        text=" ".join(cell.text for cell in cells),
        left=left,
        right=right,
        cells=tuple(cells),
        pieces=tuple(piece for piece in line.pieces if left - 0.1 <= piece.left <= right),
        words=tuple(word for word in line.words if left - 0.1 <= word.left <= right),
    )


def _is_text(split: _Split) -> bool:
    both = len(split.left) + len(split.right) - split.count
    # lines of the two columns that come one after the other count as one
    alternating = sum(
        above.right < line.left or line.right < above.left
        for above, line in pairwise(sorted((*split.left, *split.right), key=lambda line: -round(line.first)))
    )
    if min(len(split.left), len(split.right)) < _LINES or max(both, alternating // 2) < _LINES - 1:
        return False
    return all(map(_runs_on, (split.left, split.right)))


def _runs_on(side: list[Line]) -> bool:
    """Whether the lines of a side are running text, or several columns of it."""
    if sum(len(line.cells) > 1 for line in side) > 0.3 * len(side):
        split = _split(side, 0)
        return split is not None and split.count > 0.6 * len(side) and _is_text(split)
    weights = [len(line.text) + len(_HANGUL.findall(line.text)) for line in side]
    if median(weights) < _LETTERS or median(len(line.text.split()) for line in side) < _WORDS:
        return False
    width = max(line.right for line in side) - min(line.left for line in side)
    if sum(line.right - line.left > _FULL * width for line in side) < _FILLED * len(side):
        return False
    on = [_goes_on(above, line) for above, line in pairwise(side)]
    return sum(on) >= _RUNS_ON * len(on)


def _goes_on(above: Line, line: Line) -> bool:
    """Whether a sentence could run from one line into the next."""
    if _ENDS.search(above.text):
        return False
    start = line.text.lstrip()[:1]
    return (
        start.islower()
        or bool(_HANGUL.match(start))
        or above.text.rstrip()[-1:] in (",", "\ufffe")
        or (start.isalnum() and above.text.rstrip()[-1:].islower() and not start.isupper())
    )
