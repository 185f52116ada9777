"""A sheet whose cells are all in memory, for formats that are not read row by row: XLS, XLSB, ODS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.ooxml.sheets.grid import Grid
from ingest.parsing.formats.ooxml.sheets.sheet import Cell, Range, Row


@dataclass(slots=True)
class HeldSheet:
    """Rows and columns count from 1.

    Attributes:
        rows: cells with words, seen or hidden, by row and column.
        hidden_rows, hidden_columns: what the sheet does not show.
        merged: ranges whose first cell's value covers all of them.
        complete: whether the sheet was read to its end.
    """

    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)
    complete: bool = True

    def show(self, builder: DocumentBuilder, notes: Mapping[tuple[int, int], str]) -> list[str]:
        """Adds the tables of a visible sheet; returns the notes on cells without words."""
        grid = Grid(builder, self.merged, self.hidden_columns, notes)
        grid.add(self._lines())
        loose: list[str] = []
        for place in sorted(notes.keys() - grid.noted):
            if place[0] in self.hidden_rows or place[1] in self.hidden_columns:
                builder.hidden(notes[place], "marked")
            else:
                loose.append(notes[place])
        return loose

    def hide(self, builder: DocumentBuilder, others: Iterable[str]) -> None:
        """All words of a hidden sheet, and ``others`` that lie on it."""
        for row in sorted(self.rows):
            for _, cell in sorted(self.rows[row].items()):
                for text in (cell.text, *(words for words, _ in cell.hidden)):
                    builder.hidden(text, "marked")
        for text in others:
            builder.hidden(text, "marked")

    def _lines(self) -> Iterator[Row]:
        for number in sorted(self.rows.keys() | self.hidden_rows):
            cells = dict(sorted(self.rows.get(number, {}).items()))
            yield Row(number, cells, number in self.hidden_rows)
