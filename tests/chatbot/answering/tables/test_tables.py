"""Tables of a stored text: their columns, what a question wants of them, and what is computed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chatbot.answering.tables.rules.compute import Result, compute
from chatbot.answering.tables.rules.operation import Wanted, wanted
from chatbot.answering.tables.rules.plan import Plan, plan
from chatbot.answering.tables.typed_table import Table, tables_of

SALES = """\
Sales of 2025, by month.

| Month | Region | Sales | Returns | Closed on |
| --- | --- | --- | --- | --- |
| January | North | $1,200.10 | 3 | 2025-02-03 |
| January | South | $900.20 | - | 2025-02-01 |
| February | North | $(150.00) | 12 | 2025-03-02 |
| February | South | pending | 4 | 2025-03-05 |
| March | North | $2,000.00 | 5 | 2025-04-01 |
| Total | | $3,950.30 | 24 | |

Read on below.
"""


@pytest.fixture(scope="module")
def sales() -> Table:
    (table,) = tables_of(SALES)
    return table


def test_years_beside_an_empty_corner_are_names() -> None:
    (table,) = tables_of("| | 2019 | 2018 |\n| --- | --- | --- |\n| Sales | 12.5 | 10 |\n| Costs | 7 | 8 |\n")
    assert [(column.name, column.kind) for column in table.columns] == [
        ("", "text"),
        ("2019", "number"),
        ("2018", "number"),
    ]


def test_a_sum_or_an_average_is_of_several_rows(sales: Table) -> None:
    assert computed("total Sales of March", sales) is None
    assert computed("average Sales in January", sales) == Result((Decimal("1050.15"),), (0, 1), 2)


def computed(question: str, table: Table) -> Result | None:
    asked = wanted(question)
    found = plan(asked, table, ["sales.md"]) if asked else None
    return compute(table, found) if isinstance(found, Plan) else None


def test_columns_are_numbers_dates_or_words_and_totals_are_no_rows(sales: Table) -> None:
    assert [(column.name, column.kind, column.unit, column.unread) for column in sales.columns] == [
        ("Month", "text", "", 0), ("Region", "text", "", 0), ("Sales", "number", "$", 1), ("Returns", "number", "", 0), ("Closed on", "date", "", 0)
    ]  # fmt: skip
    assert sales.columns[2].values[2] == Decimal("-150.00")
    assert sales.columns[4].values[0] == date(2025, 2, 3)
    assert (len(sales.cells), sales.totals) == (5, 1)
    assert SALES[slice(*sales.spans[1])] == "| January | South | $900.20 | - | 2025-02-01 |"


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n| --- | --- |\n",  # no row
        "| 1 | 2 |\n| --- | --- |\n| 3 | 4 |\n",  # no names
        "| a |\n| --- |\n| 1 |\n",  # one column
        "| a | b |\n| --- | --- |\n| 1 | 2 | 3 |\n| 1 | 2 |\n",  # what stands in which column is not known
        "no table",
    ],
)
def test_what_is_no_table_with_a_header_is_left_alone(text: str) -> None:
    assert tables_of(text) == []


def test_a_column_of_two_currencies_is_not_compared() -> None:
    (table,) = tables_of("| name | price |\n| --- | --- |\n| a | $5 |\n| b | 7 € |\n")
    assert table.columns[1].kind == "text"
    assert computed("Which is the cheapest?", table) is None


@pytest.mark.parametrize(
    ("question", "operation", "measure", "limit"),
    [
        ("Which is the cheapest product?", "min", "price", 0), ("가장 싼 제품은?", "min", "price", 0), ("What are the three most expensive items?", "max", "price", 3),
        ("가장 비싼 제품 두 개", "max", "price", 2), ("the newest entry", "max", "date", 0), ("가장 오래된 항목", "min", "date", 0), ("average sales", "average", "", 0),
        ("매출 합계는?", "sum", "", 0), ("how many items cost less than 5?", "count", "", 0), ("제품이 몇 개야?", "count", "", 0),
    ],
)  # fmt: skip
def test_words_say_what_is_wanted(question: str, operation: str, measure: str, limit: int) -> None:
    asked = wanted(question)
    assert asked is not None
    assert (asked.operation, asked.measure, asked.limit) == (operation, measure, limit)


@pytest.mark.parametrize(
    "question", ["What is a cross-encoder?", "재택근무는 어떻게 신청하나요?", "Who approves travel?"]
)
def test_other_questions_want_nothing_of_a_table(question: str) -> None:
    assert wanted(question) is None


@pytest.mark.parametrize(
    ("question", "comparison", "value", "unit"),
    [
        ("items under 5,000 won, how many?", "<", "5000", "won"), ("how many items cost at least $3.50", ">=", "3.50", "$"), ("만 원 이하 제품은 몇 개?", "<=", "10000", "원"),
        ("3천원 이상인 제품은 몇 개?", ">=", "3000", "원"), ("재고가 10개 미만인 제품은 몇 개?", "<", "10", "개"), ("how many items are cheaper than 7 euros", "<", "7", "euros"),
    ],
)  # fmt: skip
def test_bounds_are_read_with_their_units(question: str, comparison: str, value: str, unit: str) -> None:
    asked = wanted(question)
    assert isinstance(asked, Wanted)
    (bound,) = asked.bounds
    assert (bound.comparison, bound.value, bound.unit) == (comparison, Decimal(value), unit)


def test_figures_are_exact_and_say_what_was_left_out(sales: Table) -> None:
    assert computed("What is the total of sales?", sales) == Result((Decimal("3950.30"),), (0, 1, 2, 4), 4, 1)
    assert computed("average returns", sales) == Result((Decimal(6),), (0, 2, 3, 4), 4, 1)
    by_month = computed("Which month had the lowest sales?", sales)  # of both regions
    assert by_month is not None
    assert [(group.cell, *group.figures) for group in by_month.groups] == [
        ("January", Decimal("2100.30")), ("February", Decimal("-150.00")), ("March", Decimal("2000.00")),
    ]  # fmt: skip
    assert computed("the lowest sales", sales) == Result((Decimal("-150.00"),), (2,), 5, 1)
    assert computed("highest sales in the South", sales) == Result((Decimal("900.20"),), (1,), 2, 1)
    assert computed("the latest closed on date", sales) == Result((date(2025, 4, 1),), (4,), 5, 0)
    assert computed("매출이 가장 높은 달은?", sales) is None  # "달" stands in no row and names no column


def test_the_two_highest_are_in_order_and_those_level_with_the_last_are_there() -> None:
    (table,) = tables_of(
        "| name | score |\n| --- | --- |\n| a | 5 |\n| b | 9 |\n| c | 7 |\n| d | 7 |\n| e | 1 |\n"
    )
    assert computed("top 2 highest score", table) == Result((Decimal(9),), (1, 2, 3), 5, 0)
    assert computed("lowest score", table) == Result((Decimal(1),), (4,), 5, 0)


@pytest.mark.parametrize(
    "question",
    [
        "cheapest flight to Paris", "How many days a week may I work from home?", "total returns in the West", "What is the highest mountain in Korea?",
        "How many sick days?", "lowest", "average", "How many returns in January?",
    ],
)  # fmt: skip
def test_nothing_is_computed_where_a_word_is_not_explained(question: str, sales: Table) -> None:
    assert computed(question, sales) is None


def test_prices_in_two_currencies_count_as_one_where_they_agree() -> None:
    agree = "| name | price_krw | price_usd |\n| --- | --- | --- |\n| a | 1000 | 0.8 |\n| b | 2000 | 1.6 |\n"
    (table,) = tables_of(agree)
    assert computed("cheapest?", table) == Result((Decimal(1000), Decimal("0.8")), (0,), 2, 0)
    (other,) = tables_of(agree.replace("1.6", "0.7"))
    assert computed("cheapest?", other) is None
    assert computed("cheapest in dollars?", other) == Result((Decimal("0.7"),), (1,), 2, 0)


@pytest.mark.parametrize(
    ("header", "question", "rows"),
    [
        ("product | price_usd", "3천원 이하인 상품은?", None),
        ("product | price_usd", "Which products cost less than 3000 won?", None),
        ("product | price_usd", "Which products cost less than 30 dollars?", 1),
        ("상품 | 가격(원)", "Which products cost less than 30 dollars?", None),
        ("상품 | 가격(원)", "30원 이하인 상품은?", 1),
        ("상품 | 가격(만원)", "20만원 이하인 상품은?", 1),
        ("상품 | 매출액 (단위: 백만 원)", "매출액이 2천만원 이하인 상품은?", 1),
        ("product | price", "Which products cost less than 30 dollars?", 1),
    ],
)
def test_an_amount_is_compared_with_figures_of_its_own_currency_and_scale(
    header: str, question: str, rows: int | None
) -> None:
    (table,) = tables_of(f"| {header} |\n| --- | --- |\n| 펜 A | 12 |\n| 펜 B | 45 |\n")
    result = computed(question, table)
    assert (result and len(result.rows)) == rows


def test_an_average_says_of_how_many_figures_it_is() -> None:
    (table,) = tables_of(
        "| Fund | Return |\n| --- | --- |\n| A | 4 |\n| B | 6 |\n| C | n/k |\n| D | 8 |\n| E | 2 |\n"
    )
    result = computed("What is the average return of the funds?", table) or computed(
        "What is the average return?", table
    )
    assert result is not None
    assert (result.figures, result.among, result.unread) == ((Decimal(5),), 4, 1)
