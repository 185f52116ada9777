"""A wanted figure and a table -> which column, which rows; nothing where a word of the question stays unexplained.

"The cheapest flight to Paris" over a price list of pens finds no column and no row for *Paris*: it is looked up, not
computed, however cheap the cheapest pen is. A follow-up, "and the total?", goes on with the column and the rows of the
plan before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from chatbot.answering.tables.rules.bounds import DateBound
from chatbot.answering.tables.rules.columns import is_number, is_year, says, says_rows_of
from chatbot.answering.tables.rules.filters import (
    RowFilter,
    Unclear,
    ValueFilter,
    date_filters,
    number_filters,
    row_filters,
    stock_filter,
)
from chatbot.answering.tables.rules.grouping import (
    Grouping,
    adds_up,
    explained_by,
    grouped_by,
    has_days,
    other_best,
    others_said,
)
from chatbot.answering.tables.rules.measures import (
    COSTS,
    column_without_figures,
    measures_before,
    measures_of,
)
from chatbot.answering.tables.rules.operation import EVERY, QUALITIES, ROWS, Wanted
from chatbot.answering.tables.rules.question_words import (
    GENERIC,
    ROW_WORDS,
    is_named,
    with_full_names,
    without_names,
    words_left,
    words_of,
    words_of_names,
)
from chatbot.answering.tables.typed_table import Table
from chatbot.text.plurals import without_plural

_MOSTLY = 0.5  # of a document's text in one table: then its name says what the rows are


@dataclass(frozen=True, slots=True)
class Plan:
    """What is computed over which rows.

    Attributes:
        wanted: what is to be computed, as it was understood.
        measures: the columns, none for a count of rows; several where a price stands in two currencies. The rows with
            the lowest or highest are the same in all of them.
        spoken: the columns that the conversation has spoken of last: "how many are there?" has none of its own.
        by: how the figure is told apart.
        among: where a follow-up named one row, what was computed before: "the cheapest of them" is of those rows.
        score: how well the words fit: rows by words that merely stand in them, and a currency that the column does not
            say, fit less.
    """

    wanted: Wanted
    measures: tuple[int, ...]
    rows: tuple[RowFilter, ...] = ()
    values: tuple[ValueFilter, ...] = ()
    spoken: tuple[int, ...] = ()
    by: Grouping | None = None
    among: Plan | None = field(default=None, compare=False)
    score: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Before:
    """What a follow-up goes on from.

    Attributes:
        plan: of the same table.
        keeps_rows: whether its words point back at the rows of that plan; otherwise only where it names nothing at all.
        of_them: whether they are pointed at by name, "그중", "of those".
        narrows: whether those of them are wanted that have something more, "only those from Oslo".
    """

    plan: Plan
    keeps_rows: bool = False
    of_them: bool = False
    narrows: bool = False

    @property
    def columns(self) -> tuple[int, ...]:
        """Those of which the plan spoke last, else the only one that its figures are held against."""
        held = dict.fromkeys(v.column for v in self.plan.values if v.comparison != "=")
        return self.plan.spoken or tuple(held if len(held) == 1 else ())

    @property
    def year(self) -> int | None:
        """That of which the plan spoke last."""
        days = [held.value for held in self.plan.values if isinstance(held.value, date)]
        return days[-1].year if days else None


def plan(
    wanted: Wanted, table: Table, names: Sequence[str], before: Before | None = None, may_group: bool = True
) -> Plan | Unclear | None:
    """How to compute ``wanted`` over ``table``; ``None`` where the table does not explain the question.

    Args:
        names: what a question may call the document by; these words explain nothing else.
        may_group: whether its words may ask for a figure of each group of rows.
    """
    whole = wanted
    wanted, by = grouped_by(wanted, table) if may_group else (wanted, None)
    said = words_of(without_names(wanted.rest, names))
    words = with_full_names(table, wanted.rest, [word for word in said if word not in GENERIC])
    if before is not None and (
        best := other_best(whole, words_left(whole.rest, table, names), table, before.plan.by)
    ):
        return replace(before.plan, by=best)
    if before is not None and _asks_of_its_row(wanted, table, words, before):
        return before.plan
    wanted, words = _with_days_that_are_names(wanted, words, table)
    if by is not None and by.best and (inner := others_said(by, table, words)) is not None:
        # "the region of the branch with the highest sales": of rows that are branches, and of no other
        return None if inner else plan(whole, table, names, before, may_group=False)
    wanted = _operation(wanted, table, words)
    measures, explained = list[int](), set[str]()
    if wanted.operation not in ("count", "list"):
        measures, explained = _measures(wanted, table, said, words, by, before)
        unread = column_without_figures(table, [word for word in words if word not in explained])
        if unread is not None and not _chooses_by(table, unread, words):
            return _no_figures(table, unread, words, names)
        if by is not None and by.is_implied and not _add_up(table, measures):
            if measures or not _names_rows_of(table, by, words):
                # the highest of the rows, and not of the groups; no row is a month
                of_rows = by.unit in ("", "day")
                return plan(whole, table, names, before, may_group=False) if of_rows else None
            wanted = replace(wanted, operation="count")
        elif not measures:
            return _no_measure(wanted, table, words, names, before)
    held = _held(wanted, table, names, words, measures, explained, by, before)
    if held is None or isinstance(held, Unclear):
        return held
    rows, values = held
    if by is not None and any(row.column == by.column for row in rows):  # "by supplier AquaFlow"
        by = None
    if (
        wanted.operation in ("count", "list")
        and not (before or values or by is not None)
        and not _is_of_rows(wanted, table, names, said, words, explained, rows)
    ):
        return None
    is_bare = not words and not values and not rows and ROW_WORDS.isdisjoint(said)
    if before is not None:
        rows, values = _kept(before, wanted, is_bare, said, rows, values)
        if by is not None:  # "the average of Labs?", "and by department?"
            rows = tuple(row for row in rows if row.column != by.column)
    spoken = tuple(measures) or (before.plan.spoken if before else ())
    if by is not None and (wanted.limit or wanted.rank > 1):
        return Unclear("grouping", (("column", table.columns[by.column].name),))
    return Plan(wanted, tuple(measures), rows, values, spoken, by, score=_score(rows, values))


def _with_days_that_are_names(wanted: Wanted, words: list[str], table: Table) -> tuple[Wanted, list[str]]:
    """Days that are no dates for ``table`` are words of the question: "January" is a cell of it."""
    names = [bound for bound in wanted.dates if bound.comparison == "=" and not _is_of_days(bound, table)]
    dates = tuple(bound for bound in wanted.dates if bound not in names)
    return replace(wanted, dates=dates), [*words, *(word for name in names for word in words_of(name.said))]


def _operation(wanted: Wanted, table: Table, words: Sequence[str]) -> Wanted:
    """``wanted`` with the operation that the columns of ``table`` leave."""
    if wanted.or_sum:
        wanted = _sum_or_count(wanted, table, words)
    if wanted.operation == "count" and _asks_how_much_is_held(table, words):
        return replace(wanted, operation="list")  # its figure stands in the row
    return wanted


def _measures(
    wanted: Wanted,
    table: Table,
    said: Sequence[str],
    words: list[str],
    by: Grouping | None,
    before: Before | None,
) -> tuple[list[int], set[str]]:
    """The columns to compute with, and the words that name them."""
    costs = [word for word in said if word in COSTS and before is not None]
    measures, explained = measures_of(wanted, table, words)
    if not measures and by is not None and by.best:  # "the highest total" of a column "Total"
        measures, explained = measures_of(wanted, table, [*words, "total", "합계"])
    if not measures and costs:  # "the highest revenue?", "and the lowest cost?"
        measures, explained = measures_of(wanted, table, [*words, *costs])
    if not measures and before is not None:
        measures = measures_before(wanted, table, [*words, *costs], before.plan.wanted, before.columns)
    return measures, explained


def _held(
    wanted: Wanted,
    table: Table,
    names: Sequence[str],
    words: list[str],
    measures: list[int],
    explained: set[str],
    by: Grouping | None,
    before: Before | None,
) -> tuple[tuple[RowFilter, ...], tuple[ValueFilter, ...]] | Unclear | None:
    """Which rows are meant: by the words that nothing else explains, and by figures and days.

    Args:
        explained: the words that name ``measures``; those of the other columns are added.
    """
    numbers = number_filters(
        [b for b in wanted.bounds if b.measure != "stock" or stock_filter(table, [b]) is None],
        table, words, measures, explained,
    )  # fmt: skip
    dates = date_filters(wanted.dates, table, words, explained, before.year if before else None)
    lists = wanted.operation in ROWS  # whatever columns it names are shown with the rows
    said_of = [column for column in table.columns if lists or column.kind == "text"]
    explained |= {word for word in words if any(says(column, word) for column in said_of)}
    if measures or wanted.bounds or wanted.dates or by is not None or _lists_all(wanted, table, names):
        explained |= {word for word in words if says_rows_of(table, word)}
    explained |= explained_by(by, table, words) if by is not None else set()
    of_title = words_of_names([table.title]) if wanted.operation != "count" else set()
    left = [word for word in words if word not in explained]
    rows = row_filters(table, left, _words_for_all_rows(table, names) | of_title)
    if rows is None or numbers is None or dates is None:
        return None
    if isinstance(numbers, Unclear):
        return numbers
    if isinstance(dates, Unclear):
        says_dates = any(says(c, word) for c in table.columns if c.kind == "date" for word in words)
        return dates if says_dates or not wanted.only_names_days else None  # "what were sales in 2019?"
    if in_stock := stock_filter(table, wanted.bounds):
        rows = (*rows, in_stock)
    return rows, (*numbers, *dates)


def _words_for_all_rows(table: Table, names: Sequence[str]) -> set[str]:
    """The words of the document's name, where most of the document is ``table``."""
    return words_of_names(names) if table.share >= _MOSTLY else set()


