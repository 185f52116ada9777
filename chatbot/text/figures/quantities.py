"""The number that a cell of a table holds: "9,600원", "(1,200)", "12.5%", "1.234,50 €", "3억 5천만".

A cell that says more than one number with its unit holds none: "1-2", "PN-101" and "2024-03-01" are text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from chatbot.text.figures.units import LARGE, currency_of

Mark = Literal[".", ","]  # what stands before the decimals

# numbers as they are written in words, the Korean ones as they stand before what is counted
ENGLISH_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12,
}  # fmt: skip
KOREAN_NUMBERS = {
    "한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
}  # fmt: skip
_NOTE = re.compile(r"\s*\[\d{1,3}\]$")  # of a footnote, as our parsers write it
_CURRENCY = r"(?:[$€£¥₩₹]|US\$|[A-Z]{3})"
_DIGITS = {
    ".": r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ '’]\d{3})+|\d+)(?:\.\d+)?",
    ",": r"(?:\d{1,3}(?:\.\d{3})+|\d{1,3}(?:[ '’]\d{3})+|\d+)(?:,\d+)?",
}
_IN_BRACKETS = re.compile(r"([$€£¥₩₹]?)\(([^()+-]*)\)")  # how accountants write what is below zero
_UNIT = r"(?:%p?|‰|°[CF]?|[^\W\d_]{1,10}(?:/[^\W\d_]{1,6})?|[$€£¥₩₹])"
_WHOLE = {
    mark: re.compile(rf"(?P<before>{_CURRENCY}?)\s?(?P<sign>[-+]?)(?P<after>{_CURRENCY}?)\s?(?P<digits>{digits})\s?(?P<unit>{_UNIT}?)")
    for mark, digits in _DIGITS.items()
}  # fmt: skip
_KOREAN = re.compile(
    r"(?P<sign>-?)(?P<parts>(?:\d[\d,]*(?:\.\d+)?\s?[조억만천백]{1,2}\s?)+)(?P<rest>\d[\d,]*)?\s?(?P<unit>[^\W\d_]{0,6})"
)
_KOREAN_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s?([조억만천백]{1,2})")
_COMMA_DECIMALS = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}(?!\d)")
_POINT_DECIMALS = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d+\.\d{1,2}(?!\d)|\d\.\d{4,}")
_LONGEST = 40  # characters of a cell that can be one number


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what stands beside it: "원", "%", "$"; empty where nothing does."""

    value: Decimal
    unit: str = ""
    in_words: bool = False  # whether it is written with a large Korean number, "4억"


def decimal_mark(cells: Sequence[str]) -> Mark:
    """Whether the decimals of a column stand behind a comma, as its cells tell; "1,234" alone tells nothing."""
    commas = sum(bool(_COMMA_DECIMALS.search(cell)) for cell in cells)
    return "," if commas and not any(_POINT_DECIMALS.search(cell) for cell in cells) else "."


def quantity(cell: str, mark: Mark = ".") -> Quantity | None:
    """What number ``cell`` holds; ``None`` if it holds none, or something else too."""
    text = _NOTE.sub("", unicodedata.normalize("NFKC", cell).strip())
    if not text or len(text) > _LONGEST:
        return None
    text = text.replace("\u2212", "-").replace("\u2013", "-")
    negative = _IN_BRACKETS.fullmatch(text)
    if negative:
        text = f"{negative[1]}{negative[2].strip()}"
    found = _korean(text) or _plain(text, mark)
    return replace(found, value=-found.value) if found and negative else found


def common_unit(quantities: Sequence[Quantity]) -> str | None:
    """The unit that all of them have; ``None`` where they differ, for then they cannot be compared.

    "₩9,600" and "9,600원" have one, and so have "4억" and "3억 8000만원": what is so large stands without it for short.
    """
    units = list(dict.fromkeys(q.unit for q in quantities if q.unit or not q.in_words))
    if len(units) > 1 and len({currency_of(unit) or unit for unit in units}) > 1:
        return None
    return units[0] if units else ""


def _plain(text: str, mark: Mark) -> Quantity | None:
    found = _WHOLE[mark].fullmatch(text)
    if found is None:
        return None
    digits = found["digits"]
    if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
        return None  # a code: 007, 02123
    value = Decimal(re.sub(r"[^\d,.]", "", digits).replace("." if mark == "," else ",", "").replace(",", "."))
    sides = [side for side in (found["before"], found["after"], found["unit"]) if side]
    if len(sides) > 1:
        return None
    return Quantity(-value if found["sign"] == "-" else value, "".join(sides))


def _korean(text: str) -> Quantity | None:
    """ "3억 5천만 원": each figure with its power of ten."""
    found = _KOREAN.fullmatch(text)
    if found is None:
        return None
    value = Decimal((found["rest"] or "0").replace(",", ""))
    parts = _KOREAN_PART.findall(found["parts"])
    if found["rest"] and parts[-1][1] in ("억", "조"):
        return None  # "3억 8,000" of a flat is 380 million, of a ledger it may be 300,008,000
    for figure, powers in parts:
        part = Decimal(figure.replace(",", ""))
        for power in powers:
            part *= LARGE[power]
        value += part
    return Quantity(-value if found["sign"] else value, found["unit"], in_words=True)
