"""What a question holds the rows against: figures, days, and whether something is in stock.

bounds_of("items under 5,000 won due before May") -> ("items due", (Bound("<", 5000, "won"),), (DateBound("<", May),))
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from chatbot.text.figures.dates import PERIOD, SURE_PERIOD, Period, period_of
from chatbot.text.figures.quantities import Quantity, quantity
from chatbot.text.figures.units import CURRENCY_WORDS, SCALES, scaled

Comparison = Literal["<", "<=", ">", ">=", "="]


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that the rows are held against; ``unit`` as it was asked, "원" or "$"; ``measure`` as in ``Wanted``.

    ``in_words``: whether its size was said, "1000만": then it does not count in the thousands of a header.
    """

    comparison: Comparison
    value: Decimal
    unit: str = ""
    measure: str = ""
    in_words: bool = False


@dataclass(frozen=True, slots=True)
class DateBound:
    """Days that the rows are held against: "<" before all of them, ">" after all of them, "=" one of them.

    Attributes:
        said: the days as the question says them.
        is_open: whether people disagree if the days themselves are meant, as in "3월 이전".
        is_span: whether they are counted from today, "within 30 days", which rules of a handbook say too.
    """

    comparison: Comparison
    period: Period
    said: str
    is_open: bool = False
    is_span: bool = False


_LARGE_WORDS = "|".join(word for word in SCALES if word.isalpha())
_FIGURE = (
    r"(?:(?:US)?[$€£¥₩]\s?)?(?<!\d)(?:(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?!\d)(?:\.\d{1,6})?(?:\s?[억만천백]{1,2}(?:\s?\d{1,4}(?!\d))?)*"
    rf"(?:\s(?:{_LARGE_WORDS})\b|(?<=\d)k\b)?|(?<![가-힣])[억만천백])"
)
_UNIT = rf"(?:\s?(?:{CURRENCY_WORDS}|개|명|건|%|percent|퍼센트))?(?![a-z])"
_BOUNDS: tuple[tuple[Comparison, str, str], ...] = (
    ("<", "price", rf"\bcheaper than ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?보다 (?:싼|저렴한)"),
    (">", "price", rf"\bmore expensive than ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?보다 비싼"),
    ("<=", "", rf"\b(?:at most|up to|no more than|not more than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?이하(?:인|의)?|({_FIGURE}{_UNIT}) or (?:less|fewer|cheaper|below|under)\b"),
    (">=", "", rf"\b(?:at least|no less than|not less than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?이상(?:인|의)?|({_FIGURE}{_UNIT}) or (?:more|above|over)\b"),
    ("<", "", rf"\b(?:under|below|less than|fewer than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?(?:미만(?:인|의)?|보다 (?:적은|작은|낮은)|(?:이|가)?\s?(?:안|못)\s?(?:되는|넘는))"),
    ("=", "", rf"\b(?:exactly|equal to) ({_FIGURE}{_UNIT})|(?<![\d.,])({_FIGURE}{_UNIT})인(?=\s)"),
    (">", "", rf"\b(?:over|above|more than|greater than) ({_FIGURE}{_UNIT})|({_FIGURE}{_UNIT})\s?(?:초과(?:인|의)?|보다 (?:많은|큰|높은)|(?:[이을를]\s?)?넘는)"),
)  # fmt: skip
_BOUND_RULES = [(sign, measure, re.compile(rule, re.IGNORECASE)) for sign, measure, rule in _BOUNDS]
_BETWEEN = re.compile(
    rf"\bbetween ({_FIGURE}{_UNIT}) (?:and|to) ({_FIGURE}{_UNIT})|\bfrom ({_FIGURE}{_UNIT}) to ({_FIGURE}{_UNIT})"
    rf"|({_FIGURE}{_UNIT})\s?(?:에서|부터|~|-)\s?({_FIGURE}{_UNIT})(?:까지)?\s?(?:사이(?:의|인|에)?|까지의?)",
    re.IGNORECASE,
)
_LARGE_WORD = re.compile(rf"(?<=\d)\s?({_LARGE_WORDS}|k)\b", re.IGNORECASE)

