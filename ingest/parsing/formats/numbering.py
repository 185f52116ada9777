"""Numbers of list items as word processors and browsers write them: 3, c, iii, 다, ③."""

from __future__ import annotations

from collections.abc import Callable

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_SYLLABLES = "가나다라마바사아자차카타파하"
_JAMO = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_STEMS = "갑을병정무기경신임계"
_STEMS_HANJA = "甲乙丙丁戊己庚辛壬癸"
_DIGITS_HANGUL = "영일이삼사오육칠팔구"
_DIGITS_HANJA = "〇一二三四五六七八九"
_MAX_ROMAN = 4_999


def roman(number: int) -> str:
    if not 0 < number <= _MAX_ROMAN:
        return str(number)
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def letters(number: int) -> str:
    """a-z, then aa, ab, ... as in spreadsheets."""
    if number < 1:
        return str(number)
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def repeated_letters(number: int) -> str:
    """a-z, then aa, bb, ... as in word processors."""
    if not 0 < number <= 780:
        return str(number)
    turns, rest = divmod(number - 1, 26)
    return chr(ord("a") + rest) * (turns + 1)


def circled(number: int) -> str:
    """① to ⑳, ㉑ to ㊿."""
    if 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if 21 <= number <= 35:
        return chr(0x3251 + number - 21)
    return chr(0x32B1 + number - 36) if 36 <= number <= 50 else f"({number})"


def _from(alphabet: str) -> Callable[[int], str]:
    def write(number: int) -> str:
        # after the last one they start again
        return alphabet[(number - 1) % len(alphabet)] if number > 0 else str(number)

    return write


def _spelled(digits: str, tens: str) -> Callable[[int], str]:
    def write(number: int) -> str:
        if not 0 < number < 100:
            return str(number)
        ten, one = divmod(number, 10)
        return (digits[ten] if ten > 1 else "") + (tens if ten else "") + (digits[one] if one else "")

    return write


def _offset(first: int, last: int, base: int) -> Callable[[int], str]:
    """Numbers that have a character of their own, from ``base`` for ``first``."""

    def write(number: int) -> str:
        return chr(base + number - first) if first <= number <= last else str(number)

    return write


syllable = _from(_SYLLABLES)
jamo = _from(_JAMO)
stem = _from(_STEMS)
stem_hanja = _from(_STEMS_HANJA)
spelled_hangul = _spelled(_DIGITS_HANGUL, "십")
spelled_hanja = _spelled(_DIGITS_HANJA, "十")
circled_letter = _offset(1, 26, 0x24D0)
circled_syllable = _offset(1, 14, 0x326E)
circled_jamo = _offset(1, 14, 0x3260)
