"""Dates and times of Excel: days since 1900 (or 1904), shown by the codes of a number format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

_DAY = 86_400
# 9999-12-31; Excel shows nothing beyond it
_LAST = 2_958_465
_BASE_1904 = 1_462
# by day count: the day before the first, and a leap day that 1900 did not have
_PHANTOMS = {0: (1900, 1, 0), 60: (1900, 2, 29)}
_KOREAN, _JAPANESE, _CHINESE = 0x412, 0x411, 0x804
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_HANGUL_DAYS, _KANJI_DAYS, _CHINESE_DAYS = "월화수목금토일", "月火水木金土日", "一二三四五六日"
_ERAS = ((date(2019, 5, 1), "令和", "R"), (date(1989, 1, 8), "平成", "H"), (date(1926, 12, 25), "昭和", "S"),
         (date(1912, 7, 30), "大正", "T"), (date(1868, 1, 1), "明治", "M"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """Whose names of days are shown (a Windows locale, 0 for none), and whether days count from 1904."""

    locale: int = 0
    from_1904: bool = False


@dataclass(frozen=True, slots=True)
class _Moment:
    day: date | None
    phantom: tuple[int, int, int] | None  # a day that Excel believes in and the calendar does not have
    hour: int
    minute: int
    second: int
    fraction: str
    elapsed: Decimal  # seconds in all


def shown_date(pieces: list[tuple[str, str]], number: Decimal, clock: Clock) -> str:
    """The text of a day count. One that is no date (negative, beyond 9999) is shown as the number: it fills with ####."""
    elapsed = any(kind == "elapsed" for kind, _ in pieces)
    if clock.from_1904 and not elapsed:
        number += _BASE_1904
    if not 0 <= number < _LAST + 1 and not (elapsed and abs(number) < 10**9):
        return f"{float(number):.15g}"
    decimals = _fraction_places(pieces)
    seconds = (abs(number) * _DAY).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    moment = _moment(seconds, decimals, elapsed)
    twelve = any(kind == "ampm" for kind, _ in pieces)
    found: list[str] = []
    skip = 0
    for index, (kind, text) in enumerate(pieces):
        if skip:
            skip -= 1
        elif kind == "date":
            found.append(_part(text.lower(), _is_minute(pieces, index), moment, clock, twelve))
        elif kind == "elapsed":
            found.append(_elapsed(text, moment.elapsed))
        elif kind == "ampm":
            found.append(_half(text, moment.hour, clock))
        elif kind == "point" and (places := _places_after(pieces, index)):
            found.append("." + moment.fraction[:places])
            skip = places
        elif kind in ("literal", "percent", "slash", "comma", "point", "digit"):
            found.append(text)
    return ("-" if number < 0 else "") + "".join(found).strip()


