"""What a figure counts: the one table of units and currencies, and what a header says of it.

currency_of("원") -> "won"
stated_unit("매출액 (단위: 백만 원)") -> StatedUnit("매출액", "원", 1_000_000, "백만 원")
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

CURRENCIES: dict[str, tuple[str, ...]] = {
    # its name here: how it is written, in small letters; "pounds" alone is a weight too
    "won": ("won", "krw", "원", "₩"),
    "dollars": ("dollar", "dollars", "usd", "us$", "달러", "$"),
    "euros": ("euro", "euros", "eur", "유로", "€"),
    "pounds": ("gbp", "파운드", "£"),
    "yen": ("yen", "jpy", "엔", "¥"),
    "yuan": ("yuan", "cny", "rmb", "위안"),
    "rupees": ("rupee", "rupees", "inr", "루피", "₹"),
}
SIGNS = ("$", "€", "£", "¥", "₩", "₹", "US$", "us$")  # that stand before the figure
_CURRENCY_OF = {word: name for name, words in CURRENCIES.items() for word in words}


def _either(words: Sequence[str]) -> str:
    """``words`` as a pattern, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


# words of a currency that may stand behind a figure, as a pattern
CURRENCY_WORDS = _either([word for word in _CURRENCY_OF if word not in SIGNS])

COUNTED: tuple[tuple[str, str, str], ...] = (
    # what a figure counts: how it stands behind a figure, how the names of columns say it; in both languages
    ("years", r"years?|yrs?|년\s?차?|연차", r"years?|yrs?|년|연수|근속"),
    ("months", r"months?|개월|달", r"months?|개월|월수"),
    ("weeks", r"weeks?|주", r"weeks?|주"),
    ("days", r"days?|일", r"days?|일수|일"),
    ("hours", r"hours?|hrs?|시간", r"hours?|hrs?|시간"),
    ("minutes", r"minutes?|mins?|분", r"minutes?|mins?|분"),
    ("kg", r"kg|kilos?|킬로(?:그램)?", r"kg|weight|무게|중량"),
    ("km", r"km|kilomet(?:er|re)s?|킬로미터", r"km|distance|거리"),
    ("people", r"people|persons?|guests?|employees?|명|인", r"people|persons?|guests?|employees?|인원|명"),
    ("age", r"years old|살|세", r"age|나이|연령"),
    *((name, _either([w for w in words if w not in SIGNS]), f"{_either(words)}|금액") for name, words in CURRENCIES.items()),
)  # fmt: skip

LARGE = {"조": 10**12, "억": 10**8, "만": 10**4, "천": 10**3, "백": 10**2, "십": 10}
SCALES = {
    # as they are written in words
    "thousand": 10**3, "thousands": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9,
    "mn": 10**6, "mln": 10**6, "bn": 10**9, "000": 10**3, "000s": 10**3,
}  # fmt: skip
_LETTERS = {"k": 10**3, "m": 10**6, "b": 10**9}  # of money alone, "$M": "m" is a metre too
# other units that a header may state in brackets
_OTHERS = {
    "%", "kg", "g", "mg", "t", "톤", "km", "m", "cm", "mm", "㎡", "m²", "m2", "평", "l", "ml", "개", "명", "건", "대", "권", "장", "회", "점",
    "k", "b", "시간", "분", "초", "일", "개월", "년", "hours", "days", "minutes", "months", "years", "kwh", "mb", "gb", "km/h",
}  # fmt: skip
_COUNTS = re.compile(
    r"인원|명수|인구|수량|개수|건수|횟수|순번|번호|순위|연도|년도|나이|연령|비율|비중|점유율|증감률|성장률|이익률|%|％"
    r"|\b(?:no|number|count|rank|year|age|qty|quantity|headcount|employees|staff|share|ratio|rate|percent(?:age)?|growth|margin|per share)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"가격|금액|단가|비용|매출|예산|수익|이익|급여|연봉|원가|자산|부채|price|cost|amount|revenue|sales|budget|income|profit|expense|salary|asset",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\s*[(\[（［]\s*([^()\[\]（）［］]{1,30}?)\s*[)\]）］]\s*$")
