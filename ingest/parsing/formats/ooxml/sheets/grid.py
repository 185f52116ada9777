"""The cells of a sheet as tables: a merged value stands in every row and column that it covers."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.ooxml.sheets.sheet import Cell, Range, Sheet

# values that merged cells repeat, in all of a sheet: a text of 20 million characters has room for fewer
_MAX_REPEATED = 2_000_000


class Grid:
    """Adds one sheet to a builder.

    Tables end at empty rows, unless the next row holds figures: it then still belongs to the header above.
    """

    def __init__(self, builder: DocumentBuilder, sheet: Sheet) -> None:
        self._builder = builder
        self._sheet = sheet
        self._merged = sorted(sheet.merged, key=lambda found: found.top)
        self._next = 0
        self._active: list[Range] = []
        self._values: dict[Range, str] = {}
        self._repeated = 0
        # of the table that is being filled: rows, each with the ranges that cover some of it
        self._rows: list[tuple[int, dict[int, str], list[Range]]] = []
        self._last = 0

    def add(self) -> None:
        """All tables in order; hidden cells go to the builder's hidden text where they would stand."""
        for row in sorted(self._sheet.rows):
            cells = self._sheet.rows[row]
            covering = self._covering(row, cells)
            shown = self._shown(row, cells, covering)
            if not shown:
                continue
            if self._rows and self._is_gap(row, covering) and not self._goes_on(cells):
                self._flush()
            self._rows.append((row, shown, covering))
            self._last = row
            if self._builder.full:
                return
        self._flush()

    def _covering(self, row: int, cells: dict[int, Cell]) -> list[Range]:
        """The merged ranges that reach this row; the value of each that begins here is kept."""
        while self._next < len(self._merged) and self._merged[self._next].top <= row:
            found = self._merged[self._next]
            self._active.append(found)
            top = self._sheet.rows.get(found.top, {}).get(found.left)
            self._values[found] = top.text if top is not None else ""
            self._next += 1
        if any(found.bottom < row for found in self._active):
            self._active = [found for found in self._active if found.bottom >= row]
        return list(self._active)

    def _shown(self, row: int, cells: dict[int, Cell], covering: list[Range]) -> dict[int, str]:
        """Texts by column; what nobody sees goes to the hidden words."""
        hidden_row = row in self._sheet.hidden_rows
        found: dict[int, str] = {}
        for column in sorted(cells):
            cell = cells[column]
            covered = next((item for item in covering if item.holds(row, column)), None)
            is_first = covered is None or (covered.top, covered.left) == (row, column)
            for words, how in cell.hidden:
                self._builder.hidden(words, how if is_first else "covered")
            if not cell.text:
                continue
            if not is_first:
                # left behind from before the cells were merged
                self._builder.hidden(cell.text, "covered")
            elif (hidden_row and not self._reaches_out(covered)) or column in self._sheet.hidden_columns:
                self._builder.hidden(f"{cell.text} {cell.note}", "marked")
            elif not hidden_row:
                found[column] = f"{cell.text} {cell.note}" if cell.note else cell.text
        return found

    def _reaches_out(self, merged: Range | None) -> bool:
        """Whether a merged value of a hidden row is seen in another row."""
        return merged is not None and any(
            row not in self._sheet.hidden_rows and row in self._sheet.rows
            for row in range(merged.top, min(merged.bottom, merged.top + 1_000) + 1)
        )

    def _is_gap(self, row: int, covering: list[Range]) -> bool:
        """Whether empty rows stand between the last row and this one; hidden and merged ones are not empty."""
        if row == self._last + 1:
            return False
        if any(found.top <= self._last and found.bottom >= row - 1 for found in covering):
            return False
        between = range(self._last + 1, min(row, self._last + 1_000))
        return any(number not in self._sheet.hidden_rows for number in between)

    def _goes_on(self, cells: dict[int, Cell]) -> bool:
        last = self._rows[-1][1]
        return max(last) > 1 and any(column > 1 and cell.is_figure for column, cell in cells.items())

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        if not rows:
            return
        columns = sorted({column for _, cells, _ in rows for column in cells})
        self._builder.table(self._filled(rows, columns))

    def _filled(
        self, rows: list[tuple[int, dict[int, str], list[Range]]], columns: list[int]
    ) -> Iterator[list[str]]:
        for row, cells, covering in rows:
            own = set(cells)
            # a title across the table is said once
            is_title = len(own) == 1 and any(
                found.top == row and found.left in own and found.left <= columns[0] and found.right >= columns[-1]
                for found in covering
            )
            for found in [] if is_title else covering:
                value = self._values.get(found, "")
                if not value or self._repeated > _MAX_REPEATED or found.left in self._sheet.hidden_columns:
                    continue
                for column in columns:
                    if found.left <= column <= found.right and column not in own:
                        cells[column] = value
                        self._repeated += 1
            yield [cells.get(column, "") for column in columns]
