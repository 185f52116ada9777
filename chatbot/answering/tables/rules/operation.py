"""What a question wants of a table: the lowest, the highest, the sum, the average, how many, which, in what order.

    wanted("cheapest notebook under 5,000 won") -> Wanted("min", "price", bounds=(Bound("<", 5000, "won"),), rest="notebook")

Closed lists of words in Korean and English. ``rest`` is what they do not explain: names of columns and values, or
words that no table explains, and then nothing is computed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

from chatbot.answering.tables.rules.bounds import IN_STOCK, Bound, DateBound, bounds_of
from chatbot.text.figures.quantities import ENGLISH_NUMBERS, KOREAN_NUMBERS

Operation = Literal["min", "max", "sum", "average", "median", "count", "list", "ascending", "descending"]
QUALITIES = ("weight", "length")  # that a superlative may say: the heaviest, the shortest
ROWS: frozenset[Operation] = frozenset(
    {"list", "ascending", "descending"}
)  # what is wanted are the rows themselves

EVERY = re.compile(
    r"\b(?:all|every|overall|whole|entire)\b|전체|모든", re.IGNORECASE
)  # all rows, whatever was chosen before


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be computed.

    Attributes:
        measure: what the words imply: "price" for the cheapest, "date" for the newest, a quality for the heaviest; empty
            where they imply nothing.
        limit: how many rows are wanted; 0: those that share the extreme.
        rest: the question without the words that said so.
        dates: the days that the rows are held against.
        rank: 2 for the second lowest, the third highest 3.
        or_sum: whether "how many" may ask for a sum, as "how many are in stock in total" does.
        subject: of what a Korean superlative is said, "재고" of "재고가 가장 많은".
    """

    operation: Operation
    measure: str = ""
    limit: int = 0
    bounds: tuple[Bound, ...] = ()
    rest: str = ""
    dates: tuple[DateBound, ...] = ()
    rank: int = 1
    or_sum: bool = False
    subject: str = ""

    @property
    def only_names_days(self) -> bool:
        """Whether nothing but days says that rows are wanted: "what is due in April?" is mostly looked up."""
        return (
            self.operation == "list"
            and not self.bounds
            and all(d.comparison == "=" or d.is_span for d in self.dates)
            and bool(self.dates)
        )


_Meant = TypeVar("_Meant")


def _compiled(rules: Sequence[tuple[_Meant, str, str]]) -> list[tuple[_Meant, str, re.Pattern[str]]]:
    """(what is meant, its measure, the words that say so) with the words as a pattern."""
    return [(meant, measure, re.compile(words, re.IGNORECASE)) for meant, measure, words in rules]


_MOST = r"(?:가장|제일|젤|맨)\s?"
# "마지막으로 입사한 사람": what happened follows
_DONE = r"(?=\s[가-힣]{2,}(?:한|된|했|됐|하였|되었)(?:\s|[가-힣]{0,3}[?.!\s]*$))"
_AT_FIRST = rf"(?<![가-힣])(?:처음(?:으로)?|최초로){_DONE}"
_AT_LAST = rf"(?<![가-힣])마지막(?:으로|에){_DONE}"
# "who joined last?", "which lamp was sold first?"; who "came last" did so in no column of days
_IN_TIME = re.compile(
    r"((?:who|what|which(?: [a-z]+){1,2})(?: was| were| is| are| got)? (?!is |was |are |were |came |comes |goes |ranks? |ranked |placed |finished )[a-z]{3,}) (last|first)[\s?.!]*",
    re.IGNORECASE,
)
_TOP = r"\btop(?= (?:\d{1,2}|two|three|four|five|ten)\b)|상위(?=\s?(?:\d{1,2}|두|세|네|다섯|열)(?:\s|개|가지|위|명|건|곳))"
_BOTTOM = r"\bbottom(?= (?:\d{1,2}|two|three|four|five|ten)\b)|하위(?=\s?(?:\d{1,2}|두|세|네|다섯|열)(?:\s|개|가지|위|명|건|곳))"
# "the second cheapest", "두 번째로 싼"
_RANKS = {
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
    "둘째": 2,
    "셋째": 3,
    "넷째": 4,
}
_RANK = re.compile(
    r"\b(second|2nd|third|3rd|fourth|4th|fifth|5th)[- ](?=(?:most|least|cheap|expensive|pric|dear|high|low|larg|small|big|great|old|new|lat|earl|long|short|heav|light|few)\w*)"
    r"|(?:(두|세|네|다섯|\d)\s?번\s?째|(둘째|셋째|넷째))로\s?(?:가장\s?|제일\s?)?(?=\S)",
    re.IGNORECASE,
)
_NTH = re.compile(
    r"(?:(?:what|which|who|how) (?:is|was|about) )?(?:the )?(second|2nd|third|3rd|fourth|4th|fifth|5th)(?: (?:one|place))?"
    r"|(?:(두|세|네|다섯|[2-5])\s?번\s?째|(둘째|셋째|넷째))(?:로)?\s?(?:것|거|건|게)?(?:은|는|이|가)?\s?(?:뭐야|뭔가요|무엇(?:인가요|입니까)?|누구야|어디야)?",
    re.IGNORECASE,
)  # nothing but a place: "두 번째는?"

