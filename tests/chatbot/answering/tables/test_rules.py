"""What rules read of a question and compute of one table: dates, units, places in an order, follow-ups."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chatbot.answering.tables.rules.compute import Result, compute
from chatbot.answering.tables.rules.filters import Unclear
from chatbot.answering.tables.rules.follow_up import going_on
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.rules.plan import Plan, plan
from chatbot.answering.tables.typed_table import Table, tables_of

TODAY = date(2026, 11, 29)
ORDERS = """\
| client | kind | due | fee (thousand USD) | state |
| --- | --- | --- | --- | --- |
| Alder | print | March 3, 2026 | 12 | open |
| Birch | web | April 1, 2026 | 40.5 | open |
| Cedar | print | April 20, 2026 | 7 | sold out |
| Dogwood | web | 5 June 2026 | 30 | open |
"""
HOUSES = """\
| 단지 | 지역 | 매매가 | 준공 | 잔여(세대) |
| --- | --- | --- | --- | --- |
| 솔마을 | 수원 | 3억 8000만원 | 2019.3.2 | 4 |
| 물빛 | 용인 | 5억 2000만원 | 2021. 11. 30 | 0 |
| 강변 | 수원 | 4억 | 2020년 5월 1일 | 2 |
"""


def table_of(text: str) -> Table:
    (table,) = tables_of(text)
    return table


def planned(question: str, text: str) -> Plan | Unclear | None:
    asked = wanted(question, TODAY)
    return plan(asked, table_of(text), ["orders.csv"]) if asked else None


def computed(question: str, text: str) -> Result | None:
    found = planned(question, text)
    return compute(table_of(text), found) if isinstance(found, Plan) else None


@pytest.mark.parametrize(
    ("question", "text", "rows"),
    [
        ("which clients are due after 2026-04-01?", ORDERS, (2, 3)), ("which clients are due on or after April 1, 2026?", ORDERS, (1, 2, 3)),
        ("clients due before April", ORDERS, (0,)), ("clients due by April 20", ORDERS, (0, 1, 2)), ("clients due in April 2026?", ORDERS, (1, 2)),
        ("clients due between March and April 2026", ORDERS, (0, 1, 2)), ("올해 5월 이후 마감인 것은?", ORDERS, (3,)), ("4월 1일까지 마감인 것은?", ORDERS, (0, 1)),
        ("which clients are overdue?", ORDERS.replace("5 June 2026", "5 June 2027"), (0, 1, 2)), ("마감이 지난 것은?", ORDERS.replace("5 June 2026", "5 June 2027"), (0, 1, 2)),
        ("clients due within the next 6 months", ORDERS.replace("5 June 2026", "24 May 2027"), (3,)), ("앞으로 30일 안에 마감인 것은?", ORDERS.replace("5 June 2026", "2026-12-05"), (3,)),
        ("최근 8개월에 마감된 것은?", ORDERS, (1, 2, 3)), ("2020년 이후 준공된 단지는?", HOUSES, (1, 2)), ("2020년 5월 1일 이전 준공 단지는?", HOUSES, (0, 2)), ("2020년 5월 1일 전에 준공된 단지는?", HOUSES, (0,)),
        ("2019년 1월부터 2020년 12월까지 준공된 단지는?", HOUSES, (0, 2)), ("준공이 가장 이른 단지는?", HOUSES, (0,)), ("가장 최근에 준공된 단지는?", HOUSES, (1,)),
    ],
)  # fmt: skip
def test_days_are_compared_with_dates(question: str, text: str, rows: tuple[int, ...]) -> None:
    result = computed(question, text)
    assert result is not None
    assert result.rows == rows


@pytest.mark.parametrize(
    ("question", "text", "rows"),
    [
        ("the second highest fee", ORDERS, (3,)), ("두 번째로 싼 단지는?", HOUSES, (2,)), ("매매가 상위 2개 단지", HOUSES, (1, 2)), ("top 2 clients by fee", ORDERS, (1, 3)),
        ("bottom two clients by fee", ORDERS, (2, 0)), ("4억원 이하 단지는?", HOUSES, (0, 2)), ("3억 9천만원 초과 단지", HOUSES, (1, 2)), ("clients with a fee over 30,000 dollars", ORDERS, (1,)),
        ("clients with a fee of at least 0.03 million dollars", ORDERS, (1, 3)), ("which clients are sold out?", ORDERS, (2,)), ("가장 싼 단지는?", HOUSES, (0,)),
        ("sort the clients by due date, latest first", ORDERS, (3, 2, 1, 0)), ("준공이 늦은 순으로 단지를 보여줘", HOUSES, (1, 2, 0)),
    ],
)  # fmt: skip
def test_rows_are_found_in_the_words_of_a_person(question: str, text: str, rows: tuple[int, ...]) -> None:
    result = computed(question, text)
    assert result is not None
    assert result.rows == rows


@pytest.mark.parametrize(
    ("question", "text", "figure"),
    [
        ("the median fee", ORDERS, "21000"), ("매매가 중앙값은?", HOUSES, "400000000"), ("total fee", ORDERS, "89500"), ("총 잔여는?", HOUSES, "6"),
        ("잔여는 총 몇 개야?", HOUSES, "6"), ("매매가 평균", HOUSES, "433333333.33"),
    ],
)  # fmt: skip
def test_figures_are_in_the_unit_that_the_table_states(question: str, text: str, figure: str) -> None:
    result = computed(question, text)
    assert result is not None
    assert result.figures == (Decimal(figure),)


@pytest.mark.parametrize("figure", ["30", "30 thousand", "30,000 dollars"])
def test_a_figure_without_a_unit_is_one_of_the_table_unless_its_size_is_said(figure: str) -> None:
    result = computed(f"clients with a fee over {figure}", ORDERS)
    assert result is not None
    assert result.rows == (1,)


@pytest.mark.parametrize(
    ("question", "text", "reason"),
    [
        ("3월 이후 준공된 단지는?", HOUSES, "which_year"),
        ("clients due after 2026-04-01", ORDERS.replace("| state |", "| due too |").replace("open", "2026-05-05").replace("sold out", "2026-05-06"), "which_date"),
        ("clients due after 2026-03-01", ORDERS.replace("March 3, 2026", "03/04/2026").replace("April 1, 2026", "01/04/2026").replace("April 20, 2026", "02/04/2026").replace("5 June 2026", "05/06/2026"), "days"),
        ("400만 달러 이하 매매가", HOUSES, "currency"),
        ("clients due after 2026-03-15", ORDERS.replace("March 3, 2026", "2026-03").replace("April 1, 2026", "2026-04").replace("April 20, 2026", "2026-04").replace("5 June 2026", "2026-06"), "whole"),
        ("orders.csv total", ORDERS.replace("| kind |", "| pages |").replace("print", "10").replace("web", "3"), "which_column"),
    ],
)  # fmt: skip
def test_what_is_not_clear_is_said_and_not_guessed(question: str, text: str, reason: str) -> None:
    found = planned(question, text)
    assert isinstance(found, Unclear)
    assert found.reason == reason


def test_days_that_some_would_take_for_meant_are_counted() -> None:
    result = computed("4월 이전 마감인 것은?", ORDERS)
    assert result is not None
    assert (result.rows, result.left_out) == ((0,), 2)


def test_a_month_that_is_a_name_or_a_cell_stays_a_word() -> None:
    text = "| Month | Sales | Closed |\n| --- | --- | --- |\n| January | 5 | 2026-02-03 |\n| January | 7 | 2026-02-04 |\n| March | 9 | 2026-04-01 |\n"
    result = computed("total Sales in January", text)
    assert result is not None
    assert result.figures == (Decimal(12),)


def test_a_name_of_several_words_is_not_its_neighbour() -> None:
    text = "(단위: 천원)\n\n| 부서 | 1분기 | 2분기 | 인원 |\n| --- | --- | --- | --- |\n| 영업 | 5,200 | 6,100 | 12 |\n| 개발 | 1,300 | 900 | 20 |\n"
    result = computed("2분기 합계는?", text)
    assert result is not None
    assert result.figures == (Decimal(7_000_000),)
    people = computed("인원 합계는?", text)
    assert people is not None
    assert people.figures == (Decimal(32),)


def test_cells_in_words_are_not_multiplied_once_more() -> None:
    text = "| 단지 | 가격(만원) |\n| --- | --- |\n| a | 3억 |\n| b | 2억 5000만 |\n"
    assert isinstance(planned("2억원 이상 단지는?", text), Unclear)
    both = "| 단지 | 가격(만원) |\n| --- | --- |\n| a | 30000만원 |\n| b | 25000만원 |\n"
    result = computed("가격 합계", both)
    assert result is not None
    assert result.figures == (Decimal(550_000_000),)


def test_years_are_no_figures_with_a_comma_and_days_may_be_held_against_them() -> None:
    text = "| 회사 | 설립연도 |\n| --- | --- |\n| a | 1998 |\n| b | 2011 |\n| c | 2020 |\n"
    result = computed("2011년 이후 설립된 회사는?", text)
    assert result is not None
    assert result.rows == (1, 2)


def went_on(text: str, *questions: str) -> Result | None:
    """What the last of ``questions`` gives, each after the one before it."""
    table, last = table_of(text), None
    for question in questions:
        asked = wanted(question, TODAY)
        wants, before = (going_on(question, asked, last) or (asked, None)) if last else (asked, None)
        found = plan(wants, table, ["orders.csv"], before) if wants else None
        last = found if isinstance(found, Plan) else None
    return compute(table, last) if last else None


@pytest.mark.parametrize(
    ("text", "questions", "rows"),
    [
        (ORDERS, ("highest fee?", "and the lowest?"), (2,)), (ORDERS, ("which clients are due in April 2026?", "how many are there?"), (1, 2)),
        (ORDERS, ("which print clients are there in total, how many?", "and web?"), (1, 3)), (ORDERS, ("clients due before April 2026", "and after April?"), (3,)),
        (HOUSES, ("4억원 이하 단지는?", "그중 가장 비싼 것은?"), (2,)), (HOUSES, ("수원에서 가장 싼 단지는?", "가장 비싼 것은?"), (2,)),
        (HOUSES, ("수원에서 가장 싼 단지는?", "모든 단지 중 가장 비싼 것은?"), (1,)), (HOUSES, ("매매가 합계는?", "그럼 수원은?"), (0, 2)),
        (HOUSES, ("2020년 이후 준공된 단지는?", "그럼 2020년 이전은?"), (0,)), (HOUSES, ("4억원 이하 단지는?", "그럼 용인은?"), ()),
        (ORDERS, ("how many clients are due after April 1, 2026?", "and print?"), (2,)), (ORDERS.replace("open", "ok").replace("| web | April 1, 2026 | 40.5 | ok", "| web | April 1, 2026 | 40.5 | sold out"), ("which are sold out?", "and web?"), (1,)),
    ],
)  # fmt: skip
def test_a_follow_up_keeps_the_column_and_the_rows_that_it_does_not_name(
    text: str, questions: tuple[str, ...], rows: tuple[int, ...]
) -> None:
    result = went_on(text, *questions)
    assert result is not None
    assert result.rows == rows


def test_a_follow_up_keeps_the_column_over_a_count() -> None:
    result = went_on(ORDERS, "lowest fee?", "how many are there?", "and the median?")
    assert result is not None
    assert result.figures == (Decimal(21000),)


@pytest.mark.parametrize(
    "question", ["Cedar는 얼마야?", "who approves it?", "그럼 언제 볼 수 있어?", "and when is Alder due?"]
)
def test_a_follow_up_that_asks_for_a_cell_is_looked_up(question: str) -> None:
    assert went_on(ORDERS, "lowest fee?", question) is None


@pytest.mark.parametrize(
    "question", ["1" * 3000, "2026-04-01 " * 250, "1,000원 " * 400, "가장 " * 1000, "$ " * 1500]
)
def test_a_long_question_is_read_at_once(question: str) -> None:
    """It took 49 s, each figure tried from each of its digits."""
    wanted(question, TODAY)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("가장 매매가가 높은 단지는?", (1,)), ("제일 매매가가 비싼 곳은?", (1,)), ("두 번째로 매매가가 낮은 단지는?", (2,)), ("수원에 있는 단지 중 가장 비싼 곳은?", (2,)),
        ("the cheapest two?", (0, 2)), ("latest two?", (1, 2)),
    ],
)  # fmt: skip
def test_where_the_superlative_stands_is_free(question: str, rows: tuple[int, ...]) -> None:
    result = computed(question, HOUSES)
    assert result is not None
    assert result.rows == rows


def test_the_heading_of_a_table_explains_a_word_and_counts_nothing() -> None:
    text = f"# 분양 현황\n\n{HOUSES}"
    assert computed("분양 단지 중 가장 비싼 곳은?", text) is not None
    assert computed("분양은 몇 개야?", text) is None


def test_a_rent_is_a_price_and_another_price_is_no_rent() -> None:
    rents = "| flat | rent |\n| --- | --- |\n| a | 500 |\n| b | 700 |\n"
    cheapest = computed("cheapest flat", rents)
    assert cheapest is not None
    assert cheapest.rows == (0,)
    assert computed("average rent", rents.replace("rent", "price")) is None


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("total price of the brownies", "Brownie"),
        ("total price of boxes", "Box"),
        ("the lowest price of evening classes", "Evening class"),
        ("total price of the pastries", "Pastry"),
    ],
)
def test_rows_are_named_in_the_plural_too(question: str, row: str) -> None:
    text = "| item | price |\n| --- | --- |\n| Brownie | 5 |\n| Box | 7 |\n| Evening class | 40 |\n| Pastry | 6 |\n"
    found = planned(question, text)
    assert isinstance(found, Plan)
    assert [held.equals for held in found.rows] == [row]
