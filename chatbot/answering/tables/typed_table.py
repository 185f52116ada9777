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

from chatbot.text.figures.dates import dates_of, months_of
from chatbot.text.figures.quantities import Quantity, common_unit, decimal_mark, quantity
from chatbot.text.figures.units import (
    SIGNS,
    StatedUnit,
    currency_of,
    scaled,
    stated_above,
    stated_unit,
    unit_above,
)
from chatbot.text.tables import cells_of, is_rule, is_total, tables_in

Kind = Literal["number", "date", "text"]
Value = Decimal | date | str | None

MOST_ROWS = 200_000
MOST_COLUMNS = 200
_ENOUGH = 0.8  # share of a column's filled cells that must be numbers, or dates, for the column to be one
_NOTHING = {"", "-", "–", "—", "n/a", "na", "null", "none", "없음", "해당 없음", "미정", "?"}
# how accounts write what is below zero; the black triangle is "up" elsewhere
_TRIANGLE = re.compile(r"^△\s?(?=[$€£¥₩₹]?\d)")
_ANY_TRIANGLE = re.compile(r"^[△▲]\s?(?=[$€£¥₩₹]?\d)")
_DOWN = re.compile(r"[▼▽]")
_CHANGES = re.compile(r"증감|등락|변동|대비|change|growth|yoy|difference", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\(\d\)")
_DIGITS_BESIDE_FOOTNOTE = 3
_EXPENSE = re.compile(r"경비|지출|운영비|\bexpens|\bspending\b", re.IGNORECASE)
_COST = re.compile(r"비용|\bcosts?\b", re.IGNORECASE)
_OF_ACCOUNTS = re.compile(
    r"매출|수익|이익|예산|직원|인원|\b(?:revenue|sales|profit|income|turnover|budget|staff|employees|headcount)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d년?")
_ABOVE = 3  # lines above a table that may state its unit
_LONGEST_TITLE = 60  # characters
_SENTENCE = re.compile(r"[.?!:;|]$|다\.?$|요\.?$")
_MOST_ABOVE = 300  # characters of them
MONTH = "month"  # the unit of a column of months: their first days


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: without the unit that its header states: "예산" for "예산(만원)".
        values: one for each row, in ``unit``; ``None`` where the cell is empty or not of ``kind``.
        unit: of all its numbers, as "원" or "%"; "month" of dates that are months.
        unread: how many filled cells are not of ``kind``.
        stated, scale: the unit that the table states, as "만원", and by what the cells were multiplied for it.
        in_doubt: whether the table states units of which nothing says whether this column has one.
        is_expense: whether it tells what was spent, beside sales or staff, and no price.
    """

    name: str
    kind: Kind
    values: tuple[Value, ...]
    unit: str = ""
    unread: int = 0
    stated: str = ""
    scale: int = 1
    in_doubt: bool = False
    is_expense: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row.

    Attributes:
        columns: at least two.
        cells: the rows as they are written, without rows of totals.
        spans: where each of these rows stands in the document's text.
        totals: how many rows of totals were left out: they would be added once more.
        share: of the document's text that it is, 0..1.
        title: the short line above it that no sentence is, "매출".
    """

    columns: tuple[Column, ...]
    cells: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int], ...]
    totals: int = 0
    share: float = 0.0
    title: str = ""


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
    rows = [(cells, span) for cells, span in body if not is_total(cells)]
    if not rows or len(body) < len(lines) - 2 - sum(
        cells_of(line) == names or is_rule(line) for line in lines[2:]
    ):
        return None  # rows of other widths: what stands in which column is not known
    lines_above = text[max(0, start - _MOST_ABOVE) : start].strip().split("\n")[-_ABOVE:]
    above = stated_above(lines_above)
    columns = tuple(
        replace(
            _column(name, [cells[i] for cells, _ in rows], above),
            is_expense=_is_expense(name, [*names[:i], *names[i + 1 :]]),
        )
        for i, name in enumerate(names)
    )
    share = (end - start) / len(text)
    of_rows, places = tuple(c for c, _ in rows), tuple(s for _, s in rows)
    return Table(columns, of_rows, places, len(body) - len(rows), share, _title_of(lines_above))