# what is said of a stock without a figure
NO_STOCK = re.compile(
    r"\b(?:out of|not in) stock\b|\bsold out\b|품절(?:된|인|이야|이에요)?|재고[가는]? ?(?:없는(?:지|가요?)?|없(?:나요?|어요?|습니까|음)|떨어진|떨어졌(?:나요?|어요?)|바닥난)",
    re.IGNORECASE,
)
IN_STOCK = re.compile(
    r"(?<!back )\bin stock\b|재고[가는]? ?(?:(?:남아 ?)?있(?:는(?:지|가요?)?|나요?|어요?|습니까|니|을까요?|죠)(?![가-힣])|남은|남았(?:나요?|어요?|습니까))",
    re.IGNORECASE,
)

_OVERDUE = re.compile(
    r"\boverdue\b|\bpast (?:its |their )?due(?: date)?\b|(마감|기한|만료)(?:일|기한)?[이가]?\s?지난",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"\b(?:(?:in|within|over|during) (?:the )?(?P<way>next|coming|last|past) |within )(?P<count>\d{1,3}) (?P<unit>day|week|month|year)s?\b"
    r"|(?:앞으로|향후|(?P<back>최근|지난))\s?(?P<n>\d{1,3})\s?(?P<u>일|주|개월|달|년)(?:간|동안|\s?이내|\s?안)?(?:에|의)?(?![가-힣])"
    r"|(?P<m>\d{1,3})\s?(?P<v>일|주|개월|달|년)\s?(?:이내|안)(?:에|의|로)?(?![가-힣])",
    re.IGNORECASE,
)
_DAYS_OF = {"day": 1, "일": 1, "week": 7, "주": 7}
_MONTHS_OF = {"month": 1, "개월": 1, "달": 1, "year": 12, "년": 12}
_HAS_DATE = re.compile(
    r"\d|due|지난|올해|금년|작년|지난|내년|이번|다음|이달|오늘|어제|내일|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|today|now|yesterday|tomorrow|this|last|next)",
    re.IGNORECASE,
)
_P = rf"(?<![\d.])({PERIOD})"
_SURE = rf"(?<![\d.])({SURE_PERIOD})"
_TAIL = r"(?:(?:에|의|인)?(?=[\s?.!,]|$|마감|시작|종료)|에?[은는](?=[\s?.!]*$))"
_END = r"(?:에|의|인)?(?:은|는|도|만)?(?![가-힣])"  # "전체" and "후보" go on
_DATE_BOUNDS: tuple[tuple[Comparison, str], ...] = (
    ("<=", rf"\b(?:on or before|no later than|not later than|by|until|till|through)(?: the)?(?: end of)? {_P}|{_P}\s?(?:말\s?)?까지(?:의|인)?"),
    (">=", rf"\b(?:on or after|no earlier than|not earlier than|since|from|starting(?: from| in| on)?) {_P}|{_P}\s?(?:이후|이래|부터)(?:에|의|로|인)?"),
    ("<", rf"\b(?:before|prior to|earlier than) {_P}|{_P}\s?이?전{_END}"),
    (">", rf"\b(?:after|later than|past|following) {_P}|{_P}\s?(?:[을를이가]\s?)?(?:후|뒤|지나서|지난|넘어서|넘은){_END}"),
    ("=", rf"\b(?:in|on|during|within) {_P}|{_SURE}\s?(?:중|동안|안)?{_TAIL}"),
)  # fmt: skip
_DATE_RULES = [(sign, re.compile(rule, re.IGNORECASE)) for sign, rule in _DATE_BOUNDS]
_ONLY_DAYS = re.compile(rf"(?:(?:in|on|during|for) )?({PERIOD})(?:에)?[은는]?[\s?.!]*", re.IGNORECASE)
_DATES_BETWEEN = re.compile(
    rf"\b(?:between|from) {_P} (?:and|to|until|till|through) {_P}|{_P}\s?(?:에서|부터|~)\s?{_P}\s?(?:까지|사이)?(?:의|에|인)?",
    re.IGNORECASE,
)