def _is_of_rows(
    wanted: Wanted,
    table: Table,
    names: Sequence[str],
    said: Sequence[str],
    words: Sequence[str],
    explained: set[str],
    rows: Sequence[RowFilter],
) -> bool:
    """Whether rows are counted or listed, and no figure that stands in one of them: "how many sick days"."""
    if _counts_rows(said, rows, _words_for_all_rows(table, names)):
        return True
    if wanted.operation == "count":
        return _names_rows(table, words)
    return _lists_all(wanted, table, names) and explained.issuperset(words)  # "직원명부 모두 보여줘"


def _lists_all(wanted: Wanted, table: Table, names: Sequence[str]) -> bool:
    """Whether the rows of a document are to be listed that is named, and is mostly this table."""
    return wanted.operation == "list" and table.share >= _MOSTLY and is_named(wanted.rest, names)


def _asks_of_its_row(wanted: Wanted, table: Table, words: Sequence[str], before: Before) -> bool:
    """Whether another cell is asked for of the lowest or highest row: "the cheapest pen?", "and its stock?"."""
    is_the_same = wanted.operation == before.plan.wanted.operation and wanted.rank == before.plan.wanted.rank
    names_columns = bool(words) and all(any(says(c, word) for c in table.columns) for word in words)
    says_no_more = not (wanted.bounds or wanted.dates)
    return (
        before.keeps_rows
        and wanted.operation in ("min", "max")
        and is_the_same
        and names_columns
        and says_no_more
    )


