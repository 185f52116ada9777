"""What a question wants of a table: the lowest, the highest, the sum, the average, how many, which; and its bounds.

    wanted("cheapest notebook under 5,000 won") -> Wanted("min", "price", bounds=(Bound("<", 5000, "won"),), rest="notebook")

Closed lists of words in Korean and English. ``rest`` is what they do not explain: names of columns and values, or
words that no table explains, and then nothing is computed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from chatbot.text.quantities import quantity

Operation = Literal["min", "max", "sum", "average", "count", "list"]
Comparison = Literal["<", "<=", ">", ">="]


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


_FIGURE = (
    r"(?:[$€£¥₩]\s?)?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?[억만천백]{1,2})*|(?<![가-힣])[억만천백])"
)
_UNIT = r"(?:\s?(?:won|krw|usd|dollars?|euros?|eur|원|달러|유로|개|명|%|percent|퍼센트))?"
_MOST = r"(?:가장|제일|젤)\s?"

# the first that is found counts: "most expensive" before "most"
_OPERATIONS: tuple[tuple[Operation, str, str], ...] = (
    ("min", "price", r"\bcheapest\b|\blowest[- ]priced?\b|\bleast expensive\b|" + _MOST + r"(?:싼|저렴한|값싼)|최저가"),
    ("max", "price", r"\bmost expensive\b|\bdearest\b|\bpriciest\b|\bhighest[- ]priced\b|" + _MOST + r"비싼|최고가"),
    ("min", "date", r"\boldest\b|\bearliest\b|" + _MOST + r"(?:오래된|이른)"),
    ("max", "date", r"\bnewest\b|\blatest\b|\bmost recent\b|" + _MOST + r"(?:최근|최신|늦은|새로운)"),
    ("average", "", r"\baverage\b|\bmean\b|평균"),
    ("sum", "", r"\bsum(?: of)?\b|\btotal\b|\baltogether\b|\bin all\b|합계|총합|총액|모두 (?:합치면|더하면)|다 더하면"),
    ("min", "", r"\blowest\b|\bsmallest\b|\bleast\b|\bfewest\b|\bminimum\b|\bshortest\b|\blightest\b|" + _MOST + r"(?:낮은|적은|작은|짧은|가벼운)|최소|최저"),
    ("max", "", r"\bhighest\b|\blargest\b|\bbiggest\b|\bgreatest\b|\bmost\b|\bmaximum\b|\blongest\b|\bheaviest\b|" + _MOST + r"(?:높은|많은|큰|긴|무거운)|최대|최고"),
    ("count", "", r"\bhow many\b|\bnumber of\b|\bcount\b|몇\s?(?:개|종류|가지|명|건|행|줄)|개수|가짓수"),
)  # fmt: skip
_RULES = [(operation, measure, re.compile(words, re.IGNORECASE)) for operation, measure, words in _OPERATIONS]
# "which" has no words of its own: all rows are asked for, or those within bounds
_ALL_OF = re.compile(
    r"\b(?:list|show|give|name|tell|find)(?: me| us)?(?: a list of)? (?:all|every|each)\b(?: of)?(?: the| our| your)?|^list\b"
    r"|(?<![가-힣])(?:모든|전체)(?=\s)|(?<![가-힣])(?:모두|전부|빠짐없이)(?=\s+(?:나열|열거|알려|보여|찾아))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:나열|열거|알려|보여|찾아|말해)(?:\s?해)?\s?(?:줘요?|주세요|주십시오|줄래요?|달라)?[.?!\s]*$"
)
_LIMIT = re.compile(
    r"\b(?:top |the )?(\d{1,2}|two|three|five|ten)\s(?=$|\W)|(\d{1,2}|두|세|네|다섯|열)\s?(?:개|가지|종|위까지)",
    re.IGNORECASE,
)
_SPELLED = {"two": 2, "three": 3, "five": 5, "ten": 10, "두": 2, "세": 3, "네": 4, "다섯": 5, "열": 10}

_BOUNDS: tuple[tuple[Comparison, str, str], ...] = (
    ("<", "price", rf"\bcheaper than ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?보다 (?:싼|저렴한)"),
    (">", "price", rf"\bmore expensive than ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?보다 비싼"),
    ("<=", "", rf"\b(?:at most|up to|no more than|not more than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?이하(?:인|의)?"),
    (">=", "", rf"\b(?:at least|no less than|not less than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?이상(?:인|의)?"),
    ("<", "", rf"\b(?:under|below|less than|fewer than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?(?:미만(?:인|의)?|보다 (?:적은|작은|낮은))"),
    (">", "", rf"\b(?:over|above|more than|greater than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?(?:초과(?:인|의)?|보다 (?:많은|큰|높은)|(?:[이을를]\s?)?넘는)"),
)  # fmt: skip
_BOUND_RULES = [
    (comparison, measure, re.compile(words, re.IGNORECASE)) for comparison, measure, words in _BOUNDS
]


def wanted(question: str) -> Wanted | None:
    """What ``question`` wants to be computed; ``None`` if its words say nothing of the kind."""
    rest, bounds = _bounds(question)
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
    if bounds or _ALL_OF.search(rest):
        return Wanted("list", "", 0, bounds, _ASKING.sub(" ", _ALL_OF.sub(" ", rest)))
    return None


def _bounds(question: str) -> tuple[str, tuple[Bound, ...]]:
    found: list[Bound] = []
    for comparison, measure, rule in _BOUND_RULES:
        while match := rule.search(question):
            said = (match[1] or match[2]).strip()
            held = quantity(f"1{said}" if said[0] in "억만천백" else said)
            if held is None:
                break
            found.append(Bound(comparison, held.value, held.unit.lower(), measure))
            question = f"{question[: match.start()]} {question[match.end() :]}"
    return question, tuple(found)


def _limit(text: str, korean_only: bool = False) -> tuple[str, int]:
    """``text`` without the number of rows that it asks for, and that number; 0 if it names none."""
    for found in _LIMIT.finditer(text):
        said = found[2] or ("" if korean_only else found[1])
        if said:
            return text[: found.start()] + " " + text[found.end() :], _SPELLED.get(said.lower(), 0) or int(
                said
            )
    return text, 0
