"""A plan over a table -> figures and the rows that they come from; decimal arithmetic, so sums are exact."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from chatbot.answering.tables.rules.bounds import NO_STOCK
from chatbot.answering.tables.rules.columns import says
from chatbot.answering.tables.rules.filters import ValueFilter, holds
from chatbot.answering.tables.rules.grouping import Grouping, has_gaps, key_of
from chatbot.answering.tables.rules.operation import ROWS
from chatbot.answering.tables.rules.plan import Plan
from chatbot.answering.tables.typed_table import Column, Table

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_MOST_ASIDE = 3
_FEWEST = 2  # rows of a sum or an average
_MORE_DIGITS = 2  # of an average than its figures have


@dataclass(frozen=True, slots=True)
class Group:
    """The rows that have one cell in a column, and their figures, one for each measure; none for a count."""

    cell: str
    figures: tuple[Decimal | date, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Result:
    """What was computed.

    Attributes:
        figures: one for each measure of the plan; none for a count.
        rows: those that the figures come from; for the lowest and the highest, those that have it, the best first; in order
            where an order is wanted.
        among: how many rows the filters let through; of a sum or an average, those that have a figure.
        unread: filled cells among them that hold no figure.
        left_out: rows of days that some would take for meant, see ``ValueFilter``.
        empty: rows among them that have nothing in a column that is computed, or held against a figure or a day.
        aside: where no row passes, those few that were named.
        groups: where the figure is told apart by a column, one for each of its cells, as the table has them first.
    """

    figures: tuple[Decimal | date, ...]
    rows: tuple[int, ...]
    among: int
    unread: int = 0
    left_out: int = 0
    empty: int = 0
    aside: tuple[int, ...] = ()
    groups: tuple[Group, ...] = ()


def compute(table: Table, plan: Plan) -> Result | None:
    """``None`` where no row has a figure, or the filters let no row through of which one is wanted.

    Nor is a sum or an average taken of a single row: who asks for one means other cells, "2019 and 2018" of that row.
    """
    wanted = plan.wanted
    rows = [row for row in range(len(table.cells)) if _passes(table, plan, row)]
    is_sure = plan.values and not any(held.words for held in plan.rows)
    if wanted.operation in ROWS and not rows and not is_sure:
        return None
    left_out = sum(_is_left_out(table, plan, row) for row in range(len(table.cells)))
    if plan.by is not None and wanted.operation == "count" and rows:
        groups = _groups(table, plan, plan.by, rows)
        return Result((), tuple(rows), len(rows), left_out=left_out, groups=groups)
    if wanted.operation in ("count", "list"):
        named, empty = _without_values(table, plan)
        aside = tuple(named) if not rows and len(named) <= _MOST_ASIDE and _names(plan) else ()
        return Result((), tuple(rows), len(rows), 0, left_out, empty, aside)
    columns = [table.columns[i] for i in plan.measures]
    filled = [row for row in rows if all(_figure(column, row) is not None for column in columns)]
    if not filled:
        return None
    missing = set(rows) - set(filled)
    unread = sum(any(table.cells[row][i] for i in plan.measures) for row in missing)
    empty = len(missing) - unread
    if plan.by is not None:
        groups = _groups(table, plan, plan.by, filled)
        return Result((), tuple(filled), len(filled), unread, left_out, empty, groups=groups)
    if wanted.operation in ("ascending", "descending"):
        ordered = _ordered(columns[0], filled, wanted.operation == "descending")
        return Result((), tuple(ordered), len(ordered), unread, left_out, empty)
    if wanted.operation in ("min", "max"):
        best = _extremes(columns[0], filled, wanted.operation == "max", wanted.limit or 1, wanted.rank)
        if not best:
            return None
        figures = tuple(_known(column, best[0]) for column in columns)
        return Result(figures, tuple(best), len(rows), unread, left_out, empty)
    if len(filled) < _FEWEST:
        return None
    figures = tuple(_of_all(wanted.operation, [_decimal(c, row) for row in filled]) for c in columns)
    return Result(figures, tuple(filled), len(filled), unread, left_out, empty)


def _groups(table: Table, plan: Plan, by: Grouping, rows: Sequence[int]) -> tuple[Group, ...]:
    """The figure of the rows with each cell of a column, as they first come; of days the earliest first."""
    held: dict[str, list[int]] = {}
    for row in rows:
        cell = table.cells[row][by.column]
        held.setdefault(key_of(table.columns[by.column], row, cell, by.unit), []).append(row)
    if by.unit:
        held = dict(sorted(held.items()))
    columns = [table.columns[i] for i in plan.measures]
    return tuple(
        Group(cell, tuple(_figure_of(plan.wanted.operation, c, own) for c in columns), len(own))
        for cell, own in held.items()
    )


def _figure_of(operation: str, column: Column, rows: Sequence[int]) -> Decimal | date:
    if operation in ("min", "max"):
        return _known(column, _ordered(column, rows, operation == "max")[0])
    return _of_all(operation, [_decimal(column, row) for row in rows])


def best_groups(table: Table, plan: Plan, result: Result) -> list[Group]:
    """Those with the lowest, or the highest, figure or count of rows, where one is asked for.

    Rows whose cell is empty are no group. None is the lowest where a month between them has no rows at all.
    """
    told = [group for group in result.groups if group.cell]
    by = plan.by
    if not told or by is None or not by.best:
        return []
    days = [day for row in result.rows if isinstance(day := table.columns[by.column].values[row], date)]
    if by.best == "min" and has_gaps(days, by.unit):
        return []
    figures = [_first_of(group) for group in told]
    wanted = max(figures) if by.best == "max" else min(figures)
    return [group for group, figure in zip(told, figures, strict=True) if figure == wanted]


def _first_of(group: Group) -> Any:
    return group.figures[0] if group.figures else Decimal(group.count)


def names_one_row(table: Table, plan: Plan) -> bool:
    """Whether the words of a plan, without its figures and days, leave a single row."""
    return _names(plan) and len(_without_values(table, plan)[0]) == 1


def _names(plan: Plan) -> bool:
    return any(not held.is_state for held in plan.rows)


def _without_values(table: Table, plan: Plan) -> tuple[list[int], int]:
    """The rows that its words alone let through, and how many of them hold nothing that its figures could be held against."""
    only_words = replace(plan, rows=tuple(r for r in plan.rows if not r.is_state), values=())
    named = [row for row in range(len(table.cells)) if _passes(table, only_words, row)]
    columns = [held.column for held in plan.values]
    return named, sum(any(not table.cells[row][i].strip() for i in columns) for row in named)


def _of_all(operation: str, figures: list[Decimal]) -> Decimal:
    if operation == "median":
        return median(figures)
    total = sum(figures, Decimal(0))
    return _average(total, len(figures)) if operation == "average" else total


def _passes(table: Table, plan: Plan, row: int) -> bool:
    for held in plan.rows:
        if held.column is not None and table.columns[held.column].values[row] != held.equals:
            return False
        if held.words and not holds(table.cells[row], held.words):
            return False
    return all(_compares(table, held, row) for held in plan.values)


def _compares(table: Table, held: ValueFilter, row: int) -> bool:
    column = table.columns[held.column]
    value = column.values[row]
    if value is None and held.comparison == "=" and held.value == 0 and says(column, "stock"):
        return NO_STOCK.fullmatch(table.cells[row][held.column].strip()) is not None  # "품절" among figures
    is_comparable = isinstance(value, Decimal | date) and type(value) is type(held.value)
    return is_comparable and _COMPARED[held.comparison](value, held.value)


def _is_left_out(table: Table, plan: Plan, row: int) -> bool:
    """Whether a row has one of the days that some would take for meant, and passes all other filters."""
    doubtful = [held for held in plan.values if held.left_out]
    if not doubtful or not _passes(table, replace(plan, values=tuple(set(plan.values) - set(doubtful))), row):
        return False
    days = [(table.columns[held.column].values[row], held.left_out) for held in doubtful]
    return all(p is not None and isinstance(day, date) and p.first <= day <= p.last for day, p in days)


def _extremes(column: Column, rows: Sequence[int], highest: bool, limit: int, rank: int) -> list[int]:
    """The first ``limit`` rows and those that are level with the last of them; of a rank those that have its figure."""
    ordered = _ordered(column, rows, highest)
    if rank > 1:
        figures = list(dict.fromkeys(_known(column, row) for row in ordered))
        return [row for row in ordered if rank <= len(figures) and _known(column, row) == figures[rank - 1]]
    last = _known(column, ordered[min(limit, len(ordered)) - 1])
    return [row for place, row in enumerate(ordered) if place < limit or _known(column, row) == last]


def _ordered(column: Column, rows: Sequence[int], highest_first: bool) -> list[int]:
    """Rows that are level stay in the order of the table."""
    return sorted(
        rows, key=lambda row: (_known(column, row), -row if highest_first else row), reverse=highest_first
    )


def _average(total: Decimal, count: int) -> Decimal:
    exponent = total.as_tuple().exponent
    digits = _MORE_DIGITS - min(exponent, 0) if isinstance(exponent, int) else _MORE_DIGITS
    average = round(total / count, digits)
    return average.normalize() if average != average.to_integral_value() else average.to_integral_value()


def _figure(column: Column, row: int) -> Decimal | date | None:
    value = column.values[row]
    return value if isinstance(value, Decimal | date) else None


def _known(column: Column, row: int) -> Decimal | date:
    value = _figure(column, row)
    if value is None:
        raise ValueError("the row has no figure")
    return value


def _decimal(column: Column, row: int) -> Decimal:
    value = _figure(column, row)
    return value if isinstance(value, Decimal) else Decimal(0)
