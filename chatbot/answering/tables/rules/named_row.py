"""A follow-up that names one row of the table before it: "what about the tart?", "타르트는?", "타르트 재고는?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.tables.rules.columns import says
from chatbot.answering.tables.rules.compute import compute
from chatbot.answering.tables.rules.filters import RowFilter, holds, row_filters
from chatbot.answering.tables.rules.follow_up import asks_its_price, names_a_row
from chatbot.answering.tables.rules.operation import Wanted
from chatbot.answering.tables.rules.plan import Plan
from chatbot.answering.tables.rules.question_words import words_left
from chatbot.answering.tables.typed_table import Table
from chatbot.text.leaning import without_connective


def row_named(question: str, table: Table, names: Sequence[str], last: Plan) -> Plan | None:
    """The one row that ``question`` names, whatever the rows before it were held against; ``None`` for no or several.

    Words name a row as one of its cells, or where they stand in the cell that says what the row is. In a note beside it they
    may mean anything.

    Args:
        names: what a question may call the document by.
        last: what was computed of ``table`` before.
    """
    if last.among is not None and asks_its_price(question):
        is_told = any(says(column, "price") for column in table.columns)
        return replace(last, wanted=Wanted("list", rest=question)) if is_told else None
    if not names_a_row(question):
        return None
    words = words_left(without_connective(question), table, names)
    own = [word for word in words if not any(says(column, word) for column in table.columns)]
    rows = _naming(table, own) if own else _of_one(last, words)
    if not rows:
        return None
    found = Plan(Wanted("list", rest=question), (), rows, spoken=last.spoken, among=last.among or last)
    result = compute(table, found)
    return found if result is not None and len(result.rows) == 1 else None


def _naming(table: Table, words: Sequence[str]) -> tuple[RowFilter, ...]:
    """``words`` as those of one row's name; empty where another cell holds them."""
    rows = row_filters(table, words, set()) or ()
    for held in rows:
        if held.words and not any(
            holds([cells[i]], held.words) for i in _names(table) for cells in table.cells
        ):
            return ()
    return rows


def _of_one(last: Plan, words: Sequence[str]) -> tuple[RowFilter, ...]:
    """The row that was named before, of which a column is asked for: "and its stock?"."""
    return last.rows if last.among is not None and words else ()


def _names(table: Table) -> list[int]:
    """The first column of words, which says what the rows are."""
    return [i for i, column in enumerate(table.columns) if column.kind == "text"][:1]