def _score(rows: Sequence[RowFilter], values: Sequence[ValueFilter]) -> int:
    return -sum(len(held.words) for held in rows) - sum(
        bool(held.other_unit) + held.is_guess for held in values
    )


def _kept(
    before: Before,
    wanted: Wanted,
    is_bare: bool,
    said: Sequence[str],
    rows: tuple[RowFilter, ...],
    values: tuple[ValueFilter, ...],
) -> tuple[tuple[RowFilter, ...], tuple[ValueFilter, ...]]:
    """The rows of the plan before it where a follow-up names none, and its figures for the columns that it does not name."""
    speaks_of_all = EVERY.search(wanted.rest) or not ROW_WORDS.isdisjoint(said)
    chooses = before.of_them or before.narrows
    if not chooses and (speaks_of_all or not (before.keeps_rows or is_bare)):
        return rows, values
    named = {_side(held, chooses) for held in values}
    older = tuple(h for h in before.plan.values if before.of_them or _side(h, chooses) not in named)
    states = tuple(held for held in before.plan.rows if held.is_state)
    kept = states if rows and not chooses else before.plan.rows
    if before.narrows:  # "only Oslo" after "only Bergen" means Oslo
        columns = {held.column for held in rows if held.column is not None}
        kept = tuple(held for held in kept if held.column not in columns)
    return tuple(dict.fromkeys((*kept, *rows))), (*older, *values)


def _side(held: ValueFilter, of_one_end: bool) -> tuple[int, str]:
    """What a new figure takes the place of: all that was held of the column, or only what bounds it at the same end."""
    return held.column, held.comparison[0] if of_one_end else ""


