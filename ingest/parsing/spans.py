"""Tables whose cells cover several rows or columns: every row complete when it is read alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MAX_ROWS, _MAX_COLUMNS = 20_000, 500
# cells that are filled, covered ones among them; then those of the rectangle around them
_MAX_FILLED, _MAX_CELLS = 400_000, 2_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell from ``row`` and ``column`` (from 0), as many ``rows`` high and ``columns`` wide as it covers."""

    row: int
    column: int
    rows: int
    columns: int
    text: str


def spread(cells: Iterable[Cell]) -> tuple[list[list[str]], bool]:
    """The rows of a table, and whether all of it is there: hostile sizes are cut off.

    A cell's text stands in every row and column that it covers; only one as wide as the table, a title of what follows,
    stands once in its row. Rows that are nothing but the lower part of cells above are left out.
    """
    given = list(cells)
    known = [cell for cell in given if cell.row < _MAX_ROWS and cell.column < _MAX_COLUMNS]
    whole = len(known) == len(given)
    width = max((min(cell.column + max(cell.columns, 1), _MAX_COLUMNS) for cell in known), default=0)
    grid: dict[int, dict[int, str]] = {}
    own: set[int] = set()
    filled = 0
    for cell in known:
        if not cell.text:
            continue
        own.add(cell.row)
        once = cell.column == 0 and cell.columns >= width
        columns = range(cell.column, min(cell.column + (1 if once else max(cell.columns, 1)), width))
        rows = range(cell.row, min(cell.row + max(cell.rows, 1), _MAX_ROWS))
        filled += len(rows) * len(columns)
        if filled > _MAX_FILLED or len(own) * width > _MAX_CELLS:
            whole = False
            break
        for row in rows:
            line = grid.setdefault(row, {})
            for column in columns:
                line.setdefault(column, cell.text)
    found = [[grid[row].get(column, "") for column in range(width)] for row in sorted(own)]
    return found, whole
