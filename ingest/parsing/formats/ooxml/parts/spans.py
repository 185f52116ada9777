"""Tables with merged cells: a value stands in every row and column that its cell covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# cells of one table that merged values may fill; a text of 20 million characters has room for fewer
_MAX_FILLED = 2_000_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell: its row and column from 0, how many of each it covers, and its text."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


def filled(cells: Iterable[Placed]) -> list[list[str]]:
    """Rows of texts, without columns in which no cell begins and rows that are but the lower part of cells above.

    A value across the whole width stands there once.
    """
    cells = list(cells)
    starts = sorted({cell.column for cell in cells})
    place = {column: index for index, column in enumerate(starts)}
    width = max((cell.column + cell.columns for cell in cells), default=0)
    height = max((cell.row + cell.rows for cell in cells), default=0)
    rows: list[dict[int, str]] = [{} for _ in range(height)]
    left = _MAX_FILLED
    for cell in cells:
        if not cell.text:
            continue
        first = place[cell.column]
        last = first + 1
        if cell.column > 0 or cell.columns < width:
            while last < len(starts) and starts[last] < cell.column + cell.columns:
                last += 1
        for row in range(cell.row, cell.row + cell.rows):
            for index in range(first, last):
                rows[row].setdefault(index, cell.text)
            left -= last - first
            if left < 0:
                last = first + 1
    own = sorted({cell.row for cell in cells if cell.text})
    return [[rows[row].get(index, "") for index in range(len(starts))] for row in own]
