"""A follow-up after a table was computed: what it goes on with.

"가장 싼 노트는?" -> "평균은?": the same table, its price, the notebooks        -> "재고 합계는?": the same table
"total of 2025?"  -> "and for pens?": the same sum, of other rows
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.tables.rules.bounds import only_days
from chatbot.answering.tables.rules.operation import ROWS, Wanted, rank_said
from chatbot.answering.tables.rules.plan import Before, Plan
from chatbot.answering.tables.rules.question_words import (
    names_nothing,
    says_rows,
    without_names,
    without_words_of,
)
from chatbot.text.leaning import points_back, without_connective

_KOREAN_THEM = r"그\s?중|이\s?중|그것들"
_THEM = r"(?:them|those|these)"
_OF_THEM = re.compile(
    rf"(?:{_KOREAN_THEM})(?:(?<=들)[의은이을])?|\b(?:of|among|from|between) {_THEM}\b|\bwhich of\b",
    re.IGNORECASE,
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
# of the rows before, those with something more: "only those from Oslo", "서울만 보여줘"
_ONLY = re.compile(
    r"^(?:(?:show|list|give)(?: me| us)? )?(?:only|just)\b|\bonly(?=[\s?.!]*$)"
    r"|(?<=[가-힣A-Za-z\d])만(?=[\s?.!]*$|(?:은|요)[\s?.!]*$|\s+(?:보여|알려|골라|추려|찾아|나열|남겨|말해))",
    re.IGNORECASE,
)
_SHOW = re.compile(
    r"(?:보여|알려|골라|추려|찾아|나열|남겨|말해)\s?\S*(?:\s\S+)?[?.!]*$|^(?:show|list|give)(?: me| us)?\b",
    re.IGNORECASE,
)
_ASKS_FOR_A_CELL = re.compile(
    r"얼마|언제|누구|누가|왜|어떻게|\b(?:how|when|who|whose|where|why)\b", re.IGNORECASE
)
_WHICH = re.compile(r"\bwhich\b|어느|어떤|무엇|뭐", re.IGNORECASE)
_ALL_COST = re.compile(
    r"\bhow much (?:do|does|did|would|will|is|are) (?:all(?: of)? (?:them|those|these)|everything|they all)(?: together)?(?: cost| be| come to)?\b"
    r"|(?:모두|다|전부)(?: (?:사면|하면|해서))? 얼마(?=[야지]|예요|에요|인가|입니|[\s?.!]*$)\S*",
    re.IGNORECASE,
)
_ONLY_A_NAME = re.compile(r"\S+(?: \S+)?(?:은|는)\s?\?*|(?:the )?\S+(?: \S+)? ones?\s?[?.]*", re.IGNORECASE)
_LONGEST_NAME = 3  # words of a follow-up that may be nothing but a name: "the carrot cake?"
_NO_WORD = re.compile(r"[\s?.!,]*(?:은|는|에는|엔)?[\s?.!,]*")
_PRICE_OF_IT = re.compile(
    r"(?:and )?how much (?:is|was|does|do) (?:it|that|this)(?: one)?(?: cost)?|(?:그거|그건|그게|그것은)?\s?(?:가격이\s?)?얼마(?:야|지|예요|에요|인가요?|입니까|죠)?",
    re.IGNORECASE,
)
_OVER_ROWS = ("count", "list", "sum", "average", "median")
_POINTS_AT_ROWS = re.compile(
    rf"^\W*(?:(?:그럼|그러면|그리고)\s)?(?:{_KOREAN_THEM})|\b(?:of|among) {_THEM}(?=[\s?.!]*$|,)",
    re.IGNORECASE,
)
_SHORT = 8  # words; a longer question may say itself what "them" is
_FEWEST = 2  # rows of which one is the lowest: of a single row its own figure is wanted, which is looked up


def points_at_rows(question: str) -> bool:
    """Whether ``question`` is of rows that were told before: "그중 가장 싼 건?", "the cheapest of those?"."""
    return bool(_POINTS_AT_ROWS.search(question)) and len(question.split()) <= _SHORT


def going_on(question: str, asked: Wanted | None, last: Plan) -> tuple[Wanted, Before] | None:
    """What ``question`` wants of the table of ``last``, and what it keeps of that; ``None`` where it wants nothing of it.

    Args:
        asked: what its own words want.
    """
    own = without_connective(question)
    is_connected = own != question.strip()
    of_them = bool(_OF_THEM.search(question))
    last = last.among if last.among is not None and of_them else last
    narrows = bool(_ONLY.search(own))
    keeps_rows = is_connected or narrows or points_back(question) or bool(_PRONOUN.search(question))
    before = Before(last, keeps_rows, of_them, narrows)
    if asked is None:
        if _ALL_COST.search(own):
            return Wanted("sum", "price", rest=_ALL_COST.sub(" ", own)), replace(before, keeps_rows=True)
        chooses = narrows or of_them
        names_rows = chooses or is_connected or _ONLY_A_NAME.fullmatch(question.strip())
        if not names_rows or (_ASKS_FOR_A_CELL if chooses else _LOOKS_UP).search(own):
            return None
        again = replace(last.wanted, bounds=(), dates=(), rest=_without_asking(own) if chooses else own)
        if chooses and (_WHICH.search(own) or last.wanted.operation in ROWS):
            again = replace(again, operation="list", measure="", limit=0, rank=1, or_sum=False)
        return again, replace(before, keeps_rows=True)
    if narrows or of_them:
        asked = replace(asked, rest=_ONLY.sub(" ", _OF_THEM.sub(" ", asked.rest).strip()))
    is_bare = _NO_WORD.fullmatch(asked.rest) is not None and asked.operation == "list"  # "in March?"
    before = replace(before, keeps_rows=keeps_rows or is_bare)
    goes_on = is_connected or narrows or is_bare
    says_only_bounds = goes_on and asked.operation == "list" and not says_rows(question)
    if says_only_bounds and last.wanted.operation in _OVER_ROWS:
        # "how many are due in May?", "and before March?"
        asked = replace(asked, operation=last.wanted.operation)
    elif is_bare and last.wanted.operation in ("min", "max"):  # "the dearest order?", "and in May?"
        asked = replace(last.wanted, bounds=asked.bounds, dates=asked.dates, rest="")
    return asked, before


def of_days(question: str) -> Wanted | None:
    """The rows of the days that are all that a follow-up says: "and July?", "2025년 3월은?"."""
    days = only_days(without_connective(question))
    return Wanted("list", dates=(days,)) if days else None


def names_a_row(question: str) -> bool:
    """Whether ``question`` may be nothing but the name of a row, and of its columns: "타르트는?", "and the tart?"."""
    own = without_connective(question)
    is_only_a_name = own != question.strip() or len(own.split()) <= _LONGEST_NAME
    chooses = _ONLY.search(own) or _OF_THEM.search(question)
    return bool(is_only_a_name) and not chooses and not _LOOKS_UP.search(own)


def asks_its_price(question: str) -> bool:
    """Whether ``question`` asks what the row before it costs, and says no more: "how much is it?", "얼마야?"."""
    return _PRICE_OF_IT.fullmatch(without_connective(question).strip(" ?!.")) is not None


def _without_asking(question: str) -> str:
    """``question`` without "only", "of those", "보여줘": what is left says which rows."""
    return _SHOW.sub(" ", _ONLY.sub(" ", _WHICH.sub(" ", _OF_THEM.sub(" ", question)))).strip()


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
    is_named = rest != question and names_nothing(without_connective(rest))
    if not is_named and not _says_part(question, names, last_names):
        return None
    chosen = [held.equals for held in last.rows if held.column is not None]
    said = [without_words_of(without_names(last.wanted.rest, last_names), last_names), *chosen]
    if not last.wanted.measure:
        said += columns[:1]
    return replace(last.wanted, rest=" ".join(said))


def _says_part(question: str, names: Sequence[str], last_names: Sequence[str]) -> bool:
    """Whether all that ``question`` names are words of ``names``, and none of the document before it: "주방용품은?"."""
    own = without_connective(question)
    if _LOOKS_UP.search(own) or names_nothing(own) or not names_nothing(without_words_of(own, names)):
        return False
    return without_words_of(own, last_names) == own


def is_an_answer(found: Plan, among: int, names_one: bool) -> bool:
    """Whether ``found``, of a follow-up that says no operation, answers it: it must choose rows, and the
    lowest must be one ``among`` several.

    Args:
        names_one: whether its words leave a single row: that is looked up, whatever the rows before it were held against.
    """
    if names_one and (found.wanted.operation in ROWS or not among):
        return False
    if found.by is not None:
        return True
    return bool(found.rows) and (found.wanted.operation in _OVER_ROWS or among >= _FEWEST)