def _moment(seconds: Decimal, decimals: int, elapsed: bool) -> _Moment:
    whole = int(seconds)
    fraction = f"{seconds - whole:.{max(decimals, 1)}f}"[2:]
    days, rest = divmod(whole, _DAY)
    day: date | None = None
    if not elapsed and days <= _LAST:
        # day 60 is a 29 February 1900 that never was; the days before it count from one later
        day = (
            date(1899, 12, 30) + timedelta(days)
            if days > 60
            else date(1899, 12, 31) + timedelta(min(days, 59))
        )
    return _Moment(day, _PHANTOMS.get(days), rest // 3600, rest // 60 % 60, rest % 60, fraction, seconds)


def _fraction_places(pieces: list[tuple[str, str]]) -> int:
    return max(
        (_places_after(pieces, index) for index, (kind, _) in enumerate(pieces) if kind == "point"), default=0
    )


def _places_after(pieces: list[tuple[str, str]], index: int) -> int:
    """Zeros after a decimal point that follows seconds."""
    count = 0
    while index + 1 + count < len(pieces) and pieces[index + 1 + count] == ("digit", "0") and count < 9:
        count += 1
    return count


def _is_minute(pieces: list[tuple[str, str]], index: int) -> bool:
    """``m`` is the minute after hours and before seconds, the month otherwise."""
    if pieces[index][1].lower() not in ("m", "mm"):
        return False
    before = next((text for kind, text in reversed(pieces[:index]) if kind in ("date", "elapsed")), "")
    after = next((text for kind, text in pieces[index + 1 :] if kind in ("date", "elapsed")), "")
    return before[:1] in ("h", "H") or after[:1] in ("s", "S")


def _part(code: str, minute: bool, moment: _Moment, clock: Clock, twelve: bool) -> str:
    two = len(code) > 1
    if code[0] == "h":
        hour = (moment.hour % 12 or 12) if twelve else moment.hour
        return f"{hour:02d}" if two else str(hour)
    if code[0] == "s":
        return f"{moment.second:02d}" if two else str(moment.second)
    if minute:
        return f"{moment.minute:02d}" if two else str(moment.minute)
    return _day_part(code, moment, clock)


def _day_part(code: str, moment: _Moment, clock: Clock) -> str:
    day = moment.day or date(1899, 12, 31)
    year, month, number = moment.phantom or (day.year, day.month, day.day)
    match code[0]:
        case "y":
            return f"{year:04d}" if len(code) > 2 else f"{year % 100:02d}"
        case "m":
            return _month(month, len(code), clock.locale)
        case "d":
            return _weekday(day, len(code), clock.locale) if len(code) > 2 else f"{number:0{len(code)}d}"
        case "a":
            return _weekday(day, len(code), clock.locale or _KOREAN)
        case "b":
            return f"{year + 543:04d}" if len(code) > 2 else f"{(year + 543) % 100:02d}"
        case "e":
            era = _era(day) if clock.locale == _JAPANESE else None
            return f"{day.year - era[0].year + 1:0{len(code)}d}" if era else str(year)
        case _:
            era = _era(day) if clock.locale == _JAPANESE else None
            return "" if era is None else era[2] if len(code) == 1 else era[1][: len(code) - 1]


def _era(day: date) -> tuple[date, str, str] | None:
    return next((era for era in _ERAS if day >= era[0]), None)


def _month(month: int, length: int, locale: int) -> str:
    if length <= 2:
        return f"{month:0{length}d}"
    if locale in (_KOREAN, _JAPANESE, _CHINESE):
        return (
            str(month)
            if length == 3 and locale == _KOREAN
            else f"{month}{'월' if locale == _KOREAN else '月'}"
        )
    return _MONTHS[month - 1][: {3: 3, 5: 1}.get(length, 20)]


def _weekday(day: date, length: int, locale: int) -> str:
    place = day.weekday()
    if locale == _KOREAN:
        return _HANGUL_DAYS[place] + ("요일" if length > 3 else "")
    if locale == _JAPANESE:
        return _KANJI_DAYS[place] + ("曜日" if length > 3 else "")
    if locale == _CHINESE:
        return ("星期" if length > 3 else "周") + _CHINESE_DAYS[place]
    return _WEEKDAYS[place][: 3 if length == 3 else 20]


def _half(code: str, hour: int, clock: Clock) -> str:
    """Before or after noon, in the words of the code or of the locale."""
    if code.upper() == "A/P":
        return code[0] if hour < 12 else code[2]
    first, second = {_KOREAN: ("오전", "오후"), _JAPANESE: ("午前", "午後"), _CHINESE: ("上午", "下午")}.get(
        clock.locale, tuple(code.split("/"))
    )
    return first if hour < 12 else second


def _elapsed(code: str, seconds: Decimal) -> str:
    """Hours, minutes or seconds in all: 27:30 where a time of day would be 3:30."""
    whole = int(seconds) // {"h": 3600, "m": 60, "s": 1}[code[0]]
    return f"{whole:0{len(code)}d}"
