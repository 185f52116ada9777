"""Dates as they are written in cells, and the days, months and years that a question names, in Korean and English.

dates_of(["April 1, 2026", "2026. 5. 2."]) -> [date(2026, 4, 1), date(2026, 5, 2)]
period_of("2026년 4월") -> Period(date(2026, 4, 1), date(2026, 4, 30))
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chatbot.text.figures.units import CURRENCY_WORDS

MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"), 1)
    for name in names.split()
}  # fmt: skip
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_TIME = r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]\.?m\.?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_WEEKDAY = r"(?:\s*\(?[월화수목금토일](?:요일)?\)?)?"
_NUMERIC = re.compile(
    rf"(\d{{4}})(?:-|\. ?|/|년 ?)(\d{{1,2}})(?:-|\. ?|/|월 ?)(\d{{1,2}})(?:일|\.)?{_WEEKDAY}{_TIME}"
)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ -]({_MONTH}),?[ -](\d{{4}}){_TIME}", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"({_MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}", re.IGNORECASE)
_SLASHED = re.compile(rf"(\d{{1,2}})[/.](\d{{1,2}})[/.](\d{{4}}){_TIME}")
_MONTHLY = re.compile(
    rf"(\d{{4}})(?:-|\. ?|/|년 ?)(\d{{1,2}})(?:월|\.)?|({_MONTH}),? (\d{{4}})", re.IGNORECASE
)
_MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to ``last``; ``has_year``: whether the year was said, or else is to be found."""

    first: date
    last: date
    has_year: bool = True

    @property
    def is_day(self) -> bool:
        return self.first == self.last

    def in_year(self, year: int) -> Period:
        """The same days of ``year``."""
        last = min(self.last.day, monthrange(year, self.last.month)[1])
        return replace(
            self, first=self.first.replace(year=year), last=date(year, self.last.month, last), has_year=True
        )


def dates_of(cells: Sequence[str]) -> list[date | None]:
    """The date of each cell, ``None`` where it holds none.

    "03/04/2026" is a day of March or of April: read only where another cell of the column says which comes first.
    """
    stripped = [cell.strip() for cell in cells]
    slashed = [found for cell in stripped if (found := _SLASHED.fullmatch(cell))]
    day_first = any(int(found[1]) > _MOST_MONTHS for found in slashed)
    month_first = any(int(found[2]) > _MOST_MONTHS for found in slashed)
    order = (2, 1) if day_first and not month_first else (1, 2) if month_first and not day_first else None
    return [_date(cell, order) for cell in stripped]


def months_of(cells: Sequence[str]) -> list[date | None]:
    """The first day of the month that each cell names, "2026-04", "2026년 4월", "April 2026"."""
    found: list[date | None] = []
    for cell in cells:
        match = _MONTHLY.fullmatch(cell.strip())
        if match is None:
            found.append(None)
        elif match[1]:
            found.append(_day(int(match[1]), int(match[2]), 1))
        else:
            found.append(_day(int(match[4]), MONTHS[match[3].lower().rstrip(".")], 1))
    return found


