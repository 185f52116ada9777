"""Dates of cells and days of questions."""

from __future__ import annotations

from datetime import date

import pytest

from chatbot.text.figures.dates import dates_of, months_of, period_of

TODAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    "cell",
    ["2026-04-01", "2026. 4. 1.", "2026.4.1", "2026/04/01", "2026년 4월 1일", "April 1, 2026", "Apr 1st 2026", "1 April 2026", "2026-04-01 09:30",
     "2026.04.01(수)"],
)  # fmt: skip
def test_a_day_is_written_in_many_ways(cell: str) -> None:
    assert dates_of([cell]) == [date(2026, 4, 1)]


def test_which_comes_first_of_day_and_month_another_cell_must_tell() -> None:
    assert dates_of(["03/04/2026"]) == [None]
    assert dates_of(["03/04/2026", "25/04/2026"]) == [date(2026, 4, 3), date(2026, 4, 25)]
    assert dates_of(["03/04/2026", "04/25/2026"]) == [date(2026, 3, 4), date(2026, 4, 25)]
    assert dates_of(["2026-13-01", "soon", ""]) == [None, None, None]


def test_months_are_read_too() -> None:
    assert months_of(["2026-03", "2026년 4월", "May 2026", "2026"]) == [
        date(2026, 3, 1),
        date(2026, 4, 1),
        date(2026, 5, 1),
        None,
    ]


@pytest.mark.parametrize(
    ("said", "first", "last", "has_year"),
    [
        ("2026년 4월", "2026-04-01", "2026-04-30", True), ("올해 2월", "2026-02-01", "2026-02-28", True), ("march", "2026-03-01", "2026-03-31", False),
        ("5월 3일", "2026-05-03", "2026-05-03", False), ("next year", "2027-01-01", "2027-12-31", True), ("지난달", "2026-10-01", "2026-10-31", True),
        ("1st of May 2025", "2025-05-01", "2025-05-01", True), ("tomorrow", "2026-11-30", "2026-11-30", True), ("2025", "2025-01-01", "2025-12-31", True),
    ],
)  # fmt: skip
def test_a_question_names_days(said: str, first: str, last: str, has_year: bool) -> None:
    period = period_of(said, TODAY)
    assert period is not None
    assert (period.first.isoformat(), period.last.isoformat(), period.has_year) == (first, last, has_year)


def test_a_day_that_there_is_not_is_none() -> None:
    assert period_of("4월 31일", TODAY) is None
    assert period_of("14월", TODAY) is None


def test_a_month_goes_into_another_year() -> None:
    february = period_of("2월", date(2024, 5, 1))
    assert february is not None
    assert february.in_year(2023).last == date(2023, 2, 28)
