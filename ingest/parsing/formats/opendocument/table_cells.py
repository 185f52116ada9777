"""OpenDocument tables: rows and cells with their places, repeated ones counted and not copied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.parsing.clean import one_line
from ingest.parsing.spans import Cell, spread
from ingest.parsing.xml_tree import Element, attribute, children, descendants, name

_GROUPS = ("table-header-rows", "table-rows", "table-row-group")
_COLUMN_GROUPS = ("table-header-columns", "table-columns", "table-column-group")
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
# copies of one filled cell; a column of a formula filled down to the last row has a million
_MAX_COPIES = 5_000
_MAX_GROUPS = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of the table: from 0; ``rows`` and ``columns`` are what it covers, ``is_covered`` what another one covers."""

    row: int
    column: int
    element: Element
    rows: int
    columns: int
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows or columns from ``first`` on, ``count`` of the same."""

    first: int
    count: int
    element: Element


def stretches(table: Element, local: str) -> Iterator[Stretch]:
    """``table-row`` or ``table-column`` elements in order, those in groups too."""
    groups = _GROUPS if local == "table-row" else _COLUMN_GROUPS
    key = "number-rows-repeated" if local == "table-row" else "number-columns-repeated"
    most = MAX_ROW if local == "table-row" else MAX_COLUMN
    at = 0
    for element in _within(table, local, groups, 0):
        count = _count(element, key)
        yield Stretch(at, count, element)
        at += count
        if at >= most:
            return


def placed(row: Stretch, cut: Callable[[], None] = lambda: None) -> Iterator[Placed]:
    """The cells of one stretch of rows that hold something, as often as they are repeated.

    ``cut`` is called where one is repeated more often than anybody reads.
    """
    at = 0
    for cell in children(row.element, "table-cell", "covered-table-cell"):
        count = _count(cell, "number-columns-repeated")
        if len(cell) or attribute(cell, "value-type"):
            beside = min(count, MAX_COLUMN - at)
            if beside * row.count > _MAX_COPIES:
                cut()
            rows, columns = (_count(cell, f"number-{of}-spanned") for of in ("rows", "columns"))
            for copy in range(min(beside * row.count, _MAX_COPIES)):
                line, step = divmod(copy, beside)
                is_covered = name(cell) == "covered-table-cell"
                yield Placed(row.first + line, at + step, cell, rows, columns, is_covered)
        at += count
        if at >= MAX_COLUMN:
            return


def table_rows(table: Element, say: Callable[[Element], str] | None = None) -> list[list[str]]:
    """A table of a slide or chart as lines of cells; ``say`` gives a cell's words."""
    read = say or _plain
    cells = [
        Cell(cell.row, cell.column, cell.rows, cell.columns, read(cell.element))
        for row in stretches(table, "table-row")
        for cell in placed(row)
        if not cell.is_covered
    ]
    return spread(cells)[0]


def _plain(cell: Element) -> str:
    return " ".join(one_line("".join(found.itertext())) for found in descendants(cell, "p"))


def _within(parent: Element, local: str, groups: tuple[str, ...], depth: int) -> Iterator[Element]:
    for element in children(parent, local, *groups):
        if name(element) == local:
            yield element
        elif depth < _MAX_GROUPS:
            yield from _within(element, local, groups, depth + 1)


def _count(element: Element, key: str) -> int:
    value = attribute(element, key) or "1"
    return max(int(value), 1) if value.isdecimal() and len(value) <= 7 else 1
