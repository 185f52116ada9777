"""The cells of a sheet as tables: a merged value stands in every row and column that it covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.ooxml.sheets.sheet import Cell, Range, Row, Sheet

# values that merged cells repeat, in all of a sheet: a text of 20 million characters has room for fewer
_MAX_REPEATED = 2_000_000


class Grid:
    """Adds the rows of one sheet to a builder; what nobody sees goes to its hidden text, where it would stand.

    Tables end at empty rows, unless the next row holds figures: it then still belongs to the header above.
    ``notes`` are the comments by row and column; they stand in the cells that they belong to.
    """

    def __init__(self, builder: DocumentBuilder, sheet: Sheet, notes: Mapping[tuple[int, int], str]) -> None:
        self._builder = builder
        self._sheet = sheet
        self._notes = notes
        self._merged = sorted(sheet.merged, key=lambda found: found.top)
        self._next = 0
        self._active: list[Range] = []
        # what the first cell of a range shows, and which of these stand in hidden rows so far
        self._values: dict[Range, str] = {}
        self._unseen: set[Range] = set()
        self._repeated = 0
        # of the table that is being filled: cells by column, and the ranges that reach the row
        self._rows: list[tuple[int, dict[int, str], tuple[Range, ...]]] = []
        self._last = 0
        self.noted: set[tuple[int, int]] = set()

    def add(self, rows: Iterable[Row]) -> None:
        """All tables in order. ``noted`` then holds the places of the comments that stand in cells."""
        for row in rows:
            covering = self._covering(row)
            cells = self._shown(row, covering)
            if not row.is_hidden and self._unseen:
                self._unseen.difference_update(covering)
            if cells:
                if self._rows and self._is_gap(row.number, covering) and not self._goes_on(row.cells):
                    self._flush()
                self._rows.append((row.number, cells, covering))
            if cells or row.is_hidden:
                self._last = row.number
            if self._builder.full:
                return
        self._flush()
        self._end(self._active)

    def _covering(self, row: Row) -> tuple[Range, ...]:
        """The merged ranges that reach this row; the value of each that begins here is kept."""
        while self._next < len(self._merged) and self._merged[self._next].top <= row.number:
            found = self._merged[self._next]
            self._next += 1
            self._active.append(found)
            first = row.cells.get(found.left) if found.top == row.number else None
            if first is not None and first.text:
                self._values[found] = first.text
                if row.is_hidden:
                    self._unseen.add(found)
        if over := [found for found in self._active if found.bottom < row.number]:
            self._end(over)
            self._active = [found for found in self._active if found.bottom >= row.number]
        return tuple(self._active)

    def _end(self, ranges: list[Range]) -> None:
        """A merged value whose rows are all hidden is hidden."""
        for found in ranges:
            if found in self._unseen:
                self._unseen.discard(found)
                self._builder.hidden(self._values[found], "marked")

    def _shown(self, row: Row, covering: tuple[Range, ...]) -> dict[int, str]:
        found: dict[int, str] = {}
        for column, cell in sorted(row.cells.items()) if covering else row.cells.items():
            covered = next((item for item in covering if item.holds(row.number, column)), None)
            is_first = covered is None or (covered.top, covered.left) == (row.number, column)
            for words, how in cell.hidden:
                self._builder.hidden(words, how if is_first else "covered")
            if not cell.text:
                continue
            place = row.number, column
            text = f"{cell.text} {self._notes[place]}" if place in self._notes else cell.text
            if not is_first:
                # left behind from before the cells were merged
                self._builder.hidden(text, "covered")
            elif column in self._sheet.hidden_columns or (row.is_hidden and covered is None):
                self._builder.hidden(text, "marked")
                self.noted.add(place)
            elif not row.is_hidden:
                found[column] = text
                self.noted.add(place)
        return found

    def _is_gap(self, row: int, covering: tuple[Range, ...]) -> bool:
        """Whether empty rows stand between the last row and this one; hidden and merged ones are not empty."""
        return row > self._last + 1 and not any(
            found.top <= self._last and found.bottom >= row - 1 for found in covering
        )

    def _goes_on(self, cells: dict[int, Cell]) -> bool:
        last = self._rows[-1][1]
        return max(last) > 1 and any(column > 1 and cell.is_figure for column, cell in cells.items())

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        columns = sorted({column for _, cells, _ in rows for column in cells})
        if rows:
            self._builder.table(self._filled(rows, columns))

    def _filled(
        self, rows: list[tuple[int, dict[int, str], tuple[Range, ...]]], columns: list[int]
    ) -> Iterator[list[str]]:
        for row, cells, covering in rows:
            if covering and not _is_title(row, cells, covering, columns):
                self._repeat(cells, covering, columns)
            yield [cells.get(column, "") for column in columns]

    def _repeat(self, cells: dict[int, str], covering: tuple[Range, ...], columns: list[int]) -> None:
        own = set(cells)
        for found in covering:
            value = self._values.get(found)
            if not value or self._repeated > _MAX_REPEATED or found.left in self._sheet.hidden_columns:
                continue
            for column in columns:
                if found.left <= column <= found.right and column not in own:
                    cells[column] = value
                    self._repeated += 1


def _is_title(row: int, cells: dict[int, str], covering: tuple[Range, ...], columns: list[int]) -> bool:
    """A value merged across the whole table stands there once."""
    return len(cells) == 1 and any(
        found.top == row and found.left in cells and found.left <= columns[0] and found.right >= columns[-1]
        for found in covering
    )
