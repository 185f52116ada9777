"""Questions about the rows of the sample price list, asked of the chatbot."""

from __future__ import annotations

import pytest

from chatbot import Chatbot
from chatbot.trace import Request, Turn

PRICES = "data/price-list.csv"


@pytest.mark.parametrize(
    "question", ["Which is the cheapest product in the price list?", "가격표에서 가장 싼 제품은 무엇인가요?"]
)
def test_the_cheapest_is_computed_and_its_rows_are_cited(sample_chatbot: Chatbot, question: str) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.request == Request("table", "min", (PRICES,))
    assert "2,500" in answer.text.split("\n")[0]
    assert "Gel pen 0.38 mm black" in answer.text
    assert "Gel pen 0.38 mm blue" in answer.text
    assert answer.citations == [source.number for source in answer.sources]
    for source in answer.sources:
        (row, *_) = source.highlights
        assert "| 2500 |" in source.text_of(row)
    assert not answer.refused
    assert answer.llm == "calculated"
    assert sample_chatbot.check(answer) == ()


def test_a_figure_over_many_rows_cites_the_passages_that_hold_them(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("재고 합계는?")
    assert answer.text.startswith("price-list.csv: stock 합계 1,568 (행 30개).")
    assert answer.citations == [1, 2, 3, 4, 5, 6, 7, 8]


def test_conditions_are_said(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("How many notebooks are there?")
    assert answer.text.startswith("price-list.csv has 5 rows. Only rows with category: Notebooks.")


@pytest.mark.parametrize(
    ("question", "head", "first", "last"),
    [
        ("List all products with their price", "price-list.csv: 33 rows.", "PN-101", "CW-803"),
        ("모든 제품과 가격을 알려줘", "price-list.csv: 행 33개.", "PN-101", "CW-803"),
        ("Show me all notebooks with their prices", "price-list.csv: 5 rows. Only rows with category: Notebooks.", "NB-301", "NB-315"),
        ("Which products cost less than 5 dollars?", "price-list.csv: 11 rows. Only rows with price_usd < 5.", "PN-110", "CW-802"),
        ("재고가 10개 이하인 제품을 알려줘", "price-list.csv: 행 4개. 조건: stock <= 10.", "PN-131", "CW-803"),
    ],
)  # fmt: skip
def test_rows_that_are_asked_for_are_all_listed_and_cited(
    sample_chatbot: Chatbot, question: str, head: str, first: str, last: str
) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.request == Request("table", "list", (PRICES,))
    said, *told = answer.text.split("\n\n")
    rows = [paragraph for paragraph in told if paragraph.startswith("sku: ")]  # and not what was left out
    assert said == head
    assert f"sku: {first} " in rows[0]
    assert f"sku: {last} " in rows[-1]
    assert len(rows) == int("".join(filter(str.isdigit, head.split(".csv")[1].split(".")[0])))
    assert all(row.endswith("]") for row in rows)


@pytest.mark.parametrize(
    ("question", "operation", "head", "first", "last"),
    [
        ("sort the coffee beans by price", "ascending", "price-list.csv: 4 rows, lowest price_krw first. Only rows with category: Coffee beans.", "CF-601", "CF-602"),
        ("rank the notebooks by stock", "descending", "price-list.csv: 5 rows, highest stock first. Only rows with category: Notebooks.", "NB-301", "NB-303"),
        ("제품을 재고가 적은 순으로 나열해줘", "ascending", "price-list.csv: 행 30개, stock 낮은 순.", "NB-303", "PN-110"),
        ("가위를 비싼 순으로 보여줘", "descending", "price-list.csv: 행 1개, price_krw 높은 순. 조건: “가위” 포함.", "DT-504", "DT-504"),
        ("재고 많은 순으로 3개만 보여줘", "max", "price-list.csv: 가장 높은 stock 200 (행 33개 가운데).", "PN-110", "PP-402"),
        ("Which products cost between 5 and 7 dollars?", "list", "price-list.csv: 4 rows. Only rows with price_usd >= 5, price_usd <= 7.", "PN-101", "DT-501"),
        ("만원에서 1만 2천원 사이 제품 보여줘", "list", "price-list.csv: 행 3개. 조건: price_krw >= 10,000, price_krw <= 12,000.", "PN-102", "DT-504"),
        ("how many items are sold out?", "count", "price-list.csv has 1 row. Only rows with stock = 0.", "NB-303", "NB-303"),
        ("재고가 0인 제품은?", "list", "price-list.csv: 행 1개. 조건: stock = 0.", "NB-303", "NB-303"),
        ("Which notebooks are in stock?", "list", "price-list.csv: 4 rows. Only rows with category: Notebooks, stock > 0.", "NB-301", "NB-315"),
        ("Paper 카테고리 재고 합계", "sum", "price-list.csv: stock 합계 210 (행 3개). 조건: category: Paper.", "PP-401", "PP-403"),
        ("category가 Ink인 제품의 average price는?", "average", "price-list.csv: price_krw 평균 16,000, price_usd 11.5 (행 2개). 조건: category: Ink.", "IK-201", "IK-202"),
        ("What's the priciest thing you sell?", "max", "The highest price_krw in price-list.csv is 72,000, price_usd 51.70 (among 33 rows).", "CW-803", "CW-803"),
    ],
)  # fmt: skip
def test_rows_come_in_the_order_and_within_the_bounds_that_are_asked_for(
    sample_chatbot: Chatbot, question: str, operation: str, head: str, first: str, last: str
) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.request == Request("table", operation, (PRICES,))
    said, *told = answer.text.split("\n\n")
    rows = [paragraph for paragraph in told if paragraph.startswith("sku: ")]  # and not what was left out
    assert said == head
    assert f"sku: {first} " in rows[0]
    assert f"sku: {last} " in rows[-1]


@pytest.mark.parametrize(
    "question",
    ["What does error 7 of the robot vacuum mean?", "How are candidates sorted by the second look?",
     "How many bags of Ethiopia Guji beans are in stock?", "순서대로 설치 방법 알려줘"],
)  # fmt: skip
def test_words_of_an_order_and_of_a_mean_are_not_always_of_a_table(
    sample_chatbot: Chatbot, question: str
) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.request.kind == "look_up"
    assert "language model" not in answer.text


def test_a_bound_may_have_its_particle(sample_chatbot: Chatbot) -> None:
    assert sample_chatbot.ask("만 원이 넘는 제품은 몇 개야?").text.startswith(
        "price-list.csv: 행 18개. 조건: price_krw > 10,000."
    )


def test_a_person_who_wants_it_looked_up_gets_that(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("Which is the cheapest product?", request=Request(decided_by="person"))
    assert answer.request.kind == "look_up"
    assert answer.llm != "calculated"


@pytest.mark.parametrize(
    "question",
    [
        "How many days a week may I work from home?",
        "필터는 얼마나 자주 교체해야 하나요?",
        "May I carry over more than 5 days of leave?",
    ],
)
def test_a_question_that_no_table_explains_is_looked_up(sample_chatbot: Chatbot, question: str) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.request.kind == "look_up"
    assert not answer.refused


def test_where_no_row_is_quoted_none_is_promised(sample_chatbot: Chatbot) -> None:
    question = "How many days a week may I work from home?"
    answer = sample_chatbot.ask(question, request=sample_chatbot.request_as("table", question))
    assert answer.text.endswith(
        "This seems to ask for a calculation over a table, which rules alone could not make. With a language model it can be computed."
    )


@pytest.mark.parametrize(
    ("questions", "head"),
    [
        (("Which is the cheapest notebook?", "and the second cheapest?"), "The second lowest price_krw in price-list.csv is 12,000, price_usd 8.60 (among 5 rows). Only rows with category: Notebooks."),
        (("3만원 이상 상품은?", "그중 가장 싼 것은?"), "price-list.csv: 가장 낮은 price_krw 48,000, price_usd 34.50 (행 3개 가운데). 조건: price_krw >= 30,000."),
        (("What's the median price of notebooks?", "and of coffee beans?"), "The median of price_krw in price-list.csv is 17,250, price_usd 12.35 (over 4 rows). Only rows with category: Coffee beans."),
        (("What is the average price of inks?", "재고 합계는?"), "price-list.csv: stock 합계 1,568 (행 30개). [1][2][3][4][5][6][7][8]"),
    ],
)  # fmt: skip
def test_a_follow_up_goes_on_with_the_rows_before_it_where_it_names_nothing_of_its_own(
    sample_chatbot: Chatbot, questions: tuple[str, str], head: str
) -> None:
    first = sample_chatbot.ask(questions[0])
    turn = Turn(questions[0], first.text, first.request.documents)
    answer = sample_chatbot.ask(questions[1], [turn])
    assert answer.text.split("\n\n")[0] == head


@pytest.mark.parametrize(
    "question", ["When are the A5 blank notebooks back in stock?", "what about the warranty?", "얼마야?"]
)
def test_a_question_after_a_calculation_that_is_no_calculation_is_looked_up(
    sample_chatbot: Chatbot, question: str
) -> None:
    first = sample_chatbot.ask("가장 비싼 원두는?")
    answer = sample_chatbot.ask(question, [Turn("가장 비싼 원두는?", first.text, (PRICES,))])
    assert answer.request.kind == "look_up"


def test_a_figure_for_each_category_cites_its_rows(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("price-list.csv: total stock by category")
    head, groups, *_ = answer.text.split("\n\n")
    assert head.startswith("The sum of stock in price-list.csv by category (over 30 rows). [1]")
    assert "- Paper: 210 (3 rows)" in groups.split("\n")
    assert answer.sources
