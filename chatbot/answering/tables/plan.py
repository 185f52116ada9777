"""A wanted figure and a table -> which column, which rows; nothing where a word of the question stays unexplained.

"The cheapest flight to Paris" over a price list of pens finds no column and no row for *Paris*: it is looked up, not
computed, however cheap the cheapest pen is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from chatbot.answering.tables.operation import ROWS, Bound, Comparison, Wanted
from chatbot.answering.tables.typed_table import Column, Table
from chatbot.text.keywords import keywords_of, word_of

# one word in the question for a column of another name; closed, both ways
_SAME = (
    ("price", "prices", "cost", "costs", "가격", "값", "단가", "요금", "비용", "금액", "price_krw", "price_usd"),
    ("stock", "inventory", "재고"), ("quantity", "qty", "amount", "수량"), ("sales", "revenue", "매출"),
    ("salary", "pay", "wage", "급여", "연봉", "월급"), ("age", "나이", "연령"), ("score", "점수"), ("weight", "무게"),
    ("length", "길이"), ("height", "높이"), ("width", "너비"), ("employees", "headcount", "staff", "인원", "직원", "직원수"),
    ("date", "day", "날짜", "일자", "year", "연도"), ("population", "인구"), ("area", "면적"),
    ("category", "categories", "type", "types", "kind", "kinds", "카테고리", "분류", "종류", "구분"),
    ("name", "names", "이름", "품명", "제품명", "상품명"), ("note", "notes", "remarks", "비고", "메모"),
)  # fmt: skip
_DATE_WORDS = {"date", "day", "날짜", "일자"}
_ASKED_FOR = re.compile(r"\b(?:which|what)\s+(\w+)|(?:어느|어떤|무슨)\s+([가-힣]+)", re.IGNORECASE)
_CURRENCIES = (
    ("won", "krw", "원", "₩"),
    ("usd", "dollar", "dollars", "달러", "$"),
    ("eur", "euro", "euros", "유로", "€"),
)
_SCALED = re.compile(
    r"(?:[천만억조]|thousands?|millions?|billions?)\s*(?:원|달러|유로|won|dollars?|euros?|krw|usd|eur)"
    r"|\b(?:in|of)\s+(?:thousands|millions|billions)\b|[$€₩]\s?(?:k|m|bn)\b",
    re.IGNORECASE,
)  # a header that says in what its figures count
_ROW_WORDS = {
    "product", "products", "item", "items", "row", "rows", "entry", "entries", "article", "articles", "제품", "상품", "물건", "품목", "항목", "행",
}  # fmt: skip
_GENERIC = _ROW_WORDS | {
    "one", "ones", "you", "we", "i", "any", "do", "does", "thing", "things", "with", "their", "its", "list", "table", "file", "sheet", "there", "has", "have", "had", "our", "your", "all", "out", "give", "show",
    "whats", "costs", "cost", "sold", "sell", "value", "listed", "목록", "표", "가격표", "것", "것은", "것이", "건", "거", "게", "야", "중", "중에", "중에서", "가운데", "가운데서",
    "인", "있는", "있나", "있나요", "있어", "되나", "되는", "알려", "모두", "전체", "무엇", "뭐야", "인가", "파일", "이름", "몇",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows whose cell in ``column`` is ``equals``; or, without a column, that hold all ``words`` somewhere."""

    column: int | None = None
    equals: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberFilter:
    """Rows whose number in ``column`` compares so."""

    column: int
    comparison: Comparison
    value: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """What is computed over which rows.

    ``measures``: the columns, none for a count of rows; several where a price stands in two currencies. The rows with
    the lowest or highest are the same in all of them.
    """

    measures: tuple[int, ...]
    rows: tuple[RowFilter, ...] = ()
    numbers: tuple[NumberFilter, ...] = ()


def plan(wanted: Wanted, table: Table, names: Sequence[str]) -> Plan | None:
    """How to compute ``wanted`` over ``table``.

    Args:
        names: what a question may call the document by; these words explain nothing else.
    """
    said = _words(_without(wanted.rest, names))
    words = [word for word in said if word not in _GENERIC]
    measures, explained = list[int](), set[str]()
    if wanted.operation not in ("count", "list"):
        measures, explained = _measures(wanted, table, words)
        if not measures:
            return None
    numbers = _number_filters(wanted.bounds, table, words, measures, explained)
    if numbers is None:
        return None
    lists = wanted.operation in ROWS  # whatever columns it names are shown with the rows
    said_of = [column for column in table.columns if lists or column.kind == "text"]
    explained |= {word for word in words if any(_says(column, word) for column in said_of)}
    rows = _row_filters(table, [word for word in words if word not in explained])
    if rows is None or (wanted.operation in ("count", "list") and not _counts_rows(said, rows)):
        return None
    return Plan(tuple(measures), rows, numbers)