_SUBJECT = re.compile(r"([가-힣a-z\d_]{2,20})[이가]\s*$", re.IGNORECASE)
_MOST_FIRST = re.compile(
    r"(가장|제일|젤)\s+(\S{1,20}[이가])\s+(?=(?:싼|저렴한|값싼|비싼|오래된|이른|빠른|먼저|임박한|최근|늦은|낮은|적은|작은|짧은|가벼운|높은|많은|큰|긴|무거운))"
)  # "가장 재고가 많은": "재고가 가장 많은"

# the first that is found counts: "most expensive" before "most"
_OPERATIONS: tuple[tuple[Operation, str, str], ...] = (
    ("min", "price", r"\bcheapest\b|\blowest[- ]priced?\b|\bleast expensive\b|" + _MOST + r"(?:싼|저렴한|값싼)|최저가"),
    ("max", "price", r"\bmost expensive\b|\bdearest\b|\bpriciest\b|\bhighest[- ]priced\b|" + _MOST + r"비싼|최고가"),
    ("min", "date", r"\boldest\b|\bearliest\b|\bsoonest\b|" + _MOST + r"(?:오래된|이른|빠른|먼저|임박한)|" + _AT_FIRST),
    ("max", "date", r"\bnewest\b|\blatest\b|\bmost recent(?:ly)?\b|" + _MOST + r"(?:최근|최신|늦은|늦게|나중|새로운)(?:에|인)?|" + _AT_LAST),
    ("median", "", r"\bmedian\b|중앙값|중간값|중위(?:수|값)"),
    ("average", "", r"\baverage\b|\bavg\b|\bthe mean\b|\bmean (?=(?!by|that|to|for|when|in|if|it|this)[a-z])|평균"),
    ("sum", "", r"\bsum(?: of)?\b|\btotal\b|\baltogether\b|\bin all\b|합계|총합|총액|총계|(?:모두|다|전부) (?:합치면|더하면|합하면|합쳐서|더해서)|(?<![가-힣])총(?=\s?[가-힣])(?!\s?몇)"),
    ("min", "weight", r"\blightest\b|" + _MOST + "가벼운"),
    ("max", "weight", r"\bheaviest\b|" + _MOST + "무거운"),
    ("min", "length", r"\bshortest\b|" + _MOST + "짧은"),
    ("max", "length", r"\blongest\b|" + _MOST + "긴"),
    ("min", "", r"\blowest\b|\bsmallest\b|\bleast\b|\bfewest\b|\bminimum\b|" + _MOST + r"(?:낮은|적은|작은)|최소|최저"),
    ("max", "", r"\bhighest\b|\blargest\b|\bbiggest\b|\bgreatest\b|\bmost\b|\bmaximum\b|" + _MOST + r"(?:높은|많은|큰)|최대|최고"),
    ("min", "", _BOTTOM),
    ("max", "", _TOP),
    ("count", "", r"\bhow many\b|\bnumber of\b|\bcount\b|(?:총\s?)?몇\s?(?:개|종류|가지|명|건|행|줄|군데)|개수|가짓수"),
)  # fmt: skip
_RULES = _compiled(_OPERATIONS)
LOWEST, HIGHEST = (  # without a measure of their own
    next(rule for operation, measure, rule in _RULES if (operation, measure) == (which, ""))
    for which in ("min", "max")
)
_COUNT = next(rule for operation, _, rule in _RULES if operation == "count")
_HOW_MANY = re.compile(
    r" (\d{1,2}|two|three|four|five|ten)\b(?! ?(?:%|star|year|month|week|day|hour|minute|percent))",
    re.IGNORECASE,
)  # behind "top", "the cheapest"
_SORT = r"\b(?:(?:sort|order|rank|arrange)(?:ed)?|^list)\b(?=.* by )"
_DOWN = r"(?:,? ?(?:(?:in )?descending(?: order)?|(?:from )?(?:the )?(?:high(?:est)?|most(?: expensive)?|larg(?:e|est)|new(?:est)?|latest|(?:most )?recent) (?:to (?:the )?(?:low(?:est)?|least|cheap(?:est)?|small(?:est)?|old(?:est)?|earliest)|first)))"
_UP = r"(?:,? ?(?:(?:in )?ascending(?: order)?|(?:from )?(?:the )?(?:low(?:est)?|least|cheap(?:est)?|small(?:est)?|old(?:est)?|earliest|soonest) (?:to (?:the )?(?:high(?:est)?|most(?: expensive)?|expensive|large(?:st)?|new(?:est)?|latest)|first)))"
_ORDER_KOREAN = r"\s?순(?:서)?(?:으로|대로)?"
_ORDERS: tuple[tuple[Operation, str, str], ...] = (
    ("descending", "price", rf"비싼{_ORDER_KOREAN}"),
    ("ascending", "price", rf"(?:싼|저렴한|값싼){_ORDER_KOREAN}"),
    ("descending", "date", rf"(?:최신|최근|늦은){_ORDER_KOREAN}"),
    ("ascending", "date", rf"(?:오래된|이른|빠른|임박한|날짜|일자|시간){_ORDER_KOREAN}"),
    ("descending", "weight", rf"무거운{_ORDER_KOREAN}"),
    ("ascending", "weight", rf"가벼운{_ORDER_KOREAN}"),
    ("descending", "length", rf"긴{_ORDER_KOREAN}"),
    ("ascending", "length", rf"짧은{_ORDER_KOREAN}"),
    ("descending", "", rf"{_SORT}.*{_DOWN}|\brank(?:ed)?\b(?=.* by )(?!.*{_UP})|(?:많은|높은|큰){_ORDER_KOREAN}|내림차순(?:으로)?"),
    ("ascending", "", rf"{_SORT}|(?:적은|낮은|작은){_ORDER_KOREAN}|오름차순(?:으로)?|(?<=[가-힣])\s?순(?:서)?(?:으로|대로)(?=\s)"),
)  # fmt: skip
_ORDER_RULES = _compiled(_ORDERS)
_ORDER_WORDS = re.compile(rf"{_SORT}|{_DOWN}|{_UP}|(?<= )by(?= )", re.IGNORECASE)
# "which" has no words of its own: all rows are asked for, or those within bounds
_ALL_OF = re.compile(
    r"^(?:list|show|give|tell)(?: me| us)? everything(?= (?:in|of|from|on)\b)|"
    r"\b(?:list|show|give|name|tell|find)(?: me| us)?(?: a list of)? (?:all|every|each)\b(?: of)?(?: the| our| your)?|^list\b"
    r"|(?<![가-힣])(?:모든|전체)(?=\s)|(?<![가-힣])(?:모두|전부|빠짐없이)(?=\s+(?:나열|열거|알려|보여|찾아))",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:나열|열거|정렬|알려|보여|찾아|말해)(?:\s?해)?\s?(?:줘요?|주세요|주십시오|줄래요?|달라)?[.?!\s]*$"
)
_LIMIT = re.compile(
    r"\b(?:top |the )?(\d{1,2}|two|three|five|ten)\s(?=$|\W)|(\d{1,2}|두|세|네|다섯|열)\s?(?:개|가지|종|곳|명|건|위까지|위)",
    re.IGNORECASE,
)
_SPELLED = ENGLISH_NUMBERS | KOREAN_NUMBERS


