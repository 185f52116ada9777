"""The tables of a document's stored text, their columns as numbers, dates or words.

tables_of(text) -> Table -> .columns[i].values, .spans[row] in the text
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from chatbot.text.quantities import CURRENCIES, Quantity, common_unit, decimal_mark, quantity
from chatbot.text.tables import cells_of, is_rule, tables_in

Kind = Literal["number", "date", "text"]
Value = Decimal | date | str | None

MOST_ROWS = 200_000
MOST_COLUMNS = 200
_ENOUGH = 0.8  # share of a column's filled cells that must be numbers, or dates, for the column to be one
_NOTHING = {"", "-", "–", "—", "n/a", "na", "null", "none", "없음", "해당 없음", "미정", "?"}
_TOTAL = re.compile(r"(?:grand |sub-?)?totals?|sum|합계|총계|총합|소계|계|전체", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d년?")
_DATE = re.compile(r"(\d{4})(?:-|\. ?|/|년 ?)(\d{1,2})(?:-|\. ?|/|월 ?)(\d{1,2})(?:일|\.)?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        values: one for each row; ``None`` where the cell is empty or not of ``kind``.
        unit: of all its numbers, as "원" or "%".
        unread: how many filled cells are not of ``kind``.
    """

    name: str
    kind: Kind
    values: tuple[Value, ...]
    unit: str = ""
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row.

    Attributes:
        columns: at least two.
        cells: the rows as they are written, without rows of totals.
        spans: where each of these rows stands in the document's text.
        totals: how many rows of totals were left out: they would be added once more.
    """

    columns: tuple[Column, ...]
    cells: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int], ...]
    totals: int = 0


def tables_of(text: str) -> list[Table]:
    """The tables of ``text`` that have a header row, two columns and a row; larger ones are left alone."""
    found = (_table(text, start, end) for start, end in tables_in(text))
    return [table for table in found if table is not None]


def _table(text: str, start: int, end: int) -> Table | None:
    spans, lines, at = [], [], start
    for line in text[start:end].splitlines(keepends=True):
        lines.append(line.rstrip("\n"))
        spans.append((at, at + len(lines[-1])))
        at += len(line)
    if len(lines) < 3 or len(lines) > MOST_ROWS or not is_rule(lines[1]):
        return None
    names = cells_of(lines[0])
    if not 2 <= len(names) <= MOST_COLUMNS or not any(names) or not _are_names(names):
        return None
    body = [
        (tuple(cells), span)
        for line, span in zip(lines[2:], spans[2:], strict=True)
        if len(cells := cells_of(line)) == len(names) and cells != names and not is_rule(line)
    ]
    rows = [(cells, span) for cells, span in body if not _is_total(cells)]
    if not rows or len(body) < len(lines) - 2 - sum(
        cells_of(line) == names or is_rule(line) for line in lines[2:]
    ):
        return None  # rows of other widths: what stands in which column is not known
    columns = tuple(_column(name, [cells[i] for cells, _ in rows]) for i, name in enumerate(names))
    return Table(columns, tuple(c for c, _ in rows), tuple(s for _, s in rows), len(body) - len(rows))


def with_amounts(table: Table) -> Table:
    """``table`` with columns of money as numbers where only some cells say which money it is.

    Reports write "$59,545", "3,788", "$63,333": the sign in the first row and in the last. Nothing says that the rows
    between are not counts or shares, so such a figure has no unit, and a sum over all rows is not for a rule to make.
    """
    columns = tuple(
        _amounts(column, [row[place] for row in table.cells]) if column.kind == "text" else column
        for place, column in enumerate(table.columns)
    )
    return replace(table, columns=columns)


def _amounts(column: Column, cells: Sequence[str]) -> Column:
    filled, numbers, read = _numbers(cells)
    units = {number.unit for number in read} - {""}
    if len(read) < _ENOUGH * filled or len(units) != 1 or not units <= set(CURRENCIES):
        return column
    values = tuple(number.value if number else None for number in numbers)
    return Column(column.name, "number", values, "", filled - len(read))


def _are_names(names: Sequence[str]) -> bool:
    """Whether a first row holds names; figures alone are none, but for years beside an empty corner."""
    if not names[0] and all(_YEAR.fullmatch(name) for name in names[1:]):
        return True
    return not all(quantity(name) for name in names if name)


def _is_total(cells: Sequence[str]) -> bool:
    first = next((cell for cell in cells if cell), "")
    return _TOTAL.fullmatch(first.strip(" *:")) is not None


def _column(name: str, cells: Sequence[str]) -> Column:
    filled, numbers, read = _numbers(cells)
    if filled and len(read) >= _ENOUGH * filled and (unit := common_unit(read)) is not None:
        values = tuple(number.value if number else None for number in numbers)
        return Column(name, "number", values, unit, filled - len(read))
    dates = tuple(_date(cell) for cell in cells)
    known = sum(value is not None for value in dates)
    if filled and known >= _ENOUGH * filled:
        return Column(name, "date", dates, "", filled - known)
    return Column(name, "text", tuple(cells))


def _numbers(cells: Sequence[str]) -> tuple[int, list[Quantity | None], list[Quantity]]:
    """How many cells are filled, the number of each cell as far as it holds one, and those that there are."""
    filled = [cell for cell in cells if cell.strip().lower() not in _NOTHING]
    mark = decimal_mark(filled)
    numbers = [quantity(cell, mark) if cell.strip().lower() not in _NOTHING else None for cell in cells]
    return len(filled), numbers, [number for number in numbers if number is not None]


def _date(cell: str) -> date | None:
    found = _DATE.fullmatch(cell.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
