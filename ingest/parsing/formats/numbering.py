"""Automatic numbers as they are shown: ``counter(3, "ganada") == "다"``.

The names are those of Word's ``ST_NumberFormat``, into which each format translates its own, and a few more at the end.
"""

from __future__ import annotations

from collections.abc import Callable

_GANADA = "가나다라마바사아자차카타파하"
_CHOSUNG = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_HANGUL_DIGITS = "영일이삼사오육칠팔구"
_HANJA_DIGITS = "〇一二三四五六七八九"
_HANJA_FORMAL = "零壹貳參四五六七八九"
_ONES = ("", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉")
_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_HEAVENLY = "甲乙丙丁戊己庚辛壬癸"
_EARTHLY = "子丑寅卯辰巳午未申酉戌亥"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
_CHICAGO = "*†‡§"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS_WORDS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINAL_WORDS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
                  "twelve": "twelfth"}  # fmt: skip
_MOST = 32_767
# longer ones are repeated letters that nobody counts; Word stops here, too (780 is z thirty times)
_MOST_TURNS = 30


def counter(value: int, kind: str) -> str:
    """``value`` in the number format ``kind``, in decimal where the format is unknown or cannot say it."""
    if kind == "none":
        return ""
    form = _KINDS.get(kind)
    if form is None or not 0 < value <= _MOST:
        return str(value)
    return form(value) or str(value)


def _from(alphabet: str) -> Callable[[int], str]:
    """The letters one after the other; after the last one each is doubled (a ... z, aa, bb), as Word and Hangul do."""

    def write(value: int) -> str:
        turns, place = divmod(value - 1, len(alphabet))
        return alphabet[place] * (turns + 1) if turns < _MOST_TURNS else ""

    return write


def _places(alphabet: str) -> Callable[[int], str]:
    """The letters as digits (a ... z, aa, ab), as browsers do."""

    def write(value: int) -> str:
        found = ""
        while value:
            value, place = divmod(value - 1, len(alphabet))
            found = alphabet[place] + found
        return found

    return write


def _once(alphabet: str) -> Callable[[int], str]:
    return lambda value: alphabet[value - 1] if value <= len(alphabet) else ""


def _around(alphabet: str) -> Callable[[int], str]:
    return lambda value: alphabet[(value - 1) % len(alphabet)]


def _roman(value: int) -> str:
    found = ""
    for size, letters in _ROMAN:
        found += letters * (value // size)
        value %= size
    return found


def _digits(digits: str) -> Callable[[int], str]:
    return lambda value: "".join(digits[int(digit)] for digit in str(value))


def _counting(digits: str, tens: str) -> Callable[[int], str]:
    """As it is spoken: 21 is 이십일; 십 alone for ten."""

    def say(value: int) -> str:
        found, places = "", len(str(value))
        for index, digit in enumerate(map(int, str(value))):
            power = places - index - 1
            if digit:
                found += ("" if digit == 1 and power and power < 4 else digits[digit]) + (
                    tens[power - 1] if power else ""
                )
        return found

    return say


def _native(value: int) -> str:
    return _TENS[value // 10] + _ONES[value % 10] if value < 100 else ""


def _cardinal(value: int) -> str:
    if value < 20:
        return _WORDS[value]
    if value < 100:
        return _TENS_WORDS[value // 10] + (f"-{_WORDS[value % 10]}" if value % 10 else "")
    return ""


def _ordinal(value: int) -> str:
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _ordinal_word(value: int) -> str:
    first, dash, last = _cardinal(value).rpartition("-")
    if not last:
        return ""
    last = _ORDINAL_WORDS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return (first + dash + last).capitalize()


def _enclosed(first: str, count: int) -> Callable[[int], str]:
    """Characters that follow each other in Unicode, for 1 to ``count``."""
    return lambda value: chr(ord(first) + value - 1) if value <= count else ""


_KINDS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda value: f"{value:02d}",
    "upperRoman": _roman,
    "lowerRoman": lambda value: _roman(value).lower(),
    "upperLetter": _from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "lowerLetter": _from("abcdefghijklmnopqrstuvwxyz"),
    "ordinal": _ordinal,
    "cardinalText": lambda value: _cardinal(value).capitalize(),
    "ordinalText": _ordinal_word,
    "hex": lambda value: f"{value:X}",
    "chicago": _from(_CHICAGO),
    "numberInDash": lambda value: f"- {value} -",
    "ganada": _from(_GANADA),
    "chosung": _from(_CHOSUNG),
    "koreanDigital": _digits(_HANGUL_DIGITS),
    "koreanDigital2": _digits(_HANJA_DIGITS),
    "koreanCounting": _counting(_HANGUL_DIGITS, "십백천만"),
    "koreanLegal": _native,
    "decimalEnclosedCircle": _once(_CIRCLED),
    "decimalEnclosedCircleChinese": _once(_CIRCLED),
    "decimalEnclosedParen": _enclosed("⑴", 20),
    "decimalEnclosedFullstop": _enclosed("⒈", 20),
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "decimalFullWidth2": _digits("０１２３４５６７８９"),
    "ideographDigital": _digits(_HANJA_DIGITS),
    "japaneseDigitalTenThousand": _digits(_HANJA_DIGITS),
    "taiwaneseDigital": _digits(_HANJA_DIGITS),
    "chineseCounting": _counting(_HANJA_DIGITS, "十百千萬"),
    "chineseCountingThousand": _counting(_HANJA_DIGITS, "十百千萬"),
    "japaneseCounting": _counting(_HANJA_DIGITS, "十百千万"),
    "taiwaneseCounting": _counting(_HANJA_DIGITS, "十百千萬"),
    "taiwaneseCountingThousand": _counting(_HANJA_DIGITS, "十百千萬"),
    "japaneseLegal": _digits(_HANJA_FORMAL),
    "ideographTraditional": _around(_HEAVENLY),
    "ideographZodiac": _around(_EARTHLY),
    "ideographEnclosedCircle": _once("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "aiueo": _from(_AIUEO),
    "aiueoFullWidth": _from(_AIUEO),
    "iroha": _from(_IROHA),
    "irohaFullWidth": _from(_IROHA),
    "russianLower": _from(_RUSSIAN),
    "russianUpper": _from(_RUSSIAN.upper()),
    # PowerPoint, Hangul and LibreOffice
    "koreanLetterCircle": _enclosed("㉮", 14),
    "koreanConsonantCircle": _enclosed("㉠", 14),
    "upperLetterCircle": _enclosed("Ⓐ", 26),
    "lowerLetterCircle": _enclosed("ⓐ", 26),
    "koreanStems": _from("갑을병정무기경신임계"),
    "hanjaStems": _from(_HEAVENLY),
    # browsers
    "lowerLetterPlaces": _places("abcdefghijklmnopqrstuvwxyz"),
    "upperLetterPlaces": _places("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "ganadaPlaces": _places(_GANADA),
    "chosungPlaces": _places(_CHOSUNG),
}
