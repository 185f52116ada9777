"""A follow-up after a table was computed: what it goes on with.

"가장 싼 노트는?" -> "평균은?": the same table, its price, the notebooks        -> "재고 합계는?": the same table
"total of 2025?"  -> "and for pens?": the same sum, of other rows
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.tables.rules.operation import Wanted, rank_said
from chatbot.answering.tables.rules.plan import Before, Plan, names_nothing, says_rows, without_names
from chatbot.text.leaning import points_back, without_connective

_OF_THEM = re.compile(
    r"그\s?중|이\s?중|그것들|\b(?:of|among|from|between) (?:them|those|these)\b|\bwhich of\b", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\b(?:ones?|it|they|them|those|these|there)\b|(?<!\S)(?:것|거|건|게)(?:은|는|이|가|을|야|들)?(?![가-힣])",
    re.IGNORECASE,
)
# what wants a figure or a name that stands in a row, and no calculation over other rows
_LOOKS_UP = re.compile(
    r"얼마|언제|누구|누가|어디|몇|왜|어떻게|무엇|뭐|무슨|어떤|\b(?:how|when|who|whose|where|why|is|are|does|do|can|may)\b|\bwhat\b(?! about)",
    re.IGNORECASE,
)
_ONLY_A_NAME = re.compile(r"\S+(?: \S+)?(?:은|는)\s?\?*")
_OVER_ROWS = ("count", "list", "sum", "average", "median")
_FEWEST = 2  # rows of which one is the lowest: of a single row its own figure is wanted, which is looked up


def going_on(question: str, asked: Wanted | None, last: Plan) -> tuple[Wanted, Before] | None:
    """What ``question`` wants of the table of ``last``, and what it keeps of that; ``None`` where it wants nothing of it.

    Args:
        asked: what its own words want.
    """
    own = without_connective(question)
    is_connected = own != question.strip()
    of_them = bool(_OF_THEM.search(question))
    before = Before(last, is_connected or points_back(question) or bool(_PRONOUN.search(question)), of_them)
    if asked is None:
        names_rows = is_connected or _ONLY_A_NAME.fullmatch(question.strip())
        if not names_rows or _LOOKS_UP.search(own):
            return None
        again = replace(last.wanted, bounds=(), dates=(), rest=own)
        return again, replace(before, keeps_rows=True)
    says_only_bounds = is_connected and asked.operation == "list" and not says_rows(question)
    if (
        says_only_bounds and last.wanted.operation in _OVER_ROWS
    ):  # "how many are due in May?", "and before March?"
        asked = replace(asked, operation=last.wanted.operation)
    return asked, before


def nth(question: str, last: Plan) -> Wanted | None:
    """Another one of the lowest or highest where nothing but a place is said: "두 번째는?", "and the third?"."""
    rank = rank_said(without_connective(question))
    if not rank or last.wanted.operation not in ("min", "max"):
        return None
    return replace(last.wanted, rank=rank, limit=0, bounds=(), dates=(), rest="", measure="")


def elsewhere(
    question: str, names: Sequence[str], last: Plan, last_names: Sequence[str], columns: Sequence[str]
) -> Wanted | None:
    """What was wanted last, of a document that is all that ``question`` names: "and in shop.csv?"; else ``None``.

    Args:
        names, last_names: what that document may be called, and the one before it.
        columns: the names of the columns that were computed last.
    """
    rest = without_names(question, names)
    if rest == question or not names_nothing(without_connective(rest)):
        return None
    chosen = [held.equals for held in last.rows if held.column is not None]
    said = [without_names(last.wanted.rest, last_names), *chosen]
    if not last.wanted.measure:
        said += columns[:1]
    return replace(last.wanted, rest=" ".join(said))


def is_an_answer(found: Plan, among: int) -> bool:
    """Whether ``found``, of a follow-up that says no operation, answers it: it must choose rows, and the
    lowest must be one ``among`` several."""
    return bool(found.rows) and (found.wanted.operation in _OVER_ROWS or among >= _FEWEST)
