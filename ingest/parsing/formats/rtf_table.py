"""Tables of RTF: rows of cells by their right borders, with merged cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.parsing.tables import Grid

# borders that differ by less are one: 1/20 point each
_NEAR = 30
_MAX_BORDERS = 200


@dataclass(slots=True)
class _Cell:
    right: int = 0
    shade: int = 0
    is_below: bool = False  # goes on from the cell above
    is_beside: bool = False  # goes on from the cell before


@dataclass(slots=True)
class RowOfCells:
    """A row that is being read: what its words define, and the texts of its cells."""

    cells: list[str] = field(default_factory=list)
    defined: list[_Cell] = field(default_factory=list)
    is_header: bool = False
    _next: _Cell = field(default_factory=_Cell)

    def define(self, word: bytes, number: int | None) -> None:
        if word == b"trowd":
            self.defined, self.is_header, self._next = [], False, _Cell()
        elif word == b"trhdr":
            self.is_header = True
        elif word == b"clvmrg":
            self._next.is_below = True
        elif word == b"clmrg":
            self._next.is_beside = True
        elif word == b"clcbpat":
            self._next.shade = number or 0
        elif word == b"cellx" and len(self.defined) < _MAX_BORDERS:
            self._next.right = number or 0
            self.defined.append(self._next)
            self._next = _Cell()

    def end_cell(self, text: str) -> None:
        self.cells.append(text)

    @property
    def shade(self) -> int:
        """The colour behind the cell that is being read, as a number of the colour table."""
        at = len(self.cells)
        return self.defined[at].shade if at < len(self.defined) else 0

    def next(self) -> RowOfCells:
        """The row after this one; rows that define nothing are as the one before."""
        return RowOfCells(defined=self.defined, is_header=False)


def table_rows(rows: Sequence[RowOfCells]) -> list[list[str]]:
    """The text of each cell by row, said in all cells that it covers."""
    borders = _borders(rows)
    grid = Grid()
    above: dict[int, str] = {}
    for row in rows:
        grid.start_row()
        texts: dict[int, str] = {}
        column = -1
        text = ""
        for at, written in enumerate(row.cells):
            cell = row.defined[at] if at < len(row.defined) else _Cell()
            end = bisect_right(borders, cell.right + _NEAR) if cell.right else column + 2
            first, column = column + 1, max(end - 1, column + 1)
            if cell.is_below and not written.strip():
                written = above.get(first, "")
            elif cell.is_beside and not written.strip():
                written = text
            text = written
            texts[first] = written
            grid.add(written, across=column - first + 1, column=first)
        if row.is_header:
            grid.header_row()
        above = texts
    return grid.rows()


def _borders(rows: Sequence[RowOfCells]) -> list[int]:
    """The right borders of all columns in order."""
    found: list[int] = []
    for right in sorted({cell.right for row in rows for cell in row.defined[: len(row.cells)] if cell.right}):
        if not found or right - found[-1] > _NEAR:
            found.append(right)
    return found[:_MAX_BORDERS]
