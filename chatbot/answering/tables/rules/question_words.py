"""The words of a question that a table must explain: without the names of its document, and without what says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.answering.tables.rules.columns import names_in_full
from chatbot.answering.tables.typed_table import Table
from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.plurals import without_plural

ROW_WORDS = {
    "product", "products", "item", "items", "row", "rows", "entry", "entries", "article", "articles", "제품", "상품", "물건", "품목", "항목", "행",
}  # fmt: skip
GENERIC = ROW_WORDS | {
    "one", "ones", "you", "we", "i", "any", "do", "does", "thing", "things", "with", "their", "its", "list", "table", "file", "sheet", "there", "has", "have", "had", "our", "your", "all", "out", "give", "show",
    "whats", "costs", "cost", "sold", "sell", "value", "listed", "목록", "표", "가격표", "것", "것은", "것이", "건", "거", "게", "야", "이야", "중", "중에", "중에서", "가운데", "가운데서",
    "인", "있는", "있나", "있나요", "있어", "되나", "되는", "알려", "모두", "전체", "무엇", "뭐야", "인가", "파일", "이름", "몇", "위", "현재",
    "them", "those", "these", "among", "그럼", "그러면", "그리고", "그중", "그중에", "그중에서", "but", "so", "then", "also", "현황", "모든", "전부", "곳", "이에요", "이죠", "누가",
}  # fmt: skip
_PLURAL = re.compile(r"(?<=[가-힣])(?:들|별)$")
_OF_ONE_SYLLABLE = re.compile(r"(?<=^[가-힣])(?:은|는|를|(?<![마가노고거개])을)$")  # "펜은"; "마을" is a word


def words_of(text: str) -> list[str]:
    """The words of a question that say something, lower case, Korean without their particles."""
    bare = (_PLURAL.sub("", word_of(terms)) for terms in keywords_of(text))
    known = (word if word in GENERIC else _OF_ONE_SYLLABLE.sub("", word) for word in bare)
    return [word for word in dict.fromkeys(known) if word]


def without_names(text: str, names: Sequence[str]) -> str:
    """``text`` without the names of the document, however their words are joined: "price list" for price-list.csv."""
    for name in sorted(names, key=len, reverse=True):
        words = re.findall(r"[^\W_]+", name)
        if words:
            phrase = r"[\W_]+".join(map(re.escape, words))
            text = re.sub(rf"(?<![^\W_]){phrase}(?![A-Za-z0-9])", " ", text, flags=re.IGNORECASE)
    return text


def without_words_of(text: str, names: Sequence[str]) -> str:
    """``text`` without all that are words of the names of a document, as "garden tools" of "garden tools v3.csv"."""
    of_names = words_of_names(names)
    return " ".join(
        said
        for said in text.split()
        if not (words := words_of(said)) or not {without_plural(w) for w in words} <= of_names
    )


def with_full_names(table: Table, text: str, words: list[str]) -> list[str]:
    """``words`` with a name of a column as one word where the question says all of it: "1분기" is not "2분기"."""
    for name in names_in_full(table, text):
        parts = {word for part in words_of(name) for word in (part, without_plural(part))}
        words = [word for word in words if word not in parts]
        words.append(re.sub(r"[\s_]+", "", name.casefold()))
    return words


def words_left(question: str, table: Table, names: Sequence[str]) -> list[str]:
    """The words of ``question`` that a table must explain: without the names of the document and what says nothing."""
    said = [word for word in words_of(without_names(question, names)) if word not in GENERIC]
    return with_full_names(table, question, said)


def names_nothing(question: str) -> bool:
    """Whether ``question`` says nothing but that rows of a table are meant."""
    return all(word in GENERIC for word in words_of(question))


def is_named(question: str, names: Sequence[str]) -> bool:
    """Whether ``question`` says one of ``names``, however its words are joined."""
    return without_names(question, names) != question


def words_of_names(names: Sequence[str]) -> set[str]:
    return {without_plural(word) for name in names for word in re.findall(r"[^\W\d_]{2,}", name.lower())}


def says_rows(question: str) -> bool:
    """Whether ``question`` speaks of the rows of a table: "how many products", and not "how many days"."""
    return not ROW_WORDS.isdisjoint(words_of(question))
