"""Which column a question, or a follow-up, has computed: the one that it names, and none in its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chatbot.answering.tables.rules.compute import Result, compute, names_one_row
from chatbot.answering.tables.rules.filters import Unclear
from chatbot.answering.tables.rules.follow_up import going_on, is_an_answer
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.rules.plan import Plan, plan
from chatbot.answering.tables.typed_table import Table, tables_of

BRANCHES = """\
| branch | sales (USD) | refunds (USD) | guests |
| --- | --- | --- | --- |
| Elm | 900 | n/a | 31 |
| Oak | 700 | none yet | 58 |
| Fir | 1,300 | (40) | 12 |
| Yew | 450 | waived | 77 |
| Ash | 610 | 25 | 20 |
"""
PARCELS = """\
| 품목 | 정가(원) | 설치비(원) | 무게(kg) |
| --- | --- | --- | --- |
| 책상 | 91000 | 무료 | 22 |
| 의자 | 47000 | 5,000 | 9 |
| 선반 | 38000 | 별도 | 31 |
"""
TOOLS = """\
| tool | price | stock |
| --- | --- | --- |
| saw | $30 | 4 |
| axe | $55 | 2 |
| drill | $99 | 9 |
"""


def table_of(text: str) -> Table:
    (table,) = tables_of(text)
    return table


def asked_of(text: str, *questions: str) -> Plan | Unclear | None:
    """How the last of ``questions`` is computed, each after the one before it."""
    table, last, found = table_of(text), None, None
    for question in questions:
        asked = wanted(question)
        wants, before = (going_on(question, asked, last) or (asked, None)) if last else (asked, None)
        found = plan(wants, table, ["numbers.csv"], before) if wants else None
        last = found if isinstance(found, Plan) else last
    return found


def computed(text: str, *questions: str) -> Result | None:
    found = asked_of(text, *questions)
    return compute(table_of(text), found) if isinstance(found, Plan) else None


@pytest.mark.parametrize(
    ("text", "questions", "reason"),
    [
        (BRANCHES, ("total sales?", "total refunds?"), "no_figures"), (BRANCHES, ("highest sales?", "which branch has the lowest refunds?"), "no_figures"),
        (BRANCHES, ("average refunds?",), "no_figures"), (PARCELS, ("정가 평균은?", "설치비 평균은?"), "no_figures"), (PARCELS, ("설치비가 가장 비싼 품목은?",), "no_figures"),
        (PARCELS, ("정가가 가장 비싼 품목은?", "설치비 합계는?"), "no_figures"), (TOOLS, ("cheapest tool?", "heaviest?"), "weight"), (TOOLS, ("가장 싼 것은?", "가장 무거운 것은?"), "weight"),
        (TOOLS, ("가장 싼 것은?", "그럼 가장 긴 것은?"), "length"), (BRANCHES, ("highest sales?", "lowest cost?"), "which_column"),
    ],
)  # fmt: skip
def test_no_other_column_is_computed_in_place_of_the_one_that_is_named(
    text: str, questions: tuple[str, ...], reason: str
) -> None:
    found = asked_of(text, *questions)
    assert isinstance(found, Unclear)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("text", "questions", "figure"),
    [
        (BRANCHES, ("total sales?", "and the average?"), "792"), (BRANCHES, ("highest sales?", "which branch has the lowest?"), "450"), (TOOLS, ("cheapest tool?", "and the highest cost?"), "99"),
        (PARCELS, ("정가 합계는?", "그럼 평균은?"), "58666.67"), (PARCELS, ("정가 합계는?", "가장 무거운 품목은?"), "31"), (PARCELS, ("heaviest?", "lightest?"), "9"),
        (PARCELS, ("무게가 가장 비싼 품목은?",), "31"),
    ],
)  # fmt: skip
def test_a_follow_up_keeps_the_column_that_it_does_not_name(
    text: str, questions: tuple[str, ...], figure: str
) -> None:
    result = computed(text, *questions)
    assert result is not None
    assert result.figures == (Decimal(figure),)


@pytest.mark.parametrize(
    ("name", "cells", "values"),
    [
        ("영업이익", ("△85", "64", "(22)", "31"), (-85, 64, -22, 31)), ("profit", ("▲1,200", "900", "\u22125"), (-1200, 900, -5)), ("증감", ("△3", "7", "12"), (-3, 7, 12)),
        ("이익", ("△1억 2천만", "3억"), (-120_000_000, 300_000_000)), ("sales", ("1,500", "2,300", "(1)", "940", "870", "455"), (1500, 2300, None, 940, 870, 455)),
        ("손실", ("(4)", "(12)", "350"), (-4, -12, 350)),
    ],
)  # fmt: skip
def test_accounts_write_what_is_below_zero_with_a_triangle_or_in_brackets(
    name: str, cells: tuple[str, ...], values: tuple[int | None, ...]
) -> None:
    rows = "".join(f"| row {place} | {cell} |\n" for place, cell in enumerate(cells))
    column = table_of(f"| 항목 | {name} |\n| --- | --- |\n{rows}").columns[1]
    assert (column.kind, column.values) == ("number", values)


@pytest.mark.parametrize(
    ("name", "cells"),
    [("이익", ("▲85", "▼64", "31")), ("전월 대비", ("▲85", "▲64", "31")), ("이익", ("▲85", "▲64"))],
)
def test_a_triangle_that_may_say_up_is_no_minus(name: str, cells: tuple[str, ...]) -> None:
    rows = "".join(f"| row {place} | {cell} |\n" for place, cell in enumerate(cells))
    assert table_of(f"| 항목 | {name} |\n| --- | --- |\n{rows}").columns[1].kind == "text"


ACCOUNTS = """\
| 지점 | 매출(만원) | 비용(만원) | 직원수 |
| --- | --- | --- | --- |
| 판교 | 52000 | 31000 | 12 |
| 일산 | 38000 | | 9 |
| 분당 | 29000 | 33000 | 7 |
"""
STAFF = """\
| 이름 | 부서 | 연봉(만원) | 입사일 |
| --- | --- | --- | --- |
| 채린 | 기획 | 4,900 | 2021-03-02 |
| 도진 | 회계 | 6,100 | 2016-09-01 |
| 유나 | 기획 | 3,700 | 2023-01-09 |
"""
LOANS = """\
| 도서명 | 반납일 | 벌금 |
| --- | --- | --- |
| 파란 문 | 2026-03-04 | 700 |
| 긴 겨울 | 2026-03-19 | 0 |
| 작은 배 | 2026-02-11 | 1500 |
"""


def test_what_was_spent_is_no_price_of_a_product() -> None:
    assert asked_of(ACCOUNTS, "가장 싼 상품은?") is None
    assert asked_of(ACCOUNTS, "모든 상품의 가격 합계는?") is None
    assert asked_of("| branch | revenue | cost |\n| --- | --- | --- |\n| a | 5 | 3 |\n| b | 7 | 4 |\n", "cheapest product?") is None  # fmt: skip
    named = computed(ACCOUNTS, "비용이 가장 적은 지점은?")
    assert named is not None
    assert (named.rows, named.empty) == ((0,), 1)
    assert computed("| item | cost |\n| --- | --- |\n| a | 5 |\n| b | 7 |\n", "the cheapest item") is not None


@pytest.mark.parametrize(
    ("text", "question", "rows"),
    [
        (STAFF, "연봉이 가장 높은 사람은?", (1,)), (STAFF, "가장 먼저 입사한 직원은?", (1,)), (STAFF.replace("이름", "Name").replace("연봉(만원)", "Salary"), "which person has the lowest salary?", (2,)), (STAFF, "연봉이 4천만원 이상인 사람은?", (0, 1)),
        (LOANS, "벌금이 가장 많은 책은?", (2,)), (LOANS, "반납일이 가장 늦은 책은?", (1,)), (LOANS.replace("도서명", "호실").replace("벌금", "월세"), "월세가 가장 싼 방은?", (1,)),
        ("| 월 | 주문수 |\n| --- | --- |\n| 5월 | 20 |\n| 6월 | 35 |\n", "주문수가 가장 많은 달은?", (1,)),
        ("| 호실 | 보증금(만원) | 월세(만원) |\n| --- | --- | --- |\n| 301호 | 700 | 52 |\n| 302호 | 900 | 41 |\n", "월세가 가장 싼 방은?", (1,)),
        ("| 호실 | 보증금(만원) | 월세(만원) |\n| --- | --- | --- |\n| 301호 | 700 | 52 |\n| 302호 | 900 | 41 |\n", "보증금이 가장 비싼 호실은?", (1,)),
        ("| 호실 | 보증금(만원) | 월세(만원) |\n| --- | --- | --- |\n| 301호 | 700 | 52 |\n| 302호 | 900 | 41 |\n", "보증금이 가장 낮은 호실은?", (0,)),
        (STAFF.replace("연봉(만원)", "점수"), "점수가 두 번째로 높은 학생은?", (0,)),
        ("| Shop | Sales |\n| --- | --- |\n| East | 20 |\n| West | 35 |\n", "which store has the highest sales?", (1,)),
    ],
)  # fmt: skip
def test_what_a_row_is_called_stops_no_computation(text: str, question: str, rows: tuple[int, ...]) -> None:
    result = computed(text, question)
    assert result is not None
    assert result.rows == rows


@pytest.mark.parametrize(
    "question", ["가격이 가장 비싼 책은?", "가격이 가장 높은 사람은?", "the cheapest book"]
)
def test_a_row_is_not_called_what_no_column_says(question: str) -> None:
    text = "| 상품명 | 가격 |\n| --- | --- |\n| 연필 | 300 |\n| 자 | 900 |\n"
    assert computed(text, question) is None
    assert computed(text.replace("상품명", "이름"), question) is None


def test_a_row_that_is_named_is_shown_where_it_does_not_pass_and_an_empty_cell_is_no_zero() -> None:
    text = "| item | in stock |\n| --- | --- |\n| Spade | 3 |\n| Fork | 0 |\n| Mower | |\n"
    none = computed(text, "Is the Fork in stock?")
    unknown = computed(text, "Is the Mower in stock?")
    assert none is not None
    assert unknown is not None
    assert (none.rows, none.aside, none.empty) == ((), (1,), 0)
    assert (unknown.rows, unknown.aside, unknown.empty) == ((), (2,), 1)
    several = computed(text, "which items are in stock?")
    assert several is not None
    assert (several.rows, several.aside, several.empty) == ((0,), (), 1)


@pytest.mark.parametrize(
    ("first", "then"),
    [("매출이 4억 이상인 지점은?", "분당은?"), ("매출이 4억 이상인 지점은?", "일산 매출은?"), ("매출 4억 이상은 몇 개야?", "그럼 분당은?")],
)  # fmt: skip
def test_another_row_that_is_named_is_looked_up(first: str, then: str) -> None:
    table = table_of(ACCOUNTS)
    found = asked_of(ACCOUNTS, first, then)
    assert isinstance(found, Plan)
    result = compute(table, found)
    assert result is not None
    assert not is_an_answer(found, result.among, names_one_row(table, found))


TEAM = """\
| Name | Department | Salary | Days left |
| --- | --- | --- | --- |
| Vera | Labs | 90 | 4 |
| Otto | Care | 60 | 11 |
| Inga | Labs | 70 | 0 |
| Paul | | 50 | 2 |
| Rosa | Care | | 9 |
"""


@pytest.mark.parametrize(
    ("text", "question", "groups"),
    [
        (TEAM, "total salary by department", (("Labs", "160", 2), ("Care", "60", 1), ("", "50", 1))), (TEAM, "average salary per department?", (("Labs", "80", 2), ("Care", "60", 1), ("", "50", 1))),
        (TEAM, "the highest salary in each department", (("Labs", "90", 2), ("Care", "60", 1), ("", "50", 1))), (TEAM, "how many employees are there per department?", (("Labs", "", 2), ("Care", "", 2), ("", "", 1))),
        (TEAM, "fewest days left by department", (("Labs", "0", 2), ("Care", "9", 2), ("", "2", 1))), (STAFF, "부서별 연봉 합계는?", (("기획", "86000000", 2), ("회계", "61000000", 1))),
        (STAFF, "각 부서의 평균 연봉은?", (("기획", "43000000", 2), ("회계", "61000000", 1))), (STAFF, "부서마다 직원이 몇 명이야?", (("기획", "", 2), ("회계", "", 1))),
        (STAFF, "부서별로 가장 낮은 연봉은?", (("기획", "37000000", 2), ("회계", "61000000", 1))), (ACCOUNTS, "지점별 비용 합계", (("판교", "310000000", 1), ("분당", "330000000", 1))),
    ],
)  # fmt: skip
def test_a_figure_is_told_apart_by_a_column(
    text: str, question: str, groups: tuple[tuple[str, str, int], ...]
) -> None:
    result = computed(text, question)
    assert result is not None
    told = tuple((g.cell, str(g.figures[0]) if g.figures else "", g.count) for g in result.groups)
    assert told == groups


def test_a_follow_up_may_tell_the_figure_before_it_apart() -> None:
    found = asked_of(STAFF, "연봉 평균은?", "부서별로는?")
    assert isinstance(found, Plan)
    result = compute(table_of(STAFF), found)
    assert result is not None
    assert [group.cell for group in result.groups] == ["기획", "회계"]
    assert is_an_answer(found, result.among, names_one_row(table_of(STAFF), found))


@pytest.mark.parametrize(
    "question", ["total salary by manager", "the two highest salaries per department", "second highest salary by department"]
)  # fmt: skip
def test_what_cannot_be_told_apart_is_not_computed_over_all(question: str) -> None:
    assert not isinstance(asked_of(TEAM, question), Plan)


def test_a_column_behind_by_may_say_the_order_or_the_rows() -> None:
    best = computed(TEAM, "top 2 by salary")
    assert best is not None
    assert (best.rows, best.groups) == ((0, 2), ())
    one = computed(TEAM, "total salary by department Labs")
    assert one is not None
    assert (one.figures, one.groups) == ((Decimal(160),), ())


def test_a_column_is_told_apart_over_all_of_its_cells_and_may_be_called_so_itself() -> None:
    found = asked_of(TEAM, "average salary in Labs?", "and by department?")
    assert isinstance(found, Plan)
    result = compute(table_of(TEAM), found)
    assert result is not None
    assert [group.cell for group in result.groups] == ["Labs", "Care", ""]
    people = computed(
        STAFF.replace("부서", "성별").replace("기획", "여").replace("회계", "남"), "성별 평균 연봉은?"
    )
    assert people is not None
    assert [(group.cell, group.count) for group in people.groups] == [("여", 2), ("남", 1)]


def test_shared_figures_tell_rows_apart_and_days_are_a_length() -> None:
    text = "| 과목 | 학년 | 응시자 |\n| --- | --- | --- |\n| 수학 | 1 | 30 |\n| 영어 | 1 | 28 |\n| 과학 | 2 | 31 |\n"
    result = computed(text, "학년별 응시자 합계는?")
    assert result is not None
    assert [(group.cell, group.figures) for group in result.groups] == [("1", (Decimal(58),)), ("2", (Decimal(31),))]  # fmt: skip
    longest = computed("| trip | days | fare |\n| --- | --- | --- |\n| A | 7 | $90 |\n| B | 12 | $65 |\n", "longest trip?")  # fmt: skip
    assert longest is not None
    assert longest.figures == (Decimal(12),)


def test_a_column_of_words_may_be_named_for_one_of_its_cells() -> None:
    text = "| shirt | size | price |\n| --- | --- | --- |\n| plain | 12 | 9 |\n| plain | M | 7 |\n| striped | 12 | 14 |\n| dotted | L | 5 |\n"
    result = computed(text, "average price of size 12")
    assert result is not None
    assert (result.figures, result.rows) == ((Decimal("11.5"),), (0, 2))
    assert isinstance(asked_of(text, "average size"), Unclear)


ORDERS = """\
| Order | Customer | Quantity | Amount |
| --- | --- | --- | --- |
| 1001 | Alder | 4 | 796.00 |
| 1002 | Finch | 10 | 349.00 |
| 1004 | Birk | 2 | 1180.00 |
"""
SHOP = """\
| 상품번호 | 상품명 | 가격(원) |
| --- | --- | --- |
| 20001 | 국화차 | 12500 |
| 20002 | 텀블러 | 24900 |
"""


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (ORDERS, "What is the average order?"), (ORDERS, "What is the largest order?"), (ORDERS.replace("Quantity", "Order date").replace("| 4 |", "| 2026-09-03 |").replace("| 10 |", "| 2026-09-04 |").replace("| 2 |", "| 2026-09-05 |"), "What is the largest order?"), (ORDERS, "the sum of the order numbers"),
        (ORDERS.replace("Order", "Order no."), "average order"), (SHOP, "상품번호의 평균은?"), (SHOP, "상품번호 합계는?"),
    ],
)  # fmt: skip
def test_numbers_that_tell_rows_apart_are_no_figures(text: str, question: str) -> None:
    assert not isinstance(asked_of(text, question), Plan)


@pytest.mark.parametrize(
    ("text", "question", "figure"),
    [
        (ORDERS, "total amount of the orders", "2325"), (ORDERS, "average amount", "775"), (ORDERS, "total quantity", "16"),
        (ORDERS.replace("Order", "Order no."), "the total amount of all orders", "2325"),
        (SHOP, "상품 가격의 평균은?", "18700"),
        (ORDERS.replace("1001", "5").replace("1002", "31").replace("1004", "12"), "the average order", "16"),  # how many
        (ORDERS.replace("Order", "Number of guests"), "average number of guests", "1002.33"),
    ],
)  # fmt: skip
def test_rows_may_be_called_as_their_numbers_are(text: str, question: str, figure: str) -> None:
    found = computed(text, question)
    assert found is not None
    assert [round(float(value), 2) for value in found.figures if value is not None] == [float(figure)]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("List all players in numbers.csv", (0, 1, 2)), ("numbers.csv에 있는 선수 모두 보여줘", (0, 1, 2)),
        ("List all defenders in numbers.csv", (1,)), ("List all injuries in numbers.csv", None),
    ],
)  # fmt: skip
def test_all_rows_of_the_file_that_is_named(question: str, rows: tuple[int, ...] | None) -> None:
    """By what its rows are called; a word that the table does not explain is looked up."""
    team = (
        "| Name | Position |\n| --- | --- |\n| Lind | Keeper |\n| Conti | Defender |\n| Marsh | Forward |\n"
    )
    found = computed(team, question)
    assert (found.rows if found else None) == rows