_EMPTY = {"in", "of", "us", "all", "amounts", "figures", "are", "is"}
_SAYS_UNIT = re.compile(r"^(?:단위|units?)\s*[:：]?\s*|^in\s+", re.IGNORECASE)
_TAIL_IN = re.compile(
    r"[,\s]+(?:단위\s*[:：]\s*|in\s+)((?:thousands?|millions?|billions?|[십백천만억조]).{0,20})$",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"[\s(\[<（［※*_]*(?:(?:단위|units?)\s*[:：]\s*|(?=[\w$€₩ ]{0,30}\bin\s(?:US )?[$€₩]?\s?(?:\w+ )?(?:thousands|millions|billions)\b))"
    r"([^()\[\]>（）［］\n]{1,60}?)[)\]>）］*_.\s]*",
    re.IGNORECASE,
)
_SCALED = re.compile(
    r"(?:[십백천만억조]+|thousands?|millions?|billions?)\s*(?:원|달러|유로|won|dollars?|euros?|krw|usd|eur)"
    r"|\b(?:in|of)\s+(?:thousands|millions|billions)\b|[$€₩]\s?(?:k|m|bn)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class StatedUnit:
    """What a header states: its name without the unit, the unit, by what its figures are to be multiplied, and in which
    words it says so; these are empty where nothing is multiplied."""

    name: str
    unit: str
    scale: int = 1
    words: str = ""


def currency_of(unit: str) -> str:
    """The name of the currency that ``unit`` is; empty for any other unit."""
    return _CURRENCY_OF.get(unit.lower(), "")


def currencies_in(text: str) -> set[str]:
    """The currencies that ``text`` says, as words of their own."""
    said = text.lower().replace("_", " ")
    return {
        name
        for name, words in CURRENCIES.items()
        if any(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", said) for word in words)
    }


def says_scale(text: str) -> bool:
    """Whether ``text`` says that its figures count thousands or more of something."""
    return bool(_SCALED.search(text))


def stated_unit(header: str) -> StatedUnit | None:
    """What the name of a column states: "가격(만원)", "revenue (thousand USD)"; ``None`` where it states nothing."""
    for rule in (_BRACKETED, _TAIL_IN):
        found = rule.search(header)
        if found and header[: found.start()].strip(" ,") and (read := _read(found[1])):
            unit, scale = read
            if _MONEY.search(header[: found.start()]) and unit.lower() in _LETTERS:
                unit, scale = "", _LETTERS[unit.lower()]  # "revenue (m)" are millions, and no metres
            words = found[1].strip() if scale != 1 else ""
            return StatedUnit(
                header[: found.start()].strip(" ,"), unit, scale, _SAYS_UNIT.sub("", words).strip()
            )
    return None


def stated_above(lines: Sequence[str]) -> tuple[StatedUnit, ...]:
    """The units that a line above a table states for its columns, "(단위: 천원)"; none where no line does."""
    for line in reversed(lines):
        found = _CAPTION.fullmatch(line.strip())
        if found is None:
            continue
        said = found[1].strip()
        parts = [part.strip() for part in re.split(r"[,/·、]|\band\b", said) if part.strip()]
        read = [(part, _read(part)) for part in parts]
        return tuple(
            StatedUnit("", each[0], each[1], part if each[1] != 1 else "") if each else StatedUnit("", "")
            for part, each in read
        )
    return ()


def unit_above(stated: Sequence[StatedUnit], header: str) -> StatedUnit | None:
    """Which of the units that stand above a table is that of the column ``header``; ``None`` where that is not sure.

    One unit is that of all columns that are no counts, shares or years; of several, money has the currency.
    """
    if _COUNTS.search(header):
        return None
    if len(stated) == 1:
        return stated[0]
    money = [each for each in stated if currency_of(each.unit)]
    return money[0] if len(money) == 1 and _MONEY.search(header) else None


def _read(said: str) -> tuple[str, int] | None:
    """A unit as it is stated, with its scale: "백만 원", "USD thousands", "in thousands of dollars", "$M", "kg"."""
    text = re.sub(r"\s+", " ", _SAYS_UNIT.sub("", said.strip())).strip()
    if text in _OTHERS or text.lower() in _OTHERS:
        return text, 1
    if korean := re.fullmatch(r"([십백천만억조]*)\s?([^\W\d_]{0,4}|[₩$€])", text):
        scale = 1
        for power in korean[1]:
            scale *= LARGE[power]
        unit = korean[2]
        is_known = not unit or currency_of(unit) or unit in _OTHERS
        if is_known and (korean[1] or unit):
            return unit, scale
    words = [word for word in re.findall(r"US\$|[$€£¥₩₹]|[^\W_]+", text) if word.lower() not in _EMPTY]
    units = [word for word in words if currency_of(word)]
    rest = [word.lower() for word in words if not currency_of(word)]
    if len(units) > 1 or len(rest) > 1 or not words:
        return None
    units = [word if word.isupper() else word.lower() for word in units]
    if not rest:
        return units[0], 1
    large = SCALES.get(rest[0]) or (_LETTERS.get(rest[0]) if units else None)
    return (units[0] if units else "", large) if large else None


def scaled(value: Decimal, scale: int) -> Decimal:
    """``value`` times ``scale``, without decimals that say nothing."""
    product = value * scale
    return product.quantize(Decimal(1)) if product == product.to_integral_value() else product
