"""Questions that several tables fit, and follow-ups after a table was computed, asked of the chatbot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import Chatbot
from chatbot.conversations.record import documents_of_turn
from chatbot.rendering.reasons import answered_as
from chatbot.rendering.words import Say
from chatbot.trace import Request, Turn
from fakes.sql_models import SQLModel
from fakes.table_library import asked_in_turn, chatbot_over

FILES = {
    "bookshop.csv": "품목,분류,가격,재고\n지도,여행,9000,3\n소설,문학,14000,0\n시집,문학,11000,8\n사전,학습,32000,0\n",
    "bakery-list.csv": "item,kind,price_krw,stock\nRye loaf,bread,6500,4\nBaguette,bread,4200,0\nScone,cake,3800,9\nTart,cake,7200,2\n",
    "plan.csv": "작업,담당,마감일,비용(만원)\n설계,서윤,2025-11-20,150\n시공,도현,2026-02-10,900\n검사,하린,2026-03-05,80\n입주,도현,2026-05-01,40\n",
    "spending.md": "# 지출\n\n"
    + "".join(
        f"## {month}월\n\n| 지출 항목 | 지출액(천원) | 지출일 |\n| --- | --- | --- |\n| 임대 | 1,500 | 2026.{month}.5 |\n| 전기 | {month}10 | 2026.{month}.20 |\n\n"
        for month in (1, 2)
    ),
    "rules.md": "# House rules\n\nThe shop opens at nine. Every guest signs the visitors' book before lunch.\n",
}


@pytest.fixture(scope="module")
def chatbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with chatbot_over(tmp_path_factory.mktemp("several"), FILES) as made:
        yield made


def last_of(chatbot: Chatbot, *questions: str, documents: bool = True) -> tuple[Request, list[str]]:
    """The request and the paragraphs of the last of ``questions``, asked one after the other."""
    answer = asked_in_turn(chatbot, questions, documents=documents)
    return answer.request, answer.text.split("\n\n")


def names_of(request: Request) -> list[str]:
    return [uri.rsplit("/", 1)[-1] for uri in request.documents]


@pytest.mark.parametrize(
    ("question", "said", "heads"),
    [
        ("which items are out of stock?", "2 tables fit this question, and each was computed by itself.", {"bookshop.csv: 2 rows.", "bakery-list.csv: 1 row."}),
        ("재고 합계는?", "이 질문에 맞는 표가 2개라서 각각 계산했습니다.", {"bookshop.csv: 재고 합계 11 (행 4개).", "bakery-list.csv: stock 합계 15 (행 4개)."}),
    ],
)  # fmt: skip
def test_each_table_that_fits_is_computed_under_its_name_and_cited(
    chatbot: Chatbot, question: str, said: str, heads: set[str]
) -> None:
    answer = chatbot.ask(question)
    first, *paragraphs = answer.text.split("\n\n")
    assert first == said
    found = {head for head in heads for paragraph in paragraphs if paragraph.startswith(head)}
    assert found == heads
    assert sorted(names_of(answer.request)) == ["bakery-list.csv", "bookshop.csv"]
    assert answer.citations == [source.number for source in answer.sources] == [1, 2]


def test_a_column_in_the_currency_of_the_question_goes_before_one_that_says_none(chatbot: Chatbot) -> None:
    request, paragraphs = last_of(chatbot, "만원 이하 품목은?")
    assert names_of(request) == ["bakery-list.csv"]
    assert paragraphs[0] == "bakery-list.csv: 행 4개. 조건: price_krw <= 10,000."
    assert paragraphs[-1] == "이 질문에 맞는 표가 더 있는 문서: bookshop.csv"
    request, paragraphs = last_of(chatbot, "bookshop.csv에서 만원 이하 품목은?")
    assert paragraphs[0] == "bookshop.csv: 행 1개. 조건: 가격 <= 10,000."
    assert paragraphs[-1] == "가격: 표에 통화가 적혀 있지 않습니다"


@pytest.mark.parametrize("documents", [True, False])
@pytest.mark.parametrize(
    ("questions", "head"),
    [
        (("bookshop.csv에서 가장 싼 품목은?", "가장 비싼 것은?"), "bookshop.csv: 가장 높은 가격 32,000 (행 4개 가운데)."),
        (("bookshop.csv에서 가장 싼 품목은?", "그럼 평균은?"), "bookshop.csv: 가격 평균 16,500 (행 4개)."),
        (("bookshop.csv에서 가장 싼 문학은?", "고마워!", "합계는?"), "bookshop.csv: 가격 합계 25,000 (행 2개). 조건: 분류: 문학."),
        (("what is the cheapest item in bakery-list.csv?", "and the total?"), "The sum of price_krw in bakery-list.csv is 21,700 (over 4 rows)."),
        (("what is the cheapest item in bakery-list.csv?", "how many are there?"), "bakery-list.csv has 4 rows."),
        (("highest stock in bakery-list.csv?", "and the lowest?"), "The lowest stock in bakery-list.csv is 0 (among 4 rows)."),
        (("average price in bakery-list.csv", "what about cake?"), "The average of price_krw in bakery-list.csv is 5,500 (over 2 rows). Only rows with kind: cake."),
        (("total stock of bakery-list.csv", "and in bookshop.csv?"), "The sum of 재고 in bookshop.csv is 11 (over 4 rows)."),
        (("highest stock in bakery-list.csv?", "and the lowest?", "and in bookshop.csv?"), "The lowest 재고 in bookshop.csv is 0 (among 4 rows)."),
        (("bakery-list.csv에서 재고가 없는 품목은?", "bookshop.csv는?"), "bookshop.csv: 행 2개. 조건: 재고 = 0."),
        (("bakery-list.csv에서 가장 싼 것은?", "bookshop.csv에서 가장 비싼 것은?"), "bookshop.csv: 가장 높은 가격 32,000 (행 4개 가운데)."),
        (("bakery-list.csv에서 가장 싼 것은?", "비용이 가장 큰 작업은?"), "plan.csv: 가장 높은 비용 9,000,000원 (행 4개 가운데)."),
    ],
)  # fmt: skip
def test_a_follow_up_stays_with_its_table_unless_it_names_another(
    chatbot: Chatbot, questions: tuple[str, ...], head: str, documents: bool
) -> None:
    _, paragraphs = last_of(chatbot, *questions, documents=documents)
    assert paragraphs[0] == head


@pytest.mark.parametrize(
    ("refused", "kind"), [("Who won the world cup?", "look_up"), ("Does it keep until Sunday?", "table")]
)
def test_a_refused_question_is_what_follows_it_means_unless_it_was_about_the_table_too(
    chatbot: Chatbot, refused: str, kind: str
) -> None:
    cheapest = chatbot.ask("What is the cheapest item in bakery-list.csv?")
    history = [
        Turn(cheapest.question, cheapest.text, documents_of_turn(cheapest)),
        Turn(refused, "The documents do not answer this question."),
    ]
    assert chatbot.ask("And for cakes?", history).request.kind == kind


def test_tables_of_one_document_are_told_apart_by_their_headings_also_in_a_follow_up(
    chatbot: Chatbot,
) -> None:
    heads = [p for p in last_of(chatbot, "지출액 합계는?")[1] if p.startswith("spending.md")]
    assert heads == [
        "spending.md › 1월: 지출액 합계 1,610,000원 (행 2개).",
        "spending.md › 2월: 지출액 합계 1,710,000원 (행 2개).",
    ]
    _, paragraphs = last_of(chatbot, "2026년 1월 지출액 합계는?", "지출일이 가장 늦은 지출 항목은?")
    assert [p for p in paragraphs if p.startswith("spending.md")] == [
        "spending.md › 1월: 가장 늦은 지출일 2026-01-20 (행 2개 가운데).",
        "spending.md › 2월: 가장 늦은 지출일 2026-02-20 (행 2개 가운데).",
    ]
    assert "표에 적힌 단위로 읽었습니다: 천원" in last_of(chatbot, "지출액 합계는?")[1]


def test_a_follow_up_of_another_kind_is_looked_up(chatbot: Chatbot) -> None:
    request, _ = last_of(chatbot, "what is the cheapest item in bakery-list.csv?", "when does the shop open?")
    assert request.kind == "look_up"


@pytest.mark.parametrize(
    ("question", "head"),
    [
        ("2026년 3월 이후 마감인 작업은?", "plan.csv: 행 2개. 조건: 마감일 >= 2026-03-01."),
        ("2026년 3월 이전에 마감인 작업은?", "plan.csv: 행 2개. 조건: 마감일 < 2026-03-01."),
        ("which are due after 2026-02-10?", "plan.csv: 2 rows. Only rows with 마감일 > 2026-02-10."),
        ("비용이 100만원 이상인 작업은?", "plan.csv: 행 2개. 조건: 비용 >= 1,000,000원."),
        ("마감일이 가장 빠른 작업은?", "plan.csv: 가장 이른 마감일 2025-11-20 (행 4개 가운데)."),
    ],
)
def test_days_and_stated_units_are_computed(chatbot: Chatbot, question: str, head: str) -> None:
    request, paragraphs = last_of(chatbot, question)
    assert request.kind == "table"
    assert paragraphs[0] == head


def test_what_is_not_clear_is_said_with_the_rows_and_a_model_may_know_more(chatbot: Chatbot) -> None:
    question = "which are due before March?"
    answer = chatbot.ask(question)
    assert answer.request.topic == "unclear"
    first, *rows = answer.text.split("\n\n")
    assert first.startswith("plan.csv: Nothing was computed, because “March” names no year")
    assert len(rows) == 4
    assert all(row.endswith("[1]") for row in rows)
    assert answered_as(answer.request, answer.second_look, Say("en")) == (
        "The rows of plan.csv; nothing was calculated"
    )
    assert chatbot.ask("what is due in March?").request.topic == "unclear"
    by_model = chatbot.ask(question, writer=SQLModel("NONE"))
    assert by_model.request.kind == "look_up"
    _, paragraphs = last_of(chatbot, "bookshop.csv 합계는?")
    assert paragraphs[0].endswith("열 이름을 넣어 다시 물어보세요: 가격, 재고")


@pytest.mark.parametrize(
    ("questions", "row"),
    [
        (("bookshop.csv에서 가장 싼 품목은?", "재고는?"), "품목: 지도"),
        (("bookshop.csv에서 가장 비싼 품목은?", "그럼 분류는?", "가격은?"), "품목: 사전"),
        (("What is the cheapest item in bakery-list.csv?", "and its stock?"), "item: Scone"),
        (("두 번째로 싼 품목은 bookshop.csv에서 뭐야?", "그럼 재고는?"), "품목: 시집"),
    ],
)
def test_another_cell_of_the_row_that_was_chosen_is_in_that_row(
    chatbot: Chatbot, questions: tuple[str, ...], row: str
) -> None:
    request, (_, *rows) = last_of(chatbot, *questions)
    assert request.kind == "table"
    assert [told.partition(" · ")[0] for told in rows] == [row]


def test_a_column_with_a_figure_of_its_own_is_still_computed(chatbot: Chatbot) -> None:
    _, (head, *_) = last_of(chatbot, "bookshop.csv에서 가장 싼 품목은?", "재고 합계는?")
    assert head.startswith("bookshop.csv: 재고 합계 11")


@pytest.mark.parametrize(
    ("questions", "row"),
    [
        (("비용이 100만원 이상인 작업은?", "시공 비용은?"), "작업: 시공 · 담당: 도현 · 마감일: 2026-02-10 · 비용(만원): 900"),
        (("비용이 100만원 이상인 작업은?", "검사 비용은?"), "작업: 검사 · 담당: 하린 · 마감일: 2026-03-05 · 비용(만원): 80"),
        (("items under 5000 in bakery-list.csv", "how much is the Tart?"), "item: Tart · kind: cake · price_krw: 7200 · stock: 2"),
    ],
)  # fmt: skip
def test_a_row_that_is_named_after_a_list_is_quoted_and_nothing_is_said_of_a_calculation(
    chatbot: Chatbot, questions: tuple[str, ...], row: str
) -> None:
    request, paragraphs = last_of(chatbot, *questions)
    assert request.kind == ("look_up" if "how" in questions[-1] else "table")
    assert any(paragraph.startswith(row) for paragraph in paragraphs)
    assert not any("계산" in paragraph or "calculation" in paragraph for paragraph in paragraphs)
