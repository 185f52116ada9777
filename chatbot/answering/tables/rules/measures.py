"""Which columns a question wants computed: those that it names, else those that its words imply, else those before it.

A column that is named and holds too few figures is not computed, and no other one is in its place; nor are the numbers of
orders, products or persons, which count nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.answering.tables.rules.columns import (
    has_quality,
    is_name_of,
    is_number,
    is_year,
    of_currencies,
    say_the_same,
    says,
)
from chatbot.answering.tables.rules.filters import row_filters
from chatbot.answering.tables.rules.operation import EVERY, QUALITIES, Wanted
from chatbot.answering.tables.typed_table import Table, share_of_figures
from chatbot.text.figures.units import CURRENCIES

COSTS = ("cost", "costs")  # they name a column only where no other word does: "which pens cost less than 5"
_ASKED_FOR = re.compile(r"\b(?:which|what)\s+(\w+)|(?:어느|어떤|무슨)\s+([가-힣]+)", re.IGNORECASE)
_NUMBERS_ONLY = ("sum", "average", "median")
_SOME_FIGURES = 0.3  # of the filled cells of a column of words: then its name asks for figures
_EACH = re.compile(r"\beach\b|각", re.IGNORECASE)


def measures_of(wanted: Wanted, table: Table, words: Sequence[str]) -> tuple[list[int], set[str]]:
    """The columns that are meant, and the words that say so; none where it is not clear."""
    dates = wanted.measure == "date"
    usable = [
        i for i, column in enumerate(table.columns) if column.kind in _kinds(wanted) and not is_number(column)
    ]
    said = {i: {word for word in words if says(table.columns[i], word)} for i in usable}
    if (
        wanted.operation in ("min", "max") and not dates
    ):  # "the largest order" is not the latest day of ordering
        usable = [
            i
            for i in usable
            if table.columns[i].kind != "date" or any(is_name_of(table.columns[i], word) for word in said[i])
        ]
    best = max((len(said[i]) for i in usable), default=0)
    meant = [i for i in usable if len(said[i]) == best] if best else []
    # "amount" is the column of that name before one of quantities
    meant = [i for i in meant if any(is_name_of(table.columns[i], word) for word in said[i])] or meant
    if wanted.subject:  # "보증금이 가장 높은 호실은?"
        meant = [i for i in meant if says(table.columns[i], wanted.subject)] or meant
    if wanted.measure == "price":
        prices = [i for i in meant or usable if says(table.columns[i], "price")]
        # "the deposit is highest" in the words of a price, "보증금이 가장 비싼"
        subject = wanted.subject
        meant = prices or [i for i in meant if subject and says(table.columns[i], subject)]
    elif wanted.measure in QUALITIES:
        meant = meant or [i for i in usable if has_quality(table.columns[i], wanted.measure)]
    elif dates and not meant:
        meant = usable
    explained = {word for i in meant for word in said[i]}
    if about := _ASKED_FOR.search(wanted.rest):  # "which month had": the column that answers, not the measure
        asked_for = (about[1] or about[2]).lower()
        answering = {i for i, column in enumerate(table.columns) if says(column, asked_for)}
        explained |= {asked_for} if answering else set()
        meant = [i for i in meant if i not in answering] or meant
    if len(meant) > 1:
        named = of_currencies(table, meant, wanted.rest)
        in_question = {word for word in words if any(word in group for group in CURRENCIES.values())}
        explained |= in_question if named else set()
        meant = named or (meant if say_the_same(table, meant) else [])
    return meant, explained


def measures_before(
    wanted: Wanted, table: Table, words: Sequence[str], last: Wanted, columns: tuple[int, ...]
) -> list[int]:
    """The columns that a follow-up goes on with, where they fit what it wants; else the only column of figures.

    None where its own words say another column, or another quality: "the heaviest" is not the highest price.

    Args:
        words: also those that name a column only where nothing else does.
        last, columns: what was wanted before it, and of which columns.
    """
    is_same = wanted.measure in QUALITIES and wanted.measure == last.measure
    if (wanted.measure and not is_same) or _names_words(wanted, table, words):
        return []
    kinds = _kinds(wanted)
    if not columns:
        numbers = [
            i
            for i, c in enumerate(table.columns)
            if c.kind == "number" and not is_year(c) and not is_number(c)
        ]
        columns = tuple(numbers if len(numbers) == 1 else ())
    figures = [i for i, column in enumerate(table.columns) if column.kind != "text"]
    named = [{i for i in figures if says(table.columns[i], word)} for word in words]
    costs = [word for word in words if word in COSTS]
    if any(own and not own & set(columns) for own in named) or (costs and not any(named)):
        return []
    return list(columns) if all(table.columns[i].kind in kinds for i in columns) else []


def column_without_figures(table: Table, words: Sequence[str]) -> int | None:
    """The place of the column which one of ``words`` names, and of which some cells are figures, but too few; ``None`` for none.

    The first column of words says what the rows are, and is no such.
    """
    texts = [i for i, column in enumerate(table.columns) if column.kind == "text"]
    for i in texts[1:] if texts[:1] == [0] else texts:
        cells = [row[i] for row in table.cells]
        if any(says(table.columns[i], word) for word in words) and share_of_figures(cells) >= _SOME_FIGURES:
            return i
    return None


def _names_words(wanted: Wanted, table: Table, words: Sequence[str]) -> bool:
    """Whether a sum or an average is wanted of a column of words, which tells no rows apart and chooses none."""
    if wanted.operation not in _NUMBERS_ONLY or EVERY.search(wanted.rest) or _EACH.search(wanted.rest):
        return False
    left = [word for word in words if not any(says(column, word) for column in table.columns)]
    chosen = {held.column for held in row_filters(table, left, set()) or ()}
    return any(
        column.kind == "text" and i not in chosen and len(set(column.values)) < len(column.values)
        for i, column in enumerate(table.columns)
        if any(says(column, word) for word in words)
    )


def _kinds(wanted: Wanted) -> set[str]:
    if wanted.measure == "date":
        return {"date"}
    return {"number"} if wanted.operation in _NUMBERS_ONLY else {"number", "date"}
