"""Numbers that Hangul counts by itself: of outlines and lists (제1조, 1., 가.), of notes, figures and tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# as the format numbers them: 0 1,2,3 | 1 ① | 2 I | 3 i | 4 A | 5 a | 6 Ⓐ | 7 ⓐ | 8 가 | 9 ㉮ | 10 ㄱ | 11 ㉠ | 12 일 | 13 一 |
# 14 ㊀ | 15 갑 | 16 甲
_SYLLABLES = "가나다라마바사아자차카타파하"
_LETTERS = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_STEMS = "갑을병정무기경신임계"
_CHINESE_STEMS = "甲乙丙丁戊己庚辛壬癸"
_DIGITS = "일이삼사오육칠팔구"
_CHINESE_DIGITS = "一二三四五六七八九"
_BLANK = re.compile(r"\^([1-9nN])")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
LEVELS = 10


def _roman(number: int) -> str:
    found = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        found += letters * count
    return found


def _latin(number: int) -> str:
    """A-Z, then AA-ZZ as Hangul goes on."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _of(symbols: str) -> Callable[[int], str]:
    return lambda number: symbols[(number - 1) % len(symbols)] * ((number - 1) // len(symbols) + 1)


def _run(start: str, count: int) -> Callable[[int], str]:
    """Symbols that follow each other in Unicode; beyond the last one, the number in brackets."""
    return lambda number: chr(ord(start) + number - 1) if number <= count else f"({number})"


def _circled(number: int) -> str:
    if number <= 20:
        return chr(0x2460 + number - 1)
    if number <= 35:
        return chr(0x3251 + number - 21)
    return chr(0x32B1 + number - 36) if number <= 50 else f"({number})"


def _words(digits: str, ten: str) -> Callable[[int], str]:
    """Up to 99; beyond it digits."""

    def word(number: int) -> str:
        tens, ones = divmod(number, 10)
        if tens > 9:
            return str(number)
        left = (digits[tens - 1] if tens > 1 else "") + ten if tens else ""
        return left + (digits[ones - 1] if ones else "")

    return word


_FORMATS: dict[int, Callable[[int], str]] = {
    1: _circled,
    2: _roman,
    3: lambda number: _roman(number).lower(),
    4: _latin,
    5: lambda number: _latin(number).lower(),
    6: _run("Ⓐ", 26),
    7: _run("ⓐ", 26),
    8: _of(_SYLLABLES),
    9: _run("㉮", 14),
    10: _of(_LETTERS),
    11: _run("㉠", 14),
    12: _words(_DIGITS, "십"),
    13: _words(_CHINESE_DIGITS, "十"),
    14: _run("㊀", 10),
    15: _of(_STEMS),
    16: _of(_CHINESE_STEMS),
}
# beyond it the repeated letters would be longer than any page
_MOST = 1_000


def formatted(number: int, kind: int) -> str:
    """``number`` in one of the formats above; plain digits for 0 and for what no format has."""
    return _FORMATS[kind](number) if kind in _FORMATS and 0 < number <= _MOST else str(number)


@dataclass(frozen=True, slots=True)
class Numbering:
    """A list's numbers.

    Attributes:
        formats: for each level the text with ``^1``-``^9`` for the numbers of the levels, ``^n`` for all of them.
        kinds: how the number of each level is written.
        starts: its first number.
        continues: whether it goes on from the list before it.
    """

    formats: tuple[str, ...]
    kinds: tuple[int, ...]
    starts: tuple[int, ...]
    continues: bool = False


class Counters:
    """The numbers of a document so far."""

    def __init__(self) -> None:
        self._counts: dict[int, list[int]] = {}
        self._last: list[int] | None = None

    def label(self, key: int, numbering: Numbering, level: int) -> str:
        """What stands before the next paragraph of this level (from 0) in list ``key``; may be empty."""
        level = min(level, len(numbering.formats) - 1)
        if level < 0:
            return ""
        if key not in self._counts:
            going_on = numbering.continues and self._last is not None
            self._counts[key] = list(self._last or ()) if going_on else [0] * LEVELS
        counts = self._last = self._counts[key]
        start = numbering.starts[level] if level < len(numbering.starts) else 1
        counts[level] = counts[level] + 1 if counts[level] else start
        counts[level + 1 :] = [0] * (LEVELS - level - 1)
        for above in range(level):
            counts[above] = counts[above] or 1

        def number(blank: re.Match[str]) -> str:
            sign = blank.group(1)
            if sign in "nN":
                path = [formatted(counts[of], _kind(numbering, of)) for of in range(level + 1)]
                return ".".join(path) + ("." if sign == "N" else "")
            of = int(sign) - 1
            return formatted(counts[of], _kind(numbering, of)) if of <= level else ""

        return _BLANK.sub(number, numbering.formats[level]).strip()


def _kind(numbering: Numbering, level: int) -> int:
    return numbering.kinds[level] if level < len(numbering.kinds) else 0