def _date(cell: str, order: tuple[int, int] | None) -> date | None:
    """``order``: the groups of month and day in a date with the year behind them."""
    if found := _NUMERIC.fullmatch(cell):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(cell):
        return _day(int(found[3]), MONTHS[found[2].lower().rstrip(".")], int(found[1]))
    if found := _MONTH_FIRST.fullmatch(cell):
        return _day(int(found[3]), MONTHS[found[1].lower().rstrip(".")], int(found[2]))
    found = _SLASHED.fullmatch(cell)
    return _day(int(found[3]), int(found[order[0]]), int(found[order[1]])) if found and order else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# in a question; groups by name: y, m, d, and words for those that go by today
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_KOREAN_YEAR = r"(?:(?P<y>(?:19|20)\d\d)년\s?|(?P<ry>올해|금년|이번 해|작년|지난해|내년|다음 해)\s?)"
_RELATIVE_YEARS = {
    "올해": 0, "금년": 0, "이번 해": 0, "작년": -1, "지난해": -1, "내년": 1, "다음 해": 1, "this year": 0, "last year": -1, "next year": 1,
}  # fmt: skip
_RELATIVE_MONTHS = {
    "이번 달": 0, "이번달": 0, "이달": 0, "지난 달": -1, "지난달": -1, "다음 달": 1, "다음달": 1, "this month": 0, "last month": -1, "next month": 1,
}  # fmt: skip
_RELATIVE_DAYS = {"오늘": 0, "어제": -1, "내일": 1, "today": 0, "now": 0, "yesterday": -1, "tomorrow": 1}


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_NAMED_MONTH = rf"(?P<mn>{_MONTH})"
_PERIODS = tuple(
    re.compile(rule, re.IGNORECASE)
    for rule in (
        rf"{_YEAR}(?:-|\. ?|/)(?P<m>\d{{1,2}})(?:-|\. ?|/)(?P<d>\d{{1,2}})(?:\.(?!\d))?",
        rf"{_KOREAN_YEAR}(?P<m>\d{{1,2}})월\s?(?P<d>\d{{1,2}})일",
        r"(?P<m>\d{1,2})월\s?(?P<d>\d{1,2})일",
        rf"{_KOREAN_YEAR}(?P<m>\d{{1,2}})월",
        rf"{_YEAR}[-./](?P<m>0[1-9]|1[0-2]|[1-9])(?![\d.,])",
        rf"{_NAMED_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,? {_YEAR})?(?!\d)",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_NAMED_MONTH}(?:,? {_YEAR})?",
        rf"{_NAMED_MONTH}(?:,? (?:of )?(?:{_YEAR}|(?P<ry>this year|last year|next year)))?",
        r"(?P<m>\d{1,2})월(?!\s?\d)",
        rf"{_YEAR}년|(?P<ry>{_any_of(_RELATIVE_YEARS)})",
        rf"(?P<rm>{_any_of(_RELATIVE_MONTHS)})",
        rf"(?P<rd>{_any_of(_RELATIVE_DAYS)})",
        rf"{_YEAR}(?![\d,.]*\d)(?!\s?(?:{CURRENCY_WORDS}|개|명|건|%|[가-힣]*원))",
    )
)


def _rule(periods: Sequence[re.Pattern[str]]) -> str:
    """``periods`` without names of groups, to stand in a longer rule."""
    return "(?:" + "|".join(re.sub(r"\(\?P<\w+>", "(?:", rule.pattern) for rule in periods) + ")"


PERIOD = _rule(_PERIODS)
# those that are days without a word before or behind them: neither "2026" nor "May", which may be something else
SURE_PERIOD = _rule(
    [rule for rule in _PERIODS[:-1] if "<mn>" not in rule.pattern and "0[1-9]" not in rule.pattern]
)


def period_of(said: str, today: date) -> Period | None:
    """The days that ``said``, a text that ``PERIOD`` fits, means; ``None`` for a day that there is not."""
    for rule in _PERIODS:
        found = rule.fullmatch(said.strip())
        if found:
            return _period({key: value for key, value in found.groupdict().items() if value}, today)
    return None


def _period(said: dict[str, str], today: date) -> Period | None:
    if "rd" in said:
        day = today + timedelta(_RELATIVE_DAYS[said["rd"].lower()])
        return Period(day, day)
    if "rm" in said:
        place = today.year * 12 + today.month - 1 + _RELATIVE_MONTHS[said["rm"].lower()]
        return _of_month(place // 12, place % 12 + 1)
    year, has_year = today.year, "y" in said or "ry" in said
    if "y" in said:
        year = int(said["y"])
    elif "ry" in said:
        year += _RELATIVE_YEARS[said["ry"].lower()]
    month = MONTHS[said["mn"].lower().rstrip(".")] if "mn" in said else int(said.get("m", 0))
    if not month:
        return Period(date(year, 1, 1), date(year, 12, 31))
    if not 1 <= month <= _MOST_MONTHS:
        return None
    if "d" not in said:
        return replace(_of_month(year, month), has_year=has_year)
    only = _day(year, month, int(said["d"]))
    return Period(only, only, has_year) if only else None


def _of_month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
