"""Which rows of a table a question speaks of: by their words, their figures and their dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from chatbot.answering.tables.rules.bounds import NO_STOCK, Bound, Comparison, DateBound
from chatbot.answering.tables.rules.columns import currencies_of, is_year, may_be_in, says
from chatbot.answering.tables.typed_table import MONTH, Column, Table
from chatbot.text.figures.dates import Period
from chatbot.text.figures.units import currency_of, scaled
from chatbot.text.plurals import without_plural

_LONGEST_VALUE = 6  # words of a cell that names a kind of rows


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows whose cell in ``column`` is ``equals``; or, without a column, that hold all ``words`` somewhere.

    ``is_state``: whether it says how things are, "품절", and not which things.
    """

    column: int | None = None
    equals: str = ""
    words: tuple[str, ...] = ()
    is_state: bool = False


@dataclass(frozen=True, slots=True)
class ValueFilter:
    """Rows whose number or date in ``column`` compares so.

    Attributes:
        other_unit: the currency of the question where the column says none.
        is_guess: whether no word says that this column is meant, only a currency, or that it is the one with dates.
        left_out: days that some would take for meant, and that are not: those of "3월" in "3월 이전".
    """

    column: int
    comparison: Comparison
    value: Decimal | date
    other_unit: str = ""
    is_guess: bool = False
    left_out: Period | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """Why a table that the question speaks of is not computed: ``reason`` is a key of words, with their ``values``."""

    reason: str
    values: tuple[tuple[str, str], ...] = ()


def number_filters(
    bounds: Sequence[Bound], table: Table, words: Sequence[str], measures: Sequence[int], explained: set[str]
) -> tuple[ValueFilter, ...] | Unclear | None:
    """Each bound with the column that it is about; ``None`` where that is not clear. Adds to ``explained``.

    Words of columns are in ``words`` as the question has them.
    """
    found: list[ValueFilter] = []
    numbers = [i for i, column in enumerate(table.columns) if column.kind == "number"]
    for bound in bounds:
        currency = currency_of(bound.unit)
        said = {i: [w for w in words if w not in explained and says(table.columns[i], w)] for i in numbers}
        if bound.measure == "price" or currency:
            meant = _of_money(table, numbers, said, currency)
        elif bound.measure:
            meant = [i for i in numbers if says(table.columns[i], bound.measure)]
            explained |= {word for word in words if any(says(table.columns[i], word) for i in meant)}
        else:
            meant = [i for i in numbers if said[i]]
        explained |= {word for i in meant for word in said[i]}
        if not meant and found and (found[-1].comparison, bound.comparison) == (">=", "<="):
            meant = [found[-1].column]  # "between" speaks of one column
        meant = meant or [i for i in measures if i in numbers]
        if len(meant) > 1:
            meant = [i for i in meant if i in measures][:1]
        if len(meant) != 1:
            return None
        column = table.columns[meant[0]]
        if currency and not may_be_in(column, currency):
            return Unclear("currency", (("column", column.name),))
        is_whole = bound.unit or bound.in_words
        value = bound.value if is_whole else scaled(bound.value, column.scale)  # "1000" of "예산(만원)"
        other = bound.unit if currency and not currencies_of(column) else ""
        is_guess = bool(currency) and not said[meant[0]] and not says(column, "price")
        found.append(ValueFilter(meant[0], bound.comparison, value, other, is_guess))
    return tuple(found)


def _of_money(table: Table, numbers: Sequence[int], said: dict[int, list[str]], currency: str) -> list[int]:
    """The columns that a price, or an amount in ``currency``, may be held against; those in that currency go before."""
    priced = [i for i in numbers if says(table.columns[i], "price")]
    if not currency:
        return priced
    own = [i for i in numbers if currency in currencies_of(table.columns[i])]
    meant = (
        own
        or [i for i in numbers if (i in priced or said[i]) and not currencies_of(table.columns[i])]
        or [i for i in numbers if said[i]]
    )
    if len(meant) > 1:
        best = max(len(said[i]) for i in meant)
        meant = [i for i in meant if len(said[i]) == best]
    if len(meant) > 1:
        meant = [i for i in meant if i in priced] or meant
    return meant


