"""Questions about the rows of the sample price list, asked of the chatbot."""

from __future__ import annotations

import pytest

from chatbot import Chatbot
from chatbot.trace import Request

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
        assert "| 2500 |" in source.text[row.start : row.end]
    assert not answer.refused
    assert answer.llm == "calculated"
    assert sample_chatbot.check(answer) == ()


def test_a_figure_over_many_rows_cites_the_passages_that_hold_them(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("재고 합계는?")
    assert answer.text.startswith("price-list.csv: stock 합계 1,568 (행 33개).")
    assert answer.citations == [1, 2, 3, 4, 5, 6, 7, 8]


def test_conditions_are_said(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("How many notebooks are there?")
    assert answer.text.startswith("price-list.csv has 5 rows. Only rows with category: Notebooks.")


def test_a_person_who_wants_it_looked_up_gets_that(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("Which is the cheapest product?", request=Request(decided_by="person"))
    assert answer.request.kind == "look_up"
    assert answer.llm != "calculated"


@pytest.mark.parametrize(
    "question", ["How many days a week may I work from home?", "필터는 얼마나 자주 교체해야 하나요?"]
)
def test_a_question_that_no_table_explains_is_looked_up(sample_chatbot: Chatbot, question: str) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.request.kind == "look_up"
    assert not answer.refused