def says_rows(question: str) -> bool:
    """Whether ``question`` speaks of the rows of a table: "how many products", and not "how many days"."""
    return not _ROW_WORDS.isdisjoint(_words(question))


def _counts_rows(said: Sequence[str], rows: Sequence[RowFilter]) -> bool:
    """Whether rows are what is to be counted: "how many sick days" wants a figure that stands in a row."""
    if any(held.words for held in rows):
        return False
    return bool(rows) or not _ROW_WORDS.isdisjoint(said)


def _words(text: str) -> list[str]:
    """The words of a question that say something, lower case, Korean without their particles."""
    bare = (re.sub(r"(?<=[가-힣])(?:들|별)$", "", word_of(terms)) for terms in keywords_of(text))
    return [word for word in dict.fromkeys(bare) if word]


def _without(text: str, names: Sequence[str]) -> str:
    """``text`` without the names of the document, however their words are joined: "price list" for price-list.csv."""
    for name in sorted(names, key=len, reverse=True):
        words = re.findall(r"[^\W_]+", name)
        if words:
            phrase = r"[\W_]+".join(map(re.escape, words))
            text = re.sub(rf"(?<![^\W_]){phrase}(?![A-Za-z0-9])", " ", text, flags=re.IGNORECASE)
    return text


def _says(column: Column, word: str) -> bool:
    """Whether ``word`` means ``column``: a word of its name, or one of the same meaning."""
    name = " ".join(re.split(r"[\s_/()\[\].,:-]+", column.name.lower()))
    own = {*name.split(), name.replace(" ", "_"), name.replace(" ", "")}
    if word in own or _singular(word) in {_singular(each) for each in own}:
        return True
    if len(word) >= 2 and not word.isascii() and word in name:
        return True
    if column.kind == "date" and word in _DATE_WORDS:
        return True
    return any(word in group and own & set(group) for group in _SAME)


def _singular(word: str) -> str:
    if not word.isascii():
        return word
    return (
        re.sub(r"(?<=[a-z]{2})(?:ies)$", "y", word)
        if word.endswith("ies")
        else re.sub(r"(?<=[a-z]{2})s$", "", word)
    )


def _measures(wanted: Wanted, table: Table, words: Sequence[str]) -> tuple[list[int], set[str]]:
    """The columns that are meant, and the words that say so; none where it is not clear."""
    dates = wanted.measure == "date"
    kinds = (
        {"date"} if dates else {"number"} if wanted.operation in ("sum", "average") else {"number", "date"}
    )
    usable = [i for i, column in enumerate(table.columns) if column.kind in kinds]
    said = {i: {word for word in words if _says(table.columns[i], word)} for i in usable}
    best = max((len(found) for found in said.values()), default=0)
    meant = [i for i in usable if len(said[i]) == best] if best else []
    if wanted.measure == "price":
        meant = [i for i in meant or usable if _says(table.columns[i], "price")]
    elif dates and not meant:
        meant = usable
    explained = {word for i in meant for word in said[i]}
    if about := _ASKED_FOR.search(wanted.rest):  # "which month had": the column that answers, not the measure
        asked_for = (about[1] or about[2]).lower()
        answering = {i for i, column in enumerate(table.columns) if _says(column, asked_for)}
        explained |= {asked_for} if answering else set()
        meant = [i for i in meant if i not in answering] or meant
    if len(meant) > 1:
        named = _of_currency(table, meant, wanted.rest)
        explained |= (
            {word for word in words if any(word in group for group in _CURRENCIES)} if named else set()
        )
        meant = named or (meant if _say_the_same(table, meant) else [])
    return meant, explained


def _of_currency(table: Table, columns: Sequence[int], asked: str) -> list[int]:
    """Those of ``columns`` whose currency the question names."""
    text = asked.lower()
    named = [group for group in _CURRENCIES if any(_stands(word, text) for word in group)]
    return [i for i in columns if any(_in_currency(table.columns[i], group) for group in named)]