def date_filters(
    bounds: Sequence[DateBound],
    table: Table,
    words: Sequence[str],
    explained: set[str],
    year: int | None = None,
) -> tuple[ValueFilter, ...] | Unclear | None:
    """As ``number_filters``, for days; ``None`` where the table has no dates.

    Args:
        year: of which the conversation spoke last.
    """
    if not bounds:
        return ()
    dates = [i for i, column in enumerate(table.columns) if column.kind == "date"]
    years = [i for i, column in enumerate(table.columns) if is_year(column)]
    usable = dates or years
    said = {i: [w for w in words if says(table.columns[i], w)] for i in usable}
    best = max((len(found) for found in said.values()), default=0)
    meant = [i for i in usable if len(said[i]) == best]
    if not meant:
        unread = [c for c in table.columns if c.kind == "text" and any(says(c, w) for w in words)]
        reads_days = any(_says_days(column) for column in unread)
        return Unclear("days", (("column", unread[0].name),)) if reads_days else None
    if len(meant) > 1:
        return Unclear("which_date", (("columns", ", ".join(table.columns[i].name for i in meant)),))
    column = table.columns[meant[0]]
    explained |= set(said[meant[0]])
    found: list[ValueFilter] = []
    for bound in bounds:
        period = bound.period if bound.period.has_year else _in_year_of(column, bound.period, year)
        if period is None:
            return Unclear("which_year", (("said", bound.said), ("column", column.name)))
        if (meant[0] in years and not _is_years(period)) or (column.unit == MONTH and period.is_day):
            return Unclear("whole", (("column", column.name),))
        is_guess = not said[meant[0]]
        found += [
            replace(held, is_guess=is_guess)
            for held in _held_against(meant[0], bound, period, meant[0] in years)
        ]
    return tuple(found)


def _held_against(column: int, bound: DateBound, period: Period, in_years: bool) -> list[ValueFilter]:
    def value(day: date) -> Decimal | date:
        return Decimal(day.year) if in_years else day

    if bound.comparison == "=":
        if period.is_day:
            return [ValueFilter(column, "=", value(period.first))]
        return [ValueFilter(column, ">=", value(period.first)), ValueFilter(column, "<=", value(period.last))]
    last = bound.comparison in ("<=", ">")
    left_out = period if bound.is_open and not in_years else None
    return [
        ValueFilter(column, bound.comparison, value(period.last if last else period.first), left_out=left_out)
    ]


def _in_year_of(column: Column, period: Period, year: int | None) -> Period | None:
    """``period`` in ``year``, or in the year of all dates of ``column``; ``None`` where they are of several."""
    if year is not None:
        return period.in_year(year)
    years = {value.year for value in column.values if isinstance(value, date)}
    return period.in_year(years.pop()) if len(years) == 1 else None


def _is_years(period: Period) -> bool:
    return (period.first.month, period.first.day, period.last.month, period.last.day) == (1, 1, 12, 31)


def _says_days(column: Column) -> bool:
    """Whether cells of words read like days that are not understood: "03/04/2026"."""
    cells = [str(value) for value in column.values if value]
    return bool(cells) and sum(bool(re.search(r"\d{1,4}[./-]\d{1,2}", cell)) for cell in cells) * 2 > len(
        cells
    )


def stock_filter(table: Table, bounds: Sequence[Bound]) -> RowFilter | None:
    """Where the stock is told in words, "품절": the rows that have this; ``None`` where it is told in figures or not at all."""
    wants_none = any(bound.measure == "stock" and bound.comparison == "=" for bound in bounds)
    if not wants_none or any(c.kind == "number" and says(c, "stock") for c in table.columns):
        return None
    for i, column in enumerate(table.columns):
        values = {str(value) for value in column.values if value} if column.kind == "text" else set()
        none = [value for value in values if NO_STOCK.fullmatch(value.strip())]
        if len(none) == 1 and len(values) <= max(4, len(table.cells) // 2):
            return RowFilter(i, none[0], is_state=True)
    return None


def row_filters(table: Table, words: Sequence[str], of_document: set[str]) -> tuple[RowFilter, ...] | None:
    """The rows that the words left over speak of; ``None`` where a word stands in no row.

    Args:
        of_document: words of the document's name, which say nothing of a row: "cafe items" of cafe-menu.csv.
    """
    left, filters = list(words), []
    for i, column in enumerate(table.columns):
        if column.kind != "text" or not left:
            continue
        asked = {without_plural(word) for word in left}
        values = [
            value for value in set(map(str, column.values)) if value and len(value.split()) <= _LONGEST_VALUE
        ]
        named = [value for value in values if (own := _bare(value)) and own <= asked]
        if len(named) == 1:
            filters.append(RowFilter(i, named[0]))
            left = [word for word in left if without_plural(word) not in _bare(named[0])]
    if left and not _are_held(table, left):
        left = [word for word in left if without_plural(word) not in of_document]
    if left:
        if not _are_held(table, left):
            return None
        filters.append(RowFilter(words=tuple(left)))
    return tuple(filters)


def _are_held(table: Table, words: Sequence[str]) -> bool:
    return any(holds(cells, words) for cells in table.cells)


def holds(cells: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a row holds all ``words`` somewhere in its cells."""
    text = " ".join(cells).lower()
    there = {without_plural(word) for word in re.findall(r"[^\W_]+", text)}
    return all(without_plural(word) in there or (not word.isascii() and word in text) for word in words)


def _bare(value: str) -> set[str]:
    return {without_plural(word) for word in re.findall(r"[^\W_]+", value.lower())} - {"and", "the", "of"}