def bounds_of(
    question: str, today: date | None = None
) -> tuple[str, tuple[Bound, ...], tuple[DateBound, ...]]:
    """``question`` without what it holds the rows against, and that: figures, days.

    Args:
        today: by which "this year" goes; the day of the machine unless given.
    """
    dates: list[DateBound] = []
    if _HAS_DATE.search(question):
        question = _dates(question, today or date.today(), dates)
    found: list[Bound] = []
    if between := _BETWEEN.search(question):
        low, high = (said.strip() for said in between.groups() if said)
        lowest, highest = _quantity(low), _quantity(high)
        if lowest is not None and highest is not None:
            unit = (highest.unit or lowest.unit).lower()
            in_words = lowest.in_words or highest.in_words
            found += [
                Bound(">=", lowest.value, unit, "", in_words),
                Bound("<=", highest.value, unit, "", in_words),
            ]
            question = f"{question[: between.start()]} {question[between.end() :]}"
    if NO_STOCK.search(question):
        found.append(Bound("=", Decimal(0), "", "stock"))
        question = NO_STOCK.sub(" ", question)
    for comparison, measure, rule in _BOUND_RULES:
        while match := rule.search(question):
            held = _quantity(next(said for said in match.groups() if said).strip())
            if held is None:
                break
            found.append(Bound(comparison, held.value, held.unit.lower(), measure, held.in_words))
            question = f"{question[: match.start()]} {question[match.end() :]}"
    return question, tuple(found), tuple(dates)


def only_days(question: str, today: date | None = None) -> DateBound | None:
    """The days that are all that ``question`` says, also without a word before them: "July?", "2025?"."""
    found = _ONLY_DAYS.fullmatch(question.strip())
    period = period_of(found[1], today or date.today()) if found else None
    return DateBound("=", period, found[1]) if found and period else None


def _quantity(said: str) -> Quantity | None:
    large = _LARGE_WORD.search(said)
    bare = _LARGE_WORD.sub("", said)
    found = quantity(f"1{bare}" if bare[0] in "억만천백" else bare)
    if found is None or large is None:
        return found
    return replace(found, value=scaled(found.value, SCALES.get(large[1].lower(), 1000)), in_words=True)


def _dates(question: str, today: date, found: list[DateBound]) -> str:
    """``question`` without its days, which are added to ``found``."""
    if late := _OVERDUE.search(question):
        found.append(DateBound("<", Period(today, today), late[0]))
        return f"{question[: late.start()]} {late[1] or 'due'} {question[late.end() :]}"
    if span := _SPAN.search(question):
        found += _from_today(span, today)
        return f"{question[: span.start()]} {question[span.end() :]}"
    if between := _DATES_BETWEEN.search(question):
        first, last = (said for said in between.groups() if said)
        if periods := _both(period_of(first, today), period_of(last, today)):
            found += [DateBound(">=", periods[0], first), DateBound("<=", periods[1], last)]
            return f"{question[: between.start()]} {question[between.end() :]}"
    for comparison, rule in _DATE_RULES:
        for match in rule.finditer(question):
            said = next(group for group in match.groups() if group)
            period = period_of(said, today)
            if period is None:
                continue
            is_open = "이전" in match[0] and not period.is_day
            sign: Comparison = "<=" if "이전" in match[0] and period.is_day else comparison
            found.append(DateBound(sign, period, said, is_open))
            question = f"{question[: match.start()]} {question[match.end() :]}"
            break
    return question


def _from_today(span: re.Match[str], today: date) -> list[DateBound]:
    """The days between today and so many days, weeks, months or years from it, or before it."""
    count = int(span["count"] or span["n"] or span["m"])
    unit = (span["unit"] or span["u"] or span["v"]).lower()
    is_back = bool(span["back"]) or (span["way"] or "").lower() in ("last", "past")
    end = _away(today, -count if is_back else count, unit)
    first, last = (end, today) if is_back else (today, end)
    return [
        DateBound(">=", Period(first, first), span[0], is_span=True),
        DateBound("<=", Period(last, last), span[0], is_span=True),
    ]


def _away(day: date, count: int, unit: str) -> date:
    if unit in _DAYS_OF:
        return day + timedelta(count * _DAYS_OF[unit])
    place = day.year * 12 + day.month - 1 + count * _MONTHS_OF[unit]
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _both(first: Period | None, last: Period | None) -> tuple[Period, Period] | None:
    """Both, the year of one for the other where that says none: "between March and May 2026"."""
    if first is None or last is None:
        return None
    if first.has_year and not last.has_year:
        last = last.in_year(first.first.year)
    elif last.has_year and not first.has_year:
        first = first.in_year(last.first.year)
    return first, last
