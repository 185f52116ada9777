"""Text that runs across the other lines of a page: heads of narrow columns, margins, watermarks."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from ingest.parsing.pdf.glyphs import Box
from ingest.parsing.pdf.lines import Line

# letters set one by one: a wider gap is a space, one that is much wider ends the line; relative to the size
_SPACE = 0.15
_END = 2.5
_SAME_BASE = 0.3


@dataclass(slots=True)
class Letters:
    """Letters of a page with their box; ``angle`` in degrees against the lines of the page, ``origins`` of the first and last one."""

    text: str
    before: str
    box: Box
    angle: float
    size: float
    origins: list[tuple[float, float]]


def turned_lines(letters: list[Letters], quarters: int) -> list[Line]:
    """Letters that stand on one turned base line, joined; ``quarters`` is how the page's own lines are turned."""
    by_angle: defaultdict[int, list[Letters]] = defaultdict(list)
    for piece in letters:
        by_angle[round(piece.angle) % 360].append(piece)
    return [
        line for angle, pieces in by_angle.items() for line in _lines(pieces, angle + 90 * quarters, quarters)
    ]


def turned_back(box: Box, quarters: int) -> Box:
    """The box as it lies when the page is turned so that lines turned by so many quarters run to the right."""
    left, bottom, right, top = box
    if not quarters:
        return box
    return ((bottom, -right, top, -left), (-right, -top, -left, -bottom), (-top, left, -bottom, right))[
        quarters - 1
    ]


def _lines(pieces: list[Letters], angle: float, quarters: int) -> list[Line]:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    rows: list[list[tuple[float, float, float, Letters]]] = []
    for piece in pieces:
        (x, y), (end_x, end_y) = piece.origins
        start, base = x * cos + y * sin, y * cos - x * sin
        width = abs((end_x - x) * cos + (end_y - y) * sin) + _advance(piece, cos, sin)
        for row in rows[-60:]:
            if abs(row[0][1] - base) < _SAME_BASE * piece.size:
                row.append((start, base, start + width, piece))
                break
        else:
            rows.append([(start, base, start + width, piece)])
    return [line for row in rows for line in _of_row(sorted(row, key=lambda found: found[0]), quarters)]


def _advance(piece: Letters, cos: float, sin: float) -> float:
    """About how wide the last letter is."""
    if len(piece.text) == 1 and min(abs(cos), abs(sin)) < 0.05:
        return piece.box[3] - piece.box[1] if abs(sin) > 0.5 else piece.box[2] - piece.box[0]
    return 0.5 * piece.size


def _of_row(row: list[tuple[float, float, float, Letters]], quarters: int) -> list[Line]:
    lines: list[Line] = []
    group: list[Letters] = []
    text, end = "", 0.0
    for start, _, right, piece in row:
        gap = start - end
        if group and gap > _END * piece.size:
            lines.append(_line(text, group, quarters))
            group, text = [], ""
        if group:
            alone = len(piece.text) == 1 or len(group[-1].text) == 1
            apart = gap > _SPACE * piece.size if alone else piece.before or gap > _SPACE * piece.size
            text += " " if apart else ""
        text += piece.text
        group.append(piece)
        end = right
    lines.append(_line(text, group, quarters))
    return lines


def _line(text: str, group: list[Letters], quarters: int) -> Line:
    left, bottom = min(piece.box[0] for piece in group), min(piece.box[1] for piece in group)
    right, top = max(piece.box[2] for piece in group), max(piece.box[3] for piece in group)
    left, bottom, right, top = turned_back((left, bottom, right, top), quarters)
    size = round(group[0].size, 1)
    return Line(text, left, right, bottom, top, size, placed=True, turned=True)
