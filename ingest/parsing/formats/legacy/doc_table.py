"""DOC: the cells of a table, which end with a mark each, and its rows, whose last mark tells where the columns are."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from ingest.parsing.clean import one_line
from ingest.parsing.formats.legacy.doc_looks import Row
from ingest.parsing.formats.legacy.doc_story import CELL_END, Said
from ingest.parsing.spans import Cell, spread

# twips: edges of columns that a person drags differ by less than that
_SAME_EDGE = 30
_MAX_ROWS = 20_000


@dataclass(slots=True)
class TableRows:
    """Rows so far; ``taken`` gives them and begins anew."""

    _rows: list[tuple[list[str], Row | None]] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _asides: list[tuple[str, int, int]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self._rows or self._cells or self._text)

    def add(self, said: Said, label: str) -> None:
        """A paragraph in a table. Tables within a cell are its text, their cells apart by ``|``."""
        shape = said.shape
        self._asides += said.asides
        if shape.row_end:
            self._rows.append((self._cells, shape.row))
            self._cells = []
            self._text.clear()
            return
        if not shape.inner_row_end and (text := one_line(f"{label} {said.text}")):
            self._text.append(text)
        if shape.inner_cell and self._text:
            self._text.append("|")
        elif shape.inner_row_end and self._text:
            self._text[-1] = "/"
        if said.mark == CELL_END and shape.depth <= 1:
            while self._text and self._text[-1] in ("|", "/"):
                self._text.pop()
            self._cells.append(" ".join(self._text))
            self._text.clear()

    def taken(self) -> tuple[list[list[str]], list[tuple[str, int, int]], bool]:
        """Complete rows, the notes and comments in them, and whether all of the table is there."""
        if self._text:
            self._cells.append(" ".join(self._text))
        if self._cells:
            self._rows.append((self._cells, None))
        rows, whole = _spread(self._rows[:_MAX_ROWS])
        asides, whole = self._asides, whole and len(self._rows) <= _MAX_ROWS
        self._rows, self._cells, self._text, self._asides = [], [], [], []
        return rows, asides, whole


def _spread(rows: list[tuple[list[str], Row | None]]) -> tuple[list[list[str]], bool]:
    edges = _edges(rows)
    cells: list[Cell] = []
    above: dict[int, str] = {}
    for number, (texts, row) in enumerate(rows):
        known = row if row is not None and len(row.edges) == len(texts) + 1 else None
        before: Cell | None = None
        for index, text in enumerate(texts):
            column, span = index, 1
            if known is not None:
                column = _place(edges, known.edges[index])
                span = max(_place(edges, known.edges[index + 1]) - column, 1)
                if known.from_left[index] and before is not None:
                    cells[-1] = before = Cell(
                        number, before.column, 1, before.columns + span, f"{before.text} {text}".strip()
                    )
                    continue
                if known.from_above[index]:
                    text = text or above.get(column, "")
            above[column] = text
            before = Cell(number, column, 1, span, text)
            cells.append(before)
    return spread(cells)


def _edges(rows: list[tuple[list[str], Row | None]]) -> list[int]:
    """Where columns begin, from the left, near ones as one."""
    found: list[int] = []
    for edge in sorted({edge for _, row in rows if row is not None for edge in row.edges}):
        if not found or edge - found[-1] > _SAME_EDGE:
            found.append(edge)
    return found


def _place(edges: list[int], edge: int) -> int:
    return max(bisect_right(edges, edge) - 1, 0)
