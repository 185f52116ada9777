"""Tables drawn with ruling lines: each cell holds what stands between its lines, however often it wraps."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from ingest.parsing.pdf.glyphs import Box
from ingest.parsing.pdf.lines import Cell, Line
from ingest.parsing.pdf.objects import RULE_WIDTH

# lines that are closer are one line, and lines that miss each other by less meet, in points
_NEAR = 2.5
_SHORTEST = 6.0
_MAX_RULES = 1_500
_MAX_CELLS = 20_000
# a frame around running text is no cell
_MOST_CHARS = 1_500

Region: TypeAlias = int


@dataclass(frozen=True, slots=True)
class _Rule:
    """A straight line at ``at``, from ``start`` to ``end`` along the other axis."""

    at: float
    start: float
    end: float


class Grid:
    """Lines that meet; ``xs`` from left to right, ``ys`` from top to bottom."""

    def __init__(self, across: list[_Rule], upright: list[_Rule]) -> None:
        self.across, self.upright = across, upright
        self.xs = _places([rule.at for rule in upright])
        self.ys = _places([rule.at for rule in across])[::-1]
        self.columns, self.rows = len(self.xs) - 1, len(self.ys) - 1
        self._regions: list[Region] = []

    def is_grid(self) -> bool:
        return self.columns > 1 and self.rows > 1 and self.columns * self.rows <= _MAX_CELLS

    def regions(self) -> list[Region]:
        """For each cell, row by row, the first cell of those that it is merged with: no line is between them."""
        if not self._regions:
            cells = range(self.rows * self.columns)
            found = list(cells)
            for cell in cells:
                row, column = divmod(cell, self.columns)
                y = (self.ys[row] + self.ys[row + 1]) / 2
                x = (self.xs[column] + self.xs[column + 1]) / 2
                if column and not _drawn(self.upright, self.xs[column], y):
                    found[cell] = found[cell - 1]
                if row and not _drawn(self.across, self.ys[row], x):
                    above = found[cell - self.columns]
                    if found[cell] not in (cell, above):
                        lower, upper = found[cell], above
                        found[: cell + 1] = [
                            upper if region == lower else region for region in found[: cell + 1]
                        ]
                    found[cell] = above
            self._regions = found
        return self._regions

    def cell(self, x: float, y: float) -> int | None:
        column = bisect_right(self.xs, x) - 1
        row = bisect_right([-place for place in self.ys], -y) - 1
        if 0 <= column < self.columns and 0 <= row < self.rows:
            return row * self.columns + column
        return None


def with_tables(lines: list[Line], grids: list[Grid], turned: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines, and the turned lines, with tables in the place of what stands in them."""
    for grid in grids:
        lines, turned = _filled(grid, lines, turned)
    return lines, turned


def grids_of(rules: list[Box]) -> list[Grid]:
    """Each set of ruling lines that meet and leave cells between them."""
    across: list[_Rule] = []
    upright: list[_Rule] = []
    for left, bottom, right, top in rules[:_MAX_RULES]:
        if right - left >= _SHORTEST and top - bottom <= RULE_WIDTH:
            across.append(_Rule((top + bottom) / 2, left, right))
        elif top - bottom >= _SHORTEST and right - left <= RULE_WIDTH:
            upright.append(_Rule((left + right) / 2, bottom, top))
    across, upright = _joined(across), _joined(upright)
    if len(across) < 3 or len(upright) < 3 or len(across) * len(upright) > 250_000:
        return []
    found: list[Grid] = []
    left_over = set(range(len(upright)))
    while left_over:
        first = left_over.pop()
        columns, rows, new = {first}, set[int](), [first]
        while new:
            number = new.pop()
            for row, rule in enumerate(across):
                if row in rows or not _meet(rule, upright[number]):
                    continue
                rows.add(row)
                for other in [other for other in left_over if _meet(rule, upright[other])]:
                    left_over.discard(other)
                    columns.add(other)
                    new.append(other)
        grid = Grid([across[row] for row in rows], [upright[column] for column in columns])
        if grid.is_grid():
            found.append(grid)
    return found


