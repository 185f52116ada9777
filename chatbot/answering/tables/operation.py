"""What a question wants of a table: the lowest, the highest, the sum, the average, how many, which, in what order.

    wanted("cheapest notebook under 5,000 won") -> Wanted("min", "price", bounds=(Bound("<", 5000, "won"),), rest="notebook")

Closed lists of words in Korean and English. ``rest`` is what they do not explain: names of columns and values, or
words that no table explains, and then nothing is computed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeVar

from chatbot.text.quantities import ENGLISH_NUMBERS, KOREAN_NUMBERS, Quantity, quantity

Operation = Literal["min", "max", "sum", "average", "count", "list", "ascending", "descending"]
Comparison = Literal["<", "<=", ">", ">=", "="]
ROWS: frozenset[Operation] = frozenset(
    {"list", "ascending", "descending"}
)  # what is wanted are the rows themselves


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that the rows are held against; ``unit`` as it was asked, "원" or "$"; ``measure`` as in ``Wanted``."""

    comparison: Comparison
    value: Decimal
    unit: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be computed.

    Attributes:
        measure: what the words imply: "price" for the cheapest, "date" for the newest; empty where they imply nothing.
        limit: how many rows are wanted; 0: those that share the extreme.
        rest: the question without the words that said so.
    """

    operation: Operation
    measure: str = ""
    limit: int = 0
    bounds: tuple[Bound, ...] = ()
    rest: str = ""


_Meant = TypeVar("_Meant")


def _compiled(rules: Sequence[tuple[_Meant, str, str]]) -> list[tuple[_Meant, str, re.Pattern[str]]]:
    """(what is meant, its measure, the words that say so) with the words as a pattern."""
    return [(meant, measure, re.compile(words, re.IGNORECASE)) for meant, measure, words in rules]


_FIGURE = r"(?:[$€£¥₩]\s?)?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?[억만천백]{1,2}(?:\s?\d{1,4}(?!\d))?)*|(?<![가-힣])[억만천백])"
_UNIT = r"(?:\s?(?:won|krw|usd|dollars?|euros?|eur|원|달러|유로|개|명|%|percent|퍼센트))?"
_MOST = r"(?:가장|제일|젤)\s?"

# the first that is found counts: "most expensive" before "most"
_OPERATIONS: tuple[tuple[Operation, str, str], ...] = (
    ("min", "price", r"\bcheapest\b|\blowest[- ]priced?\b|\bleast expensive\b|" + _MOST + r"(?:싼|저렴한|값싼)|최저가"),
    ("max", "price", r"\bmost expensive\b|\bdearest\b|\bpriciest\b|\bhighest[- ]priced\b|" + _MOST + r"비싼|최고가"),
    ("min", "date", r"\boldest\b|\bearliest\b|" + _MOST + r"(?:오래된|이른)"),
    ("max", "date", r"\bnewest\b|\blatest\b|\bmost recent\b|" + _MOST + r"(?:최근|최신|늦은|새로운)"),
    ("average", "", r"\baverage\b|\bthe mean\b|\bmean (?=(?!by|that|to|for|when|in|if|it|this)[a-z])|평균"),
    ("sum", "", r"\bsum(?: of)?\b|\btotal\b|\baltogether\b|\bin all\b|합계|총합|총액|모두 (?:합치면|더하면)|다 더하면"),
    ("min", "", r"\blowest\b|\bsmallest\b|\bleast\b|\bfewest\b|\bminimum\b|\bshortest\b|\blightest\b|" + _MOST + r"(?:낮은|적은|작은|짧은|가벼운)|최소|최저"),
    ("max", "", r"\bhighest\b|\blargest\b|\bbiggest\b|\bgreatest\b|\bmost\b|\bmaximum\b|\blongest\b|\bheaviest\b|" + _MOST + r"(?:높은|많은|큰|긴|무거운)|최대|최고"),
    ("count", "", r"\bhow many\b|\bnumber of\b|\bcount\b|몇\s?(?:개|종류|가지|명|건|행|줄)|개수|가짓수"),
)  # fmt: skip
_RULES = _compiled(_OPERATIONS)
_SORT = r"\b(?:(?:sort|order|rank|arrange)(?:ed)?|^list)\b(?=.* by )"
_DOWN = r"(?:,? ?(?:(?:in )?descending(?: order)?|(?:from )?(?:the )?(?:high(?:est)?|most(?: expensive)?|larg(?:e|est)|new(?:est)?) (?:to (?:the )?(?:low(?:est)?|least|cheap(?:est)?|small(?:est)?|old(?:est)?)|first)))"
_UP = r"(?:,? ?(?:(?:in )?ascending(?: order)?|(?:from )?(?:the )?(?:low(?:est)?|least|cheap(?:est)?|small(?:est)?|old(?:est)?) (?:to (?:the )?(?:high(?:est)?|most(?: expensive)?|expensive|large(?:st)?|new(?:est)?)|first)))"
_ORDER_KOREAN = r"\s?순(?:서)?(?:으로|대로)?"
_ORDERS: tuple[tuple[Operation, str, str], ...] = (
    ("descending", "price", rf"비싼{_ORDER_KOREAN}"),
    ("ascending", "price", rf"(?:싼|저렴한|값싼){_ORDER_KOREAN}"),
    ("descending", "date", rf"(?:최신|최근){_ORDER_KOREAN}"),
    ("ascending", "date", rf"오래된{_ORDER_KOREAN}"),
    ("descending", "", rf"{_SORT}.*{_DOWN}|\brank(?:ed)?\b(?=.* by )(?!.*{_UP})|(?:많은|높은|큰|긴|무거운){_ORDER_KOREAN}|내림차순(?:으로)?"),
    ("ascending", "", rf"{_SORT}|(?:적은|낮은|작은|짧은|가벼운){_ORDER_KOREAN}|오름차순(?:으로)?|(?<=[가-힣])\s?순(?:서)?(?:으로|대로)(?=\s)"),
)  # fmt: skip
_ORDER_RULES = _compiled(_ORDERS)
_ORDER_WORDS = re.compile(rf"{_SORT}|{_DOWN}|{_UP}|(?<= )by(?= )", re.IGNORECASE)
# "which" has no words of its own: all rows are asked for, or those within bounds
_ALL_OF = re.compile(
    r"\b(?:list|show|give|name|tell|find)(?: me| us)?(?: a list of)? (?:all|every|each)\b(?: of)?(?: the| our| your)?|^list\b"
    r"|(?<![가-힣])(?:모든|전체)(?=\s)|(?<![가-힣])(?:모두|전부|빠짐없이)(?=\s+(?:나열|열거|알려|보여|찾아))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:나열|열거|정렬|알려|보여|찾아|말해)(?:\s?해)?\s?(?:줘요?|주세요|주십시오|줄래요?|달라)?[.?!\s]*$"
)
_LIMIT = re.compile(
    r"\b(?:top |the )?(\d{1,2}|two|three|five|ten)\s(?=$|\W)|(\d{1,2}|두|세|네|다섯|열)\s?(?:개|가지|종|위까지)",
    re.IGNORECASE,
)
_SPELLED = ENGLISH_NUMBERS | KOREAN_NUMBERS

_BOUNDS: tuple[tuple[Comparison, str, str], ...] = (
    ("<", "price", rf"\bcheaper than ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?보다 (?:싼|저렴한)"),
    (">", "price", rf"\bmore expensive than ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?보다 비싼"),
    ("<=", "", rf"\b(?:at most|up to|no more than|not more than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?이하(?:인|의)?"),
    (">=", "", rf"\b(?:at least|no less than|not less than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?이상(?:인|의)?"),
    ("<", "", rf"\b(?:under|below|less than|fewer than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?(?:미만(?:인|의)?|보다 (?:적은|작은|낮은))"),
    ("=", "", rf"\b(?:exactly|equal to) ({_FIGURE}{_UNIT})|(?<![\d.,])({_FIGURE}{_UNIT})인(?=\s)"),
    (">", "", rf"\b(?:over|above|more than|greater than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?(?:초과(?:인|의)?|보다 (?:많은|큰|높은)|(?:[이을를]\s?)?넘는)"),
)  # fmt: skip
_BETWEEN = re.compile(
    rf"\bbetween ({_FIGURE}{_UNIT}) (?:and|to) ({_FIGURE}{_UNIT})|\bfrom ({_FIGURE}{_UNIT}) to ({_FIGURE}{_UNIT})"
    rf"|({_FIGURE}{_UNIT})\s?(?:에서|부터|~|-)\s?({_FIGURE}{_UNIT})(?:까지)?\s?(?:사이(?:의|인|에)?|까지의?)",
    re.IGNORECASE,
)
# what is said of a stock without a figure
_NO_STOCK = re.compile(
    r"\b(?:out of|not in) stock\b|\bsold out\b|품절(?:된|인)?|재고[가는]? ?(?:없는|떨어진|없음|바닥난)",
    re.IGNORECASE,
)
_IN_STOCK = re.compile(r"\bin stock\b|재고[가는]? ?(?:있는|남은|남아 ?있는)", re.IGNORECASE)
_BOUND_RULES = _compiled(_BOUNDS)


def wanted(question: str) -> Wanted | None:
    """What ``question`` wants to be computed; ``None`` if its words say nothing of the kind."""
    rest, bounds = _bounds(question)
    return (
        _ordered(rest, bounds)
        or _computed(rest, bounds)
        or (_listed(rest, bounds) if bounds or _ALL_OF.search(rest) or _IN_STOCK.search(rest) else None)
    )


def _ordered(rest: str, bounds: tuple[Bound, ...]) -> Wanted | None:
    """All rows in order; of "the first three by price" those with the lowest."""
    for operation, measure, rule in _ORDER_RULES:
        if rule.search(rest) is None:
            continue
        bare, limit = _limit(rule.sub(" ", rest) if re.search("[가-힣]", rest) else rest)
        bare = _ASKING.sub(
            " ", _ALL_OF.sub(" ", _ORDER_WORDS.sub(" ", re.sub(r"(?<=\s)만(?=\s|$)", " ", bare)))
        )
        if limit:
            operation = "max" if operation == "descending" else "min"
        return Wanted(operation, measure, limit, bounds, bare)
    return None


def _computed(rest: str, bounds: tuple[Bound, ...]) -> Wanted | None:
    for operation, measure, rule in _RULES:
        found = rule.search(rest)
        if found is None:
            continue
        before, after = rest[: found.start()], rest[found.end() :]
        limit = 0
        if operation in ("min", "max"):
            before, limit = _limit(before)
            if not limit:
                after, limit = _limit(after, korean_only=True)
        return Wanted(operation, measure, limit, bounds, f"{before} {after}")
    return None


def _listed(rest: str, bounds: tuple[Bound, ...]) -> Wanted:
    in_stock = (Bound(">", Decimal(0), "", "stock"),) if _IN_STOCK.search(rest) else ()
    rest = _IN_STOCK.sub(" ", rest) if in_stock else rest
    return Wanted("list", "", 0, (*bounds, *in_stock), _ASKING.sub(" ", _ALL_OF.sub(" ", rest)))


def _bounds(question: str) -> tuple[str, tuple[Bound, ...]]:
    found: list[Bound] = []
    if between := _BETWEEN.search(question):
        low, high = (said.strip() for said in between.groups() if said)
        lowest, highest = _quantity(low), _quantity(high)
        if lowest is not None and highest is not None:
            unit = (highest.unit or lowest.unit).lower()
            found += [Bound(">=", lowest.value, unit), Bound("<=", highest.value, unit)]
            question = f"{question[: between.start()]} {question[between.end() :]}"
    if _NO_STOCK.search(question):
        found.append(Bound("=", Decimal(0), "", "stock"))
        question = _NO_STOCK.sub(" ", question)
    for comparison, measure, rule in _BOUND_RULES:
        while match := rule.search(question):
            held = _quantity((match[1] or match[2]).strip())
            if held is None:
                break
            found.append(Bound(comparison, held.value, held.unit.lower(), measure))
            question = f"{question[: match.start()]} {question[match.end() :]}"
    return question, tuple(found)


def _quantity(said: str) -> Quantity | None:
    return quantity(f"1{said}" if said[0] in "억만천백" else said)


def _limit(text: str, korean_only: bool = False) -> tuple[str, int]:
    """``text`` without the number of rows that it asks for, and that number; 0 if it names none."""
    for found in _LIMIT.finditer(text):
        said = found[2] or ("" if korean_only else found[1])
        if said:
            return text[: found.start()] + " " + text[found.end() :], _SPELLED.get(said.lower(), 0) or int(
                said
            )
    return text, 0
