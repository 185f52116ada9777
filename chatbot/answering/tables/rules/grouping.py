"""The column by which a question wants its figure told apart, and whether only the best of the groups is asked for.

"total sales by branch", "부서별 평균 연봉"            -> the column, for each of its cells
"sales by month", "which month had the most sales?"   -> a column of days, for each month of it
"which team has the highest average age?"             -> the same, and the group with the highest figure
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

from chatbot.answering.tables.rules.columns import is_year, says
from chatbot.answering.tables.rules.operation import HIGHEST, LOWEST, ROWS, Wanted
from chatbot.answering.tables.typed_table import MONTH, Column, Table
from chatbot.text.plurals import without_plural

Unit = Literal["", "day", "month", "quarter", "year"]
MOST_GROUPS = 30  # that are told
_BY = re.compile(
    r"\b(?:(?:grouped |broken down )?by|per|(?:(?:for|in|of|from) )?(?:each|every))\s+(?:the )?(?P<english>[a-z_]+)"
    r"|(?<![가-힣])(?:각\s?)?(?P<korean>[가-힣]{1,10}?)\s?(?:별|마다)(?:로|의)?(?:은|는|도)?(?=\s|[?.!,]|$)"
    r"|(?<![가-힣])각(?:각의)?\s(?P<each>[가-힣]{1,10}?)(?:의|에|에서|은|는)?(?=\s|[?.!,]|$)",
    re.IGNORECASE,
)
_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("day", "days", "날", "날짜", "일자"), "day"), **dict.fromkeys(("month", "months", "월", "달"), "month"), **dict.fromkeys(("quarter", "quarters", "분기"), "quarter"),
    **dict.fromkeys(("year", "years", "연도", "년도", "년", "해"), "year"),
}  # fmt: skip
_NAMES_UNIT = {
    "day": re.compile(r"(?!)"),  # a column of days is the one that is meant
    "month": re.compile(r"^월$|월별|연월|\bmonths?\b", re.IGNORECASE),
    "quarter": re.compile(r"분기|\bquarters?\b", re.IGNORECASE),
    "year": re.compile(r"연도|년도|^해$|\byears?\b", re.IGNORECASE),
}
# what is asked for: "which month had", and the last word of "매출이 가장 많은 달은?"
_WHICH = re.compile(
    r"\b(?:which|what) (?P<english>[a-z]+)(?= (?:has|had|have|is|was|with|sold|saw|got|made)\b)"
    r"|(?:어느|어떤|무슨)\s(?P<asked>[가-힣]{1,10}?)(?:이|가|에|은|는)?(?=\s)|(?<=\s)(?P<korean>[가-힣]{1,10}?)(?:은|는|이|가)?(?:\s?(?:언제|어디|뭐|무엇|어느)\S*)?[?.!\s]*$",
    re.IGNORECASE,
)
# what may be added up over the days of a month: a price, a share, a temperature or a stock may not
_ADDS_UP = re.compile(
    r"매출|금액|(?:주문|판매|거래|방문|방문자|승객|관객|이용|이용자|조회|생산|입고|출고|사용|예약|문의|반품|수)(?:수량|건수|수|량|액)(?![가-힣])|건수|비용|지출|수입|수익|이익"
    r"|\b(?:sales|revenue|amount|total|units|qty|quantity|orders|visits|visitors|passengers|guests|downloads|clicks|views|expenses?|spending|income|profit|cost)\b",
    re.IGNORECASE,
)
_IS_A_SHARE = re.compile(
    r"단가|평균|[율률](?![가-힣])|비율|누적|\b(?:price|average|avg|mean|rate|cumulative|per)\b|%",
    re.IGNORECASE,
)
_IS_HELD = re.compile(
    r"재고|잔액|인원|직원수|회원수|\b(?:stock|inventory|balance|employees|headcount|staff|members)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grouping:
    """How a figure is told apart.

    Attributes:
        column: whose cells, or days, make the groups.
        unit: of days, which of them belong together.
        best: whether the group with the lowest, or the highest, figure is asked for.
        is_implied: whether nothing says what is computed of each group: what adds up is added, or the rows are counted.
    """

    column: int
    unit: Unit = ""
    best: Literal["", "min", "max"] = ""
    is_implied: bool = False


def grouped_by(wanted: Wanted, table: Table) -> tuple[Wanted, Grouping | None]:
    """``wanted`` without the words that say so, and how; ``None`` where they say none, or nothing."""
    if wanted.operation in ROWS:
        return wanted, None
    for found in _BY.finditer(wanted.rest):
        word = next(said for said in found.groups() if said).lower()
        meant = _column_of(word, wanted, table)
        if meant is not None:
            rest = f"{wanted.rest[: found.start()]} {wanted.rest[found.end() :]}"
            return replace(wanted, rest=rest), meant
    return _best_group(wanted, table)


def adds_up(column: Column, over_days: bool = True) -> bool:
    """Whether the figures of a column may be added up, also over days: what is held on one day is no more on the next."""
    name = f"{column.name} {column.unit}".replace("_", " ")
    may_be_held = not over_days and _IS_HELD.search(name) and not _IS_A_SHARE.search(name)
    return bool(may_be_held) or (
        bool(_ADDS_UP.search(name)) and not (_IS_A_SHARE.search(name) or _IS_HELD.search(name))
    )


def has_days(table: Table) -> bool:
    """Whether its rows may be of one thing on several days."""
    return any(column.kind == "date" or says(column, "month") for column in table.columns)


def _best_group(wanted: Wanted, table: Table) -> tuple[Wanted, Grouping | None]:
    """ "Which branch has the highest total?", "주문이 가장 많은 달은?"."""
    asked = next((found for found in _WHICH.finditer(wanted.rest)), None)
    if asked is None or wanted.limit or wanted.rank > 1:
        return wanted, None
    word = next(said for said in asked.groups() if said).lower()
    meant = _column_of(word, replace(wanted, operation="sum"), table)
    if meant is None:
        return wanted, None
    rest = f"{wanted.rest[: asked.start()]} {wanted.rest[asked.end() :]}"
    if wanted.operation in ("min", "max"):
        if wanted.measure or not (meant.unit or _is_shared(table.columns[meant.column])):
            return wanted, None
        best: Literal["min", "max"] = "max" if wanted.operation == "max" else "min"
        return replace(wanted, operation="sum", rest=rest, subject=""), replace(
            meant, best=best, is_implied=True
        )
    highest, lowest = HIGHEST.search(rest), LOWEST.search(rest)
    if bool(highest) == bool(lowest):
        return wanted, None
    rest = (HIGHEST if highest else LOWEST).sub(" ", rest)
    return replace(wanted, rest=rest), replace(meant, best="max" if highest else "min")


def _column_of(word: str, wanted: Wanted, table: Table) -> Grouping | None:
    texts = [i for i, column in enumerate(table.columns) if _tells_apart(column, wanted)]
    meant = [i for i in texts if table.columns[i].kind == "text" and says(table.columns[i], word)]
    # "성별" is the name of a column itself
    named = [i for i in texts if table.columns[i].name.lower() in (word, f"{word}별")] or meant
    if len(named) == 1:
        return Grouping(named[0])
    unit = _UNITS.get(word)
    days = [i for i, column in enumerate(table.columns) if column.kind == "date"]
    if any(
        _NAMES_UNIT[unit].search(column.name) for column in table.columns if unit and column.kind != "date"
    ):
        return None  # its months stand in a column of their own
    if unit and not named and len(days) == 1 and not _is_one_each(table.columns[days[0]], unit):
        return Grouping(days[0], unit)
    return None


def _is_one_each(column: Column, unit: Unit) -> bool:
    """Whether each row is of another day, or of another month and no day of it: then a row is what is asked for."""
    is_of_rows = unit == "day" or (unit == "month" and column.unit == MONTH)
    return is_of_rows and not _is_shared(column)


def _is_shared(column: Column) -> bool:
    return len(set(column.values)) < len(column.values)


def _tells_apart(column: Column, wanted: Wanted) -> bool:
    """Words do, and figures of which rows share some, as years; the highest "by salary" is in the order of salaries."""
    return column.kind == "text" or (
        column.kind == "number" and _is_shared(column) and wanted.operation not in ("min", "max")
    )


def key_of(column: Column, row: int, cell: str, unit: Unit) -> str:
    """The group of a row: its cell, or the month of its day, "2025-03"; empty where the cell is, or holds no day."""
    value = column.values[row]
    if not unit:
        return cell.strip()
    if not isinstance(value, date):
        return ""
    if unit == "day":
        return value.isoformat()
    if unit == "month":
        return value.isoformat()[:7]
    return str(value.year) if unit == "year" else f"{value.year} Q{(value.month + 2) // 3}"


def has_gaps(days: Sequence[date], unit: Unit) -> bool:
    """Whether a month between the first and the last of ``days`` has none of them: it, and no other, has the fewest."""
    places = sorted({day.year * 12 + day.month - 1 for day in days})
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit, 0)
    return bool(months) and any(b // months - a // months > 1 for a, b in pairwise(places))


def other_best(wanted: Wanted, words: Sequence[str], table: Table, last: Grouping | None) -> Grouping | None:
    """After groups were told, another one of them: "and the lowest?", "가장 적은 달은?"; ``None`` for what is no group."""
    if last is None or wanted.operation not in ("min", "max") or wanted.measure or wanted.limit:
        return None
    says_more = wanted.rank > 1 or wanted.bounds or wanted.dates
    column = table.columns[last.column]
    if says_more or not all(
        says(column, word) or (last.unit and _UNITS.get(word) == last.unit) for word in words
    ):
        return None
    return replace(last, best="max" if wanted.operation == "max" else "min")


def others_said(group: Grouping, table: Table, words: Sequence[str]) -> bool | None:
    """Whether the things of another column, which ``words`` name too, have several rows each; ``None`` where none is named.

    Of figures no best group is asked for: "how many staff has the branch with the highest sales?".
    """
    own = table.columns[group.column]
    others = [
        column
        for column in table.columns
        if column.kind == "text"
        and column is not own
        and any(says(column, w) and not says(own, w) for w in words)
    ]
    is_figure = own.kind == "number" and not is_year(own)
    return any(map(_is_shared, others)) if others or is_figure else None


def explained_by(group: Grouping, table: Table, words: Sequence[str]) -> set[str]:
    """The words that say the column of days itself: the orders of "which month had the most orders?" are its rows."""
    if not group.unit:
        return set()
    column = table.columns[group.column]
    return {word for word in words if says(column, word) or without_plural(word) in _UNITS}