def _joined(rules: list[_Rule]) -> list[_Rule]:
    """Pieces of one line as one."""
    found: list[_Rule] = []
    for rule in sorted(rules, key=lambda rule: (round(rule.at / _NEAR), rule.start)):
        last = found[-1] if found else None
        # two that lie beside each other may come in any order; far apart they are lines of two tables
        if (
            last
            and abs(last.at - rule.at) < _NEAR
            and max(rule.start - last.end, last.start - rule.end) < _NEAR
        ):
            found[-1] = _Rule(last.at, min(last.start, rule.start), max(last.end, rule.end))
        else:
            found.append(rule)
    return found


def _meet(across: _Rule, upright: _Rule) -> bool:
    return (
        across.start - _NEAR <= upright.at <= across.end + _NEAR
        and upright.start - _NEAR <= across.at <= upright.end + _NEAR
    )


def _drawn(rules: list[_Rule], at: float, along: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.start <= along <= rule.end for rule in rules)


def _places(places: list[float]) -> list[float]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


def _filled(grid: Grid, lines: list[Line], turned: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines with a table in the place of the grid's, or as they were where it holds none."""
    texts: dict[Region, list[str]] = {}
    rest: list[Line] = []
    place = -1
    sizes: list[float] = []
    regions = grid.regions()
    for line in lines:
        outside = list(_outside(line, grid, regions, texts))
        if len(outside) == 1 and outside[0] is line:
            rest.append(line)
            continue
        sizes.append(line.size)
        if place < 0:
            place = len(rest) + (1 if outside and outside[0].left < grid.xs[0] else 0)
        rest += outside
    kept: list[Line] = []
    for line in turned:
        cell = grid.cell((line.left + line.right) / 2, (line.first + line.last) / 2)
        if cell is None:
            kept.append(line)
        else:
            texts.setdefault(regions[cell], []).append(line.text)
    filled = [divmod(region, grid.columns) for region in texts]
    enough = len({row for row, _ in filled}) > 1 and len({column for _, column in filled}) > 1
    if not enough or any(sum(map(len, parts)) > _MOST_CHARS for parts in texts.values()):
        return lines, turned
    rows = tuple(_row(grid, regions, texts, row) for row in range(grid.rows))
    said = " ".join(" ".join(parts) for parts in texts.values())
    size = round(median(sizes), 1) if sizes else 0.0
    table = Line(
        said, grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1], size, placed=True, rows=rows, columns=tuple(pairwise(grid.xs)),
    )  # fmt: skip
    rest.insert(max(place, 0), table)
    return rest, kept


def _row(grid: Grid, regions: list[Region], texts: dict[Region, list[str]], row: int) -> tuple[str, ...]:
    """The cells of a row; what is merged stands in each, but a title over all of them once."""
    own = regions[row * grid.columns : (row + 1) * grid.columns]
    cells = [" ".join(texts.get(region, ())) for region in own]
    if all(region == other for region, other in pairwise(own)):
        cells[1:] = [""] * (len(cells) - 1)
    return tuple(cells)


def _outside(line: Line, grid: Grid, regions: list[Region], texts: dict[Region, list[str]]) -> list[Line]:
    """Puts the words of a line into the grid's cells; what is left of the line."""
    if not line.placed or line.rows or line.apart:
        return [line]
    y = line.first + 0.3 * line.size
    if not grid.ys[-1] < y < grid.ys[0]:
        return [line]
    words = line.words or line.cells or (Cell(line.text.strip(), line.left, line.right),)
    left: list[Cell] = []
    held: dict[Region, list[str]] = {}
    for word in words:
        cell = grid.cell((word.left + word.right) / 2, y)
        if cell is None:
            left.append(word)
        else:
            held.setdefault(regions[cell], []).append(word.text)
    if not held:
        return [line]
    hyphen = line.text[-1:] if line.text[-1:] in ("\ufffe", "\u00ad") else ""
    for number, (region, parts) in enumerate(held.items(), 1):
        texts.setdefault(region, []).append(
            " ".join(parts) + (hyphen if number == len(held) and not left else "")
        )
    if not left:
        return []
    # what stands on either side of the table is no line of its own with a hole
    return [
        replace(
            line,
            text=" ".join(word.text for word in side),
            left=side[0].left,
            right=side[-1].right,
            cells=(Cell(" ".join(word.text for word in side), side[0].left, side[-1].right),),
            pieces=(Cell(" ".join(word.text for word in side), side[0].left, side[-1].right),),
            words=tuple(side),
        )
        for side in (
            [word for word in left if word.left < grid.xs[0]],
            [word for word in left if word.left >= grid.xs[0]],
        )
        if side
    ]
