"""Which table and which rows a follow-up keeps, in a library of more documents than are tried for one question."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import Chatbot
from chatbot.conversations.record import documents_of_turn
from chatbot.trace import Turn
from fakes.table_library import asked_in_turn, chatbot_over

FILES = {
    "자전거_부품 (최종).csv": "상품명,분류,가격(원),재고\n안장,좌석,31000,4\n체인,구동,18000,0\n페달,구동,24000,7\n종,소품,6000,52\n전조등,소품,27000,0\n",
    "toys v2 FINAL.csv": "Item,Maker,Price (USD),In stock\nKite,Windco,$12.00,5\nYo-yo,Spinner,$4.50,0\nPuzzle,Windco,$21.00,8\nRobot,Spinner,$60.00,0\nDrum,Windco,$35.00,3\n",
    "fares 2025.csv": "Day,Unit,Purpose,Amount (EUR)\n2025-01-15,Press,Fair,400.00\n2025-02-03,Labs,Laptop,900.50\n2025-02-20,Press,Leaflet,80.00\n2025-04-08,Labs,Licence,340.00\n",
    **{f"a{place:02}.md": f"# Note {place}\n\nThe hall {place} is swept on day {place}.\n" for place in range(10)},
}  # fmt: skip


@pytest.fixture(scope="module")
def chatbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with chatbot_over(tmp_path_factory.mktemp("many"), FILES) as made:
        yield made


def heads_of(chatbot: Chatbot, *questions: str, documents: bool = True) -> list[str]:
    """The paragraphs of the last answer that say what was computed of a file."""
    answer = asked_in_turn(chatbot, questions, documents=documents)
    return [p for p in answer.text.split("\n\n") if ".csv" in p]


@pytest.mark.parametrize("documents", [True, False])
@pytest.mark.parametrize(
    ("questions", "head"),
    [
        (("자전거 부품 중 가장 싼 건?", "그럼 가장 비싼 건?"), "자전거_부품 (최종).csv: 가장 높은 가격 31,000원 (행 5개 가운데)."),
        (("자전거 부품 중 가장 싼 건?", "두 번째로 비싼 건?", "평균 가격은?"), "자전거_부품 (최종).csv: 가격 평균 21,200원 (행 5개)."),
        (("자전거 부품 중 가장 싼 건?", "재고가 없는 건?"), "자전거_부품 (최종).csv: 행 2개. 조건: 재고 = 0."),
        (("자전거 부품 중 가장 비싼 건?", "두 번째는?", "그럼 세 번째는?"), "자전거_부품 (최종).csv: 세 번째로 높은 가격 24,000원 (행 5개 가운데)."),
        (("What is the cheapest of the toys?", "and the second one?"), "The second lowest Price in toys v2 FINAL.csv is $12 (among 5 rows)."),
        (("2만원 이상인 자전거 부품은?", "몇 개야?", "그중 가장 싼 건?"), "자전거_부품 (최종).csv: 가장 낮은 가격 24,000원 (행 3개 가운데). 조건: 가격 >= 20,000원."),
    ],
)  # fmt: skip
def test_a_follow_up_stays_with_its_table_and_its_rows_also_where_only_the_words_of_an_answer_are_known(
    chatbot: Chatbot, questions: tuple[str, ...], head: str, documents: bool
) -> None:
    assert heads_of(chatbot, *questions, documents=documents) == [head]


@pytest.mark.parametrize("documents", [True, False])
def test_a_follow_up_of_two_tables_is_computed_of_both(chatbot: Chatbot, documents: bool) -> None:
    heads = heads_of(
        chatbot, "What is out of stock?", "and the most expensive of those?", documents=documents
    )
    assert sorted(heads) == [
        "The highest Price in toys v2 FINAL.csv is $60 (among 2 rows). Only rows with In stock = 0.",
        "The highest 가격 in 자전거_부품 (최종).csv is 27,000원 (among 2 rows). Only rows with 재고 = 0.",
    ]
    heads = heads_of(chatbot, "What is out of stock?", "품절된 상품이 뭐야?", documents=documents)
    assert sorted(head.split(":")[0] for head in heads) == ["toys v2 FINAL.csv", "자전거_부품 (최종).csv"]


@pytest.mark.parametrize(
    ("questions", "head"),
    [
        (("List all toys", "only those from Windco"), "toys v2 FINAL.csv: 3 rows. Only rows with Maker: Windco."),
        (("List all toys", "only those from Windco", "which is the cheapest of them?"), "The lowest Price in toys v2 FINAL.csv is $12 (among 3 rows). Only rows with Maker: Windco."),
        (("List all toys", "only those from Windco", "how much would all of them cost?"), "The sum of Price in toys v2 FINAL.csv is $68 (over 3 rows). Only rows with Maker: Windco."),
        (("List all toys", "just Windco", "only Spinner"), "toys v2 FINAL.csv: 2 rows. Only rows with Maker: Spinner."),
        (("which toys cost less than $30?", "which of those are from Windco?"), "toys v2 FINAL.csv: 2 rows. Only rows with Maker: Windco, Price < $30."),
        (("total amount of the fares", "only for Labs"), "The sum of Amount in fares 2025.csv is 1,240.50 EUR (over 2 rows). Only rows with Unit: Labs."),
        (("total amount of the fares", "Press only"), "The sum of Amount in fares 2025.csv is 480 EUR (over 2 rows). Only rows with Unit: Press."),
        (("자전거 부품 모두 나열해줘", "구동만 보여줘"), "자전거_부품 (최종).csv: 행 2개. 조건: 분류: 구동."),
        (("자전거 부품 모두 나열해줘", "소품만", "다 사면 얼마야?"), "자전거_부품 (최종).csv: 가격 합계 33,000원 (행 2개). 조건: 분류: 소품."),
        (("2만원 이상인 자전거 부품은?", "그중 재고가 없는 건?"), "자전거_부품 (최종).csv: 행 1개. 조건: 가격 >= 20,000원, 재고 = 0."),
        (("List all toys", "the Spinner ones", "show me only those in stock"), "toys v2 FINAL.csv: 0 rows. Only rows with Maker: Spinner, In stock > 0."),
        (("which toys cost more than $10?", "only those under $30", "only those under $20"), "toys v2 FINAL.csv: 1 row. Only rows with Price > $10, Price < $20."),
        (("total amount of the fares", "only in February 2025"), "The sum of Amount in fares 2025.csv is 980.50 EUR (over 2 rows). Only rows with Day >= 2025-02-01, Day <= 2025-02-28."),
        (("소품 자전거 부품은 몇 개야?", "그것들의 평균 가격은?"), "자전거_부품 (최종).csv: 가격 평균 16,500원 (행 2개). 조건: 분류: 소품."),
        (("total amount of the fares", "in February?"), "The sum of Amount in fares 2025.csv is 980.50 EUR (over 2 rows). Only rows with Day >= 2025-02-01, Day <= 2025-02-28."),
        (("What is the total amount for Labs in fares 2025.csv?", "in February 2025?"), "fares 2025.csv: 1 row. Only rows with Unit: Labs, Day >= 2025-02-01, Day <= 2025-02-28."),
        (("자전거 부품 모두 나열해줘", "좌석만 보여줘"), "자전거_부품 (최종).csv: 행 1개. 조건: 분류: 좌석."),
        (("2만원 이상인 자전거 부품은?", "몇 개이에요?"), "자전거_부품 (최종).csv: 행 3개. 조건: 가격 >= 20,000원."),
        (("toys out of stock?", "자전거 부품은?"), "자전거_부품 (최종).csv: 행 2개. 조건: 재고 = 0."),
        (("자전거 부품 중 가장 싼 건?", "toys?"), "The lowest Price in toys v2 FINAL.csv is $4.50 (among 5 rows)."),
    ],
)  # fmt: skip
def test_a_follow_up_chooses_among_the_rows_before_it_or_names_another_table(
    chatbot: Chatbot, questions: tuple[str, ...], head: str
) -> None:
    assert heads_of(chatbot, *questions) == [head]


@pytest.mark.parametrize("question", ["only those from Norway", "그중 노르웨이 제품만", "who made those?"])
def test_rows_that_are_not_there_are_no_figure(chatbot: Chatbot, question: str) -> None:
    first = chatbot.ask("List all toys")
    again = chatbot.ask(question, [Turn(first.question, first.text, documents_of_turn(first))])
    assert again.request.kind != "table"


@pytest.mark.parametrize("documents", [True, False])
def test_of_rows_that_nobody_knows_nothing_is_computed(chatbot: Chatbot, documents: bool) -> None:
    for questions in (
        ("List all toys", "only those from Windco and Spinner", "what is the cheapest of them?"),
        ("When is the hall 3 swept?", "그중 가장 싼 건?"),
    ):
        assert heads_of(chatbot, *questions, documents=documents) == []


@pytest.mark.parametrize("documents", [True, False])
@pytest.mark.parametrize(
    "questions",
    [("On which day is hall 4 swept?", "And in 2025?"), ("On which day is hall 4 swept?", "How many were there in 2025?")],
)  # fmt: skip
def test_days_alone_after_an_answer_of_no_table_are_not_of_the_rows_of_some_other_file(
    chatbot: Chatbot, questions: tuple[str, ...], documents: bool
) -> None:
    assert heads_of(chatbot, *questions, documents=documents) == []