def _in_currency(column: Column, group: Sequence[str]) -> bool:
    return column.unit.lower() in group or any(
        _stands(word, column.name.lower().replace("_", " ")) for word in group
    )


def _is_told_otherwise(column: Column, group: Sequence[str]) -> bool:
    """Whether an amount in that currency cannot be compared with its numbers: another currency, or so many ten thousands."""
    others = (other for other in _CURRENCIES if other is not group)
    is_in_another = any(_in_currency(column, other) for other in others) and not _in_currency(column, group)
    return is_in_another or bool(_SCALED.search(f"{column.name} {column.unit}"))


def _stands(word: str, text: str) -> bool:
    return bool(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text))


def _say_the_same(table: Table, columns: Sequence[int]) -> bool:
    """Whether all of them are prices that put the rows in one order: in won and in dollars."""
    prices = [table.columns[i] for i in columns]
    if not all(column.kind == "number" and _says(column, "price") for column in prices):
        return False
    rows = [row for row in range(len(table.cells)) if all(c.values[row] is not None for c in prices)]
    first, *others = ([_number(column, row) for row in rows] for column in prices)
    order = sorted(range(len(rows)), key=first.__getitem__)
    return all((first[a] < first[b]) == (other[a] < other[b]) for other in others for a, b in pairwise(order))


def _number(column: Column, row: int) -> Decimal:
    value = column.values[row]
    return value if isinstance(value, Decimal) else Decimal(0)


def _number_filters(
    bounds: Sequence[Bound], table: Table, words: Sequence[str], measures: Sequence[int], explained: set[str]
) -> tuple[NumberFilter, ...] | None:
    """Each bound with the column that it is about; ``None`` where that is not clear. Adds to ``explained``."""
    found: list[NumberFilter] = []
    for bound in bounds:
        usable = [i for i, column in enumerate(table.columns) if column.kind == "number"]
        group = next((group for group in _CURRENCIES if bound.unit in group), None)
        if bound.measure == "price" or group:
            meant = [
                i
                for i in usable
                if _says(table.columns[i], "price") or (group and _in_currency(table.columns[i], group))
            ]
            if group:
                meant = [i for i in meant if _in_currency(table.columns[i], group)] or meant
        elif bound.measure:
            meant = [i for i in usable if _says(table.columns[i], bound.measure)]
            explained |= {word for word in words if any(_says(table.columns[i], word) for i in meant)}
        else:
            said = {
                i: [w for w in words if w not in explained and _says(table.columns[i], w)] for i in usable
            }
            meant = [i for i in usable if said[i]]
            explained |= {word for i in meant for word in said[i]}
        if not meant and found and (found[-1].comparison, bound.comparison) == (">=", "<="):
            meant = [found[-1].column]  # "between" speaks of one column
        meant = meant or [i for i in measures if i in usable]
        if len(meant) > 1:
            meant = [i for i in meant if i in measures][:1]
        if len(meant) != 1 or (group and _is_told_otherwise(table.columns[meant[0]], group)):
            return None
        found.append(NumberFilter(meant[0], bound.comparison, bound.value))
    return tuple(found)


def _row_filters(table: Table, words: Sequence[str]) -> tuple[RowFilter, ...] | None:
    """The rows that the words left over speak of; ``None`` where a word stands in no row."""
    left, filters = list(words), []
    for i, column in enumerate(table.columns):
        if column.kind != "text":
            continue
        values = [value for value in set(map(str, column.values)) if value and len(value.split()) <= 6]
        named = [
            value for value in values if (own := _bare(value)) and own <= {_singular(word) for word in left}
        ]
        if len(named) == 1 and sum(value == named[0] for value in column.values) >= 1:
            filters.append(RowFilter(i, named[0]))
            left = [word for word in left if _singular(word) not in _bare(named[0])]
    if left:
        held = RowFilter(words=tuple(left))
        if not any(holds(cells, held.words) for cells in table.cells):
            return None
        filters.append(held)
    return tuple(filters)


def holds(cells: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a row holds all ``words`` somewhere in its cells."""
    text = " ".join(cells).lower()
    there = {_singular(word) for word in re.findall(r"[^\W_]+", text)}
    return all(_singular(word) in there or (not word.isascii() and word in text) for word in words)


def _bare(value: str) -> set[str]:
    return {_singular(word) for word in re.findall(r"[^\W_]+", value.lower())} - {"and", "the", "of"}
