"""Figures of groups of rows, also by month, the best of the groups, and the row of the first or the last day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import Chatbot
from chatbot.answering.tables.rules.columns import says
from chatbot.answering.tables.rules.grouping import adds_up, has_gaps
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.rules.plan import Plan, plan
from chatbot.answering.tables.typed_table import Column, tables_of
from fakes.table_library import asked_in_turn, chatbot_over

FILES = {
    "클럽 회원.csv": "이름,모임,가입일,회비(원)\n한결,등산,2022-05-03,40000\n소율,독서,2024-11-20,15000\n지안,등산,2019-02-14,60000\n태오,독서,2024-03-08,21000\n",
    "crew.csv": "Name,Crew,Joined,Pay (USD)\nAda Brook,Deck,2021-06-01,3100\nBo Marsh,Engine,2023-09-12,2800\nCy Dale,Deck,2018-01-30,4700\nDi Frost,Galley,2024-04-22,2500\n",
    "판매대장.csv": "판매일,물품,판매량,판매금액(원),단가(원)\n2025-04-02,우산,3,27000,9000\n2025-04-19,장화,1,30000,30000\n2025-05-06,우산,6,54000,9000\n2025-07-11,장화,1,30000,30000\n2025-07-25,우산,2,18000,9000\n",
    "tills.csv": "Sold on,Till,Units\n2024-05-02,One,2\n2024-05-02,Two,4\n2024-06-07,One,5\n",
    "ferry.csv": "Sailed on,Route,Passengers,Fuel cost (EUR),Wind speed\n2024-01-05,North,40,90.00,12\n2024-01-21,South,15,40.00,30\n2024-02-03,North,90,95.00,8\n2024-03-17,South,20,45.00,22\n2024-03-30,South,25,50.00,14\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def chatbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with chatbot_over(tmp_path_factory.mktemp("groups"), FILES) as made:
        yield made


def head_of(chatbot: Chatbot, *questions: str) -> str:
    """The first paragraph of the last answer, without numbers of sources."""
    answer = asked_in_turn(chatbot, questions, documents=True)
    assert answer.request.kind == "table"
    return answer.text.split("\n\n")[0].replace(" [1]", "")


@pytest.mark.parametrize(
    ("questions", "head"),
    [
        (("판매대장에서 판매금액이 가장 큰 달은?",), "판매대장.csv: 판매일의 월별 판매금액 합계 (행 5개). 가장 높은 것은 2025-04: 57,000원 (행 2개)."),
        (("판매대장에서 월별 판매량 합계는?", "가장 많은 달은?"), "판매대장.csv: 판매일의 월별 판매량 합계 (행 5개). 가장 높은 것은 2025-05: 6 (행 1개)."),
        (("판매대장에서 판매가 가장 많은 달은?",), "판매대장.csv: 판매일의 월별 행의 수 (행 5개). 가장 높은 것은 2025-04: 행 2개, 2025-07: 행 2개."),
        (("판매대장에서 판매량 합계가 가장 큰 물품은?",), "판매대장.csv: 물품별 판매량 합계 (행 5개). 가장 높은 것은 우산: 11 (행 3개)."),
        (("클럽 회원에서 평균 회비가 가장 높은 모임은?", "가장 낮은 모임은?"), "클럽 회원.csv: 모임별 회비 평균 (행 4개). 가장 낮은 것은 독서: 18,000원 (행 2개)."),
        (("In ferry.csv, which month had the highest fuel cost?",), "The sum of Fuel cost in ferry.csv by month of Sailed on (over 5 rows). The highest is 2024-01: 130 EUR (2 rows)."),
        (("In ferry.csv, which month had the highest fuel cost?", "and the lowest?"), "The sum of Fuel cost in ferry.csv by month of Sailed on (over 5 rows). The lowest is 2024-02: 95 EUR (1 row), 2024-03: 95 EUR (2 rows)."),
        (("판매대장에서 판매량이 가장 많은 물품은?",), "판매대장.csv: 물품별 판매량 합계 (행 5개). 가장 높은 것은 우산: 11 (행 3개)."),
        (("In ferry.csv, which route had the most passengers?", "and the fewest?"), "The sum of Passengers in ferry.csv by Route (over 5 rows). The lowest is South: 60 (3 rows)."),
        (("In crew.csv, which crew has the most people?",), "The rows of crew.csv by Crew (over 4 rows). The highest is Deck: 2 rows."),
        (("클럽 회원에서 회원이 가장 많은 모임은?",), "클럽 회원.csv: 모임별 행의 수 (행 4개). 가장 높은 것은 등산: 행 2개, 독서: 행 2개."),
        (("In crew.csv, which crew has the highest pay?",), "The highest Pay in crew.csv is 4,700 USD (among 4 rows)."),
        (("In tills.csv, which day had the most units?",), "The sum of Units in tills.csv by day of Sold on (over 3 rows). The highest is 2024-05-02: 6 (2 rows)."),
        (("In ferry.csv, which day had the highest wind speed?",), "The highest Wind speed in ferry.csv is 30 (among 5 rows)."),
        (("total passengers by quarter in ferry.csv",), "The sum of Passengers in ferry.csv by quarter of Sailed on (over 5 rows)."),
        (("In crew.csv which crew has the highest average pay?",), "The average of Pay in crew.csv by Crew (over 4 rows). The highest is Deck: 3,900 USD (2 rows)."),
        (("In crew.csv which crew has the highest average pay?", "which person has the highest pay?"), "The highest Pay in crew.csv is 4,700 USD (among 4 rows)."),
    ],
)  # fmt: skip
def test_the_best_group_is_told_with_the_figure_of_each(
    chatbot: Chatbot, questions: tuple[str, ...], head: str
) -> None:
    assert head_of(chatbot, *questions) == head


def test_no_month_is_the_lowest_where_one_between_them_has_no_rows(chatbot: Chatbot) -> None:
    head = head_of(chatbot, "판매대장에서 판매금액이 가장 적은 달은?")
    assert head == "판매대장.csv: 판매일의 월별 판매금액 합계 (행 5개)."
    (table,) = tables_of("| day | n |\n| --- | --- |\n| 2024-11-03 | 1 |\n| 2025-01-02 | 2 |\n")
    days = [value for value in table.columns[0].values if value is not None and not isinstance(value, str)]
    assert [has_gaps(days, unit) for unit in ("month", "quarter", "year")] == [True, False, False]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "question",
    [
        "In ferry.csv, which month had the highest wind speed?",
        "판매대장에서 단가가 가장 비싼 달은?",
        "Which month was the best in ferry.csv?",
    ],
)
def test_what_does_not_add_up_is_not_added_over_days(chatbot: Chatbot, question: str) -> None:
    assert chatbot.ask(question).request.kind != "table"


@pytest.mark.parametrize(
    "question",
    ["매출이 가장 높은 지점의 지역은?", "매출이 가장 높은 지점의 직원수는?", "매출 합계가 가장 큰 지점의 지역은?", "which 지역 has the 지점 with the highest 매출?"],
)  # fmt: skip
def test_what_is_asked_of_the_best_group_is_no_group_itself(question: str) -> None:
    rows = [
        "강남점 | 서울 | 500 | 12",
        "강남점 | 서울 | 300 | 12",
        "해운대점 | 부산 | 450 | 9",
        "해운대점 | 부산 | 420 | 9",
    ]
    text = "| 지점 | 지역 | 매출 | 직원수 |\n| --- | --- | --- | --- |\n" + "".join(
        f"| {row} |\n" for row in rows
    )
    (table,) = tables_of(text)
    asked = wanted(question)
    assert asked is not None
    found = plan(asked, table, ["branches.csv"])
    assert found is None or (isinstance(found, Plan) and found.by is None)
    if "직원수" not in question:
        assert found is None
    (unique,) = tables_of("\n".join(text.splitlines()[:3] + text.splitlines()[4:5]) + "\n")
    of_rows = plan(asked, unique, ["branches.csv"])
    assert not isinstance(of_rows, Plan) or of_rows.by is None


def test_what_is_held_adds_up_over_things_and_not_over_days_and_a_price_of_one_is_no_amount() -> None:
    column = Column("재고수량", "number", ())
    assert (adds_up(column), adds_up(column, over_days=False)) == (False, True)
    assert not adds_up(Column("재고율", "number", ()), over_days=False)
    assert not says(Column("판매 금액", "number", ()), "단가")
    assert not says(Column("단가", "number", ()), "금액")
    assert says(Column("단가", "number", ()), "가격")


@pytest.mark.parametrize(
    ("name", "is_added"),
    [("Units", True), ("판매금액", True), ("주문수", True), ("Total cost", True), ("재고수량", False), ("평균 매출", False), ("Unit price", False), ("회원수", False), ("방문율", False), ("Sales per day", False)],
)  # fmt: skip
def test_what_adds_up_is_told_by_the_name_of_a_column(name: str, is_added: bool) -> None:
    assert adds_up(Column(name, "number", ())) is is_added


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("클럽 회원에서 가장 최근 가입자는?", "이름: 소율 "), ("클럽 회원 중 누가 제일 먼저 가입했나요?", "이름: 지안 "), ("클럽 회원에서 마지막으로 가입한 사람은 누구야?", "이름: 소율 "), ("클럽 회원에서 처음 가입한 사람은?", "이름: 지안 "),
        ("who joined last?", "Name: Di Frost "), ("Who joined first?", "Name: Cy Dale "),
    ],
)  # fmt: skip
def test_the_row_of_the_first_or_the_last_day_is_told(chatbot: Chatbot, question: str, row: str) -> None:
    answer = chatbot.ask(question)
    assert answer.request.kind == "table"
    assert f"\n\n{row}" in answer.text


@pytest.mark.parametrize(
    ("questions", "head"),
    [
        (("판매대장에서 판매금액 합계는?", "2025년 4월은?"), "판매대장.csv: 판매금액 합계 57,000원 (행 2개). 조건: 판매일 >= 2025-04-01, 판매일 <= 2025-04-30."),
        (("판매대장에서 판매금액 합계는?", "2025년 4월은?", "그럼 7월은?"), "판매대장.csv: 판매금액 합계 48,000원 (행 2개). 조건: 판매일 >= 2025-07-01, 판매일 <= 2025-07-31."),
        (("total passengers in ferry.csv?", "and March?"), "The sum of Passengers in ferry.csv is 45 (over 2 rows). Only rows with Sailed on >= 2024-03-01, Sailed on <= 2024-03-31."),
        (("total passengers in ferry.csv?", "February 2024?"), "ferry.csv: 1 row. Only rows with Sailed on >= 2024-02-01, Sailed on <= 2024-02-29."),
        (("판매대장에서 판매량이 가장 많은 것은?", "7월에는?"), "판매대장.csv: 가장 높은 판매량 2 (행 2개 가운데). 조건: 판매일 >= 2025-07-01, 판매일 <= 2025-07-31."),
    ],
)  # fmt: skip
def test_days_that_are_all_a_follow_up_says_are_those_of_the_figure_before_it(
    chatbot: Chatbot, questions: tuple[str, ...], head: str
) -> None:
    assert head_of(chatbot, *questions) == head
