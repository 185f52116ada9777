"""A plan over a table -> figures and the rows that they come from; decimal arithmetic, so sums are exact."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chatbot.answering.tables.operation import ROWS, Wanted
from chatbot.answering.tables.plan import Plan, holds
from chatbot.answering.tables.typed_table import Column, Table

_COMPARED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_FEWEST = 2  # rows of a sum or an average
_MORE_DIGITS = 2  # of an average than its figures have


@dataclass(frozen=True, slots=True)
class Result:
    """What was computed.

    Attributes:
        figures: one for each measure of the plan; none for a count.
        rows: those that the figures come from; for the lowest and the highest, those that have it, the best first; in order
            where an order is wanted.
        among: how many rows the filters let through; of a sum or an average, those that have a figure.
        unread: filled cells among them that hold no figure.
    """

    figures: tuple[Decimal | date, ...]
    rows: tuple[int, ...]
    among: int
    unread: int = 0


def compute(table: Table, wanted: Wanted, plan: Plan) -> Result | None:
    """``None`` where no row has a figure, or the filters let no row through of which one is wanted.

    Nor is a sum or an average taken of a single row: who asks for one means other cells, "2019 and 2018" of that row.
    """
    rows = [row for row in range(len(table.cells)) if _passes(table, plan, row)]
    if wanted.operation in ROWS and not rows:
        return None
    if wanted.operation in ("count", "list"):
        return Result((), tuple(rows), len(rows))
    columns = [table.columns[i] for i in plan.measures]
    filled = [row for row in rows if all(_figure(column, row) is not None for column in columns)]
    if not filled:
        return None
    unread = sum(any(table.cells[row][i] for i in plan.measures) for row in set(rows) - set(filled))
    if wanted.operation in ("ascending", "descending"):
        ordered = _ordered(columns[0], filled, wanted.operation == "descending")
        return Result((), tuple(ordered), len(ordered), unread)
    if wanted.operation in ("min", "max"):
        best = _extremes(columns[0], filled, wanted.operation == "max", wanted.limit or 1)
        figures = tuple(_known(column, best[0]) for column in columns)
        return Result(figures, tuple(best), len(rows), unread)
    if len(filled) < _FEWEST:
        return None
    sums = [sum((_decimal(column, row) for row in filled), Decimal(0)) for column in columns]
    if wanted.operation == "average":
        sums = [_average(total, len(filled)) for total in sums]
    return Result(tuple(sums), tuple(filled), len(filled), unread)


def _passes(table: Table, plan: Plan, row: int) -> bool:
    for held in plan.rows:
        if held.column is not None and table.columns[held.column].values[row] != held.equals:
            return False
        if held.words and not holds(table.cells[row], held.words):
            return False
    for bound in plan.numbers:
        value = table.columns[bound.column].values[row]
        if not isinstance(value, Decimal) or not _COMPARED[bound.comparison](value, bound.value):
            return False
    return True


def _extremes(column: Column, rows: Sequence[int], highest: bool, limit: int) -> list[int]:
    """The first ``limit`` rows and those that are level with the last of them."""
    ordered = _ordered(column, rows, highest)
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