def wanted(question: str, today: date | None = None) -> Wanted | None:
    """What ``question`` wants to be computed; ``None`` if its words say nothing of the kind. ``today`` as for ``bounds_of``."""
    rest, bounds, dates = bounds_of(question, today)
    found = _ordered(rest) or _computed(rest)
    if found is None and (bounds or dates or _ALL_OF.search(rest) or IN_STOCK.search(rest)):
        found = _listed(rest)
    return replace(found, bounds=(*bounds, *found.bounds), dates=dates) if found else None


def _ordered(rest: str) -> Wanted | None:
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
        return Wanted(operation, measure, limit, rest=bare)
    return None


def _computed(rest: str) -> Wanted | None:
    if in_time := _IN_TIME.fullmatch(rest.strip()):
        return Wanted("max" if in_time[2].lower() == "last" else "min", "date", rest=in_time[1])
    rank = 1
    if nth := _RANK.search(rest):
        rank = _rank(nth)
        rest = f"{rest[: nth.start()]}{'' if nth[1] else '가장 '}{rest[nth.end() :]}"
    rest = _MOST_FIRST.sub(r"\2 \1 ", rest)
    for operation, measure, rule in _RULES:
        found = rule.search(rest)
        if found is None:
            continue
        before, after = rest[: found.start()], rest[found.end() :]
        if operation == "sum" and (count := _COUNT.search(f"{before} {after}")):
            bare = f"{before} {after}"
            return Wanted("count", rest=f"{bare[: count.start()]} {bare[count.end() :]}", or_sum=True)
        limit, subject = 0, _SUBJECT.search(before)
        if operation in ("min", "max"):
            before, limit = _limit(before)
            if not limit:
                after, limit = _limit(after, korean_only=True)
            if not limit and (top := _HOW_MANY.match(after)):
                limit = _SPELLED.get(top[1].lower(), 0) or int(top[1])
                after = after[top.end() :]
        or_sum = operation == "count" and found[0].startswith("총")
        bare = f"{before} {after}"
        return Wanted(
            operation,
            measure,
            limit,
            rest=bare,
            rank=rank,
            or_sum=or_sum,
            subject=subject[1] if subject else "",
        )
    return None


def rank_said(question: str) -> int:
    """2 where ``question`` says "the second?" and nothing else; 0 where it says more."""
    nth = _NTH.fullmatch(question.strip(" ?!.,"))
    return _rank(nth) if nth else 0


def _rank(nth: re.Match[str]) -> int:
    said = (nth[1] or nth[2] or nth[3]).lower()
    return _RANKS.get(said) or _SPELLED.get(said) or int(said)


def _listed(rest: str) -> Wanted:
    in_stock = (Bound(">", Decimal(0), "", "stock"),) if IN_STOCK.search(rest) else ()
    rest = IN_STOCK.sub(" ", rest) if in_stock else rest
    return Wanted("list", "", 0, in_stock, _ASKING.sub(" ", _ALL_OF.sub(" ", rest)))


def _limit(text: str, korean_only: bool = False) -> tuple[str, int]:
    """``text`` without the number of rows that it asks for, and that number; 0 if it names none."""
    for found in _LIMIT.finditer(text):
        said = found[2] or ("" if korean_only else found[1])
        if said:
            return text[: found.start()] + " " + text[found.end() :], _SPELLED.get(said.lower(), 0) or int(
                said
            )
    return text, 0