def _counts_rows(said: Sequence[str], rows: Sequence[RowFilter], of_document: set[str]) -> bool:
    """Whether rows are what is to be counted: "how many sick days" wants a figure that stands in a row."""
    if any(held.words for held in rows):
        return False
    return bool(rows) or any(word in ROW_WORDS or without_plural(word) in of_document for word in said)


def _names_rows(table: Table, words: Sequence[str]) -> bool:
    """Whether a word names a column that tells the rows apart: "how many teams", where each row is of another team."""
    named = [c for c in table.columns if c.kind == "text" and any(says(c, word) for word in words)]
    return any(len(set(column.values)) == len(column.values) for column in named)


def _add_up(table: Table, measures: Sequence[int]) -> bool:
    over_days = has_days(table)
    return bool(measures) and all(adds_up(table.columns[i], over_days) for i in measures)


def _names_rows_of(table: Table, by: Grouping, words: Sequence[str]) -> bool:
    """Whether a word says the days by which the rows are told apart, and so the rows: "orders" of "Order date"."""
    return any(says(table.columns[by.column], word) for word in words) or any(
        says_rows_of(table, word) for word in words
    )


def _asks_how_much_is_held(table: Table, words: Sequence[str]) -> bool:
    """Whether "how many lamps are in stock?" names rows and a column that tells how many of them there are."""
    stock = [c for c in table.columns if c.kind == "number" and (says(c, "stock") or says(c, "quantity"))]
    left = [word for word in words if not any(says(column, word) for column in stock)]
    if len(left) == len(words):
        return False
    return any(held.column is not None for held in row_filters(table, left, set()) or ())


def _sum_or_count(wanted: Wanted, table: Table, words: Sequence[str]) -> Wanted:
    """ "How many are in stock in total?": the sum of a column of figures that it names, else a count of rows."""
    named = [c for c in table.columns if c.kind == "number" and any(says(c, word) for word in words)]
    stock = [b for b in wanted.bounds if b.measure == "stock" and b.comparison == ">"]
    return replace(wanted, operation="sum" if len(named) == 1 and not stock else "count", or_sum=False)


def _is_of_days(bound: DateBound, table: Table) -> bool:
    """Whether days without "before" or "after" are held against dates; else their words name a column or a cell: "January"."""
    words = words_of(bound.said)
    cells = {
        cell.casefold()
        for column in table.columns
        if column.kind == "text"
        for cell in map(str, column.values)
    }
    is_named = bound.said.casefold() in cells or all(
        any(says(c, word) for c in table.columns) for word in words
    )
    return not is_named and any(column.kind == "date" or is_year(column) for column in table.columns)


def _no_measure(
    wanted: Wanted, table: Table, words: Sequence[str], names: Sequence[str], before: Before | None
) -> Unclear | None:
    """Which columns a question may mean that names none, where it is of this very table."""
    kinds = ("date",) if wanted.measure == "date" else ("number",)
    possible = [
        column.name
        for column in table.columns
        if column.kind in kinds
        and not is_number(column)
        and (wanted.measure != "price" or says(column, "price"))
    ]
    is_of_it = before is not None or is_named(wanted.rest, names)
    left = [word for word in words if not any(says(column, word) for column in table.columns)]
    if not is_of_it or len(possible) < 2 or row_filters(table, left, set()) is None:
        return None
    if wanted.measure in QUALITIES:
        return Unclear(wanted.measure, (("columns", ", ".join(possible)),))
    return Unclear("which_column", (("columns", ", ".join(possible)),))


def _chooses_by(table: Table, place: int, words: Sequence[str]) -> bool:
    """Whether a column is named for one of its cells: "the average price of size 12"."""
    left = [word for word in words if not any(says(c, word) for c in table.columns)]
    return any(held.column == place for held in row_filters(table, left, set()) or ())


def _no_figures(table: Table, place: int, words: Sequence[str], names: Sequence[str]) -> Unclear | None:
    """That a column is named and cannot be computed, where the table explains all other words."""
    left = [word for word in words if not any(says(c, word) for c in table.columns)]
    known = words_of_names([*names, table.title])
    is_of_it = row_filters(table, left, known) is not None
    return Unclear("no_figures", (("column", table.columns[place].name),)) if is_of_it else None