def _title_of(lines: Sequence[str]) -> str:
    """The last of ``lines`` that may be a heading: neither a sentence nor what states a unit."""
    short = [line.strip(" #*") for line in lines if line.strip() and len(line) <= _LONGEST_TITLE]
    titles = [line for line in short if not _SENTENCE.search(line) and not stated_above([line])]
    return titles[-1] if titles else ""


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
    filled, numbers, read = _numbers(_with_minus(column.name, cells))
    units = {number.unit for number in read} - {""}
    if len(read) < _ENOUGH * filled or len(units) != 1 or not units <= set(SIGNS):
        return column
    values = tuple(number.value if number else None for number in numbers)
    return Column(column.name, "number", values, "", filled - len(read))


def _are_names(names: Sequence[str]) -> bool:
    """Whether a first row holds names; figures alone are none, but for years beside an empty corner."""
    if not names[0] and all(_YEAR.fullmatch(name) for name in names[1:]):
        return True
    return not all(quantity(name) for name in names if name)


def _is_expense(name: str, others: Sequence[str]) -> bool:
    """Whether a column tells what was spent: by its name, or as a cost of whom ``others`` tell sales or staff."""
    is_of_accounts = _COST.search(name) and any(_OF_ACCOUNTS.search(other) for other in others)
    return bool(_EXPENSE.search(name) or is_of_accounts)


def share_of_figures(cells: Sequence[str]) -> float:
    """The share of the filled ones of ``cells`` that hold a figure."""
    filled, _, read = _numbers(_with_minus("", cells))
    return len(read) / filled if filled else 0.0


def _column(header: str, cells: Sequence[str], above: Sequence[StatedUnit] = ()) -> Column:
    filled, numbers, read = _numbers(_with_minus(header, cells))
    if filled and len(read) >= _ENOUGH * filled and (unit := common_unit(read)) is not None:
        values = tuple(number.value if number else None for number in numbers)
        column = Column(header, "number", values, unit, filled - len(read))
        return _in_stated_unit(column, any(number.in_words for number in read), above)
    for of_cells, unit in ((dates_of, ""), (months_of, MONTH)):
        dates = of_cells(cells)
        known = sum(value is not None for value in dates)
        if filled and known >= _ENOUGH * filled:
            return Column(header, "date", tuple(dates), unit, filled - known)
    return Column(header, "text", tuple(cells))


def _in_stated_unit(column: Column, in_words: bool, above: Sequence[StatedUnit]) -> Column:
    """``column`` in the unit that its header states, or a line above the table; what a cell says itself counts more.

    Args:
        in_words: whether cells hold large numbers in words, "3억": whether these are to be multiplied is not known.
    """
    own = stated_unit(column.name)
    name = own.name if own else column.name
    stated = own or unit_above(above, column.name)
    if stated is None:
        return replace(column, in_doubt=bool(above) and not column.unit)
    if column.unit:
        is_said_twice = (
            column.unit == stated.unit or currency_of(column.unit) == currency_of(stated.unit) != ""
        )
        return replace(column, name=name) if own and is_said_twice else column
    if in_words and stated.scale != 1:
        return replace(column, in_doubt=True)
    values = tuple(scaled(v, stated.scale) if isinstance(v, Decimal) else v for v in column.values)
    return replace(
        column, name=name, values=values, unit=stated.unit, stated=stated.words, scale=stated.scale
    )


def _numbers(cells: Sequence[str]) -> tuple[int, list[Quantity | None], list[Quantity]]:
    """How many cells are filled, the number of each cell as far as it holds one, and those that there are."""
    filled = [cell for cell in cells if cell.strip().lower() not in _NOTHING]
    mark = decimal_mark(filled)
    numbers = [quantity(cell, mark) if cell.strip().lower() not in _NOTHING else None for cell in cells]
    return len(filled), numbers, [number for number in numbers if number is not None]


def _with_minus(header: str, cells: Sequence[str]) -> list[str]:
    """``cells`` with a minus for the triangle that accounts have, "△85", "▲22", and no figure for "(1)", a footnote.

    Beside "▼" a triangle says "up", and in a column of changes a black one may. A single digit in brackets among figures
    of three digits and more is no loss.
    """
    if any(_DOWN.search(cell) for cell in cells):
        return list(cells)
    plain = [cell for cell in cells if quantity(cell)]
    is_black = bool(plain) and not _CHANGES.search(header)
    found = [(_ANY_TRIANGLE if is_black else _TRIANGLE).sub("-", cell.strip()) for cell in cells]
    digits = [
        len(re.findall(r"\d", cell)) for cell in found if quantity(cell) and not _FOOTNOTE.fullmatch(cell)
    ]
    is_footnote = bool(digits) and min(digits) >= _DIGITS_BESIDE_FOOTNOTE
    return ["*" if is_footnote and _FOOTNOTE.fullmatch(cell) else cell for cell in found]
