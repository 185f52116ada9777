"""A follow-up that names one row of the table before it, and rows whose cells are empty, zero or a figure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import Chatbot
from fakes.table_library import asked_in_turn, chatbot_over

FILES = {
    "garden tools.csv": "Tool,Group,Price (USD),Stock\nSpade,digging,24.00,4\nHoe,digging,18.50,0\nShears,cutting,31.00,\nPruning saw,cutting,27.00,12\nFork,digging,22.00,3\n",
    "문구 목록.csv": "품목,종류,가격(원),재고\n만년필,필기구,32000,\n연필,필기구,900,0\n수첩,종이,4500,12\n편지지,종이,3000,7\n",
    "orders log.csv": "Order,Customer,Amount (USD)\nN1,Acme,500\nN2,Bolt,300\nN3,Bolt,350\n",
    "notes.md": "# Notes\n\nThe shears are sharpened in March. Guests leave the fork at the door.\n\n# 알림\n\n수첩은 창고 뒤에 둡니다. 점심은 열두 시에 시작합니다.\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def chatbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with chatbot_over(tmp_path_factory.mktemp("named"), FILES) as made:
        yield made


def told(chatbot: Chatbot, *questions: str, documents: bool = True) -> list[str]:
    """The paragraphs of the last answer, without numbers of sources."""
    answer = asked_in_turn(chatbot, questions, documents=documents)
    return answer.text.replace(" [1]", "").split("\n\n")


SAW = "Tool: Pruning saw · Group: cutting · Price (USD): 27.00 · Stock: 12"
SHEARS = "Tool: Shears · Group: cutting · Price (USD): 31.00"
NO_STOCK_OF_SHEARS = "In the row “Shears” nothing is written under Stock. An empty cell does not mean zero."
PEN = "품목: 만년필 · 종류: 필기구 · 가격(원): 32000"
BOOK = "품목: 수첩 · 종류: 종이 · 가격(원): 4500 · 재고: 12"


@pytest.mark.parametrize("documents", [True, False])
@pytest.mark.parametrize(
    ("questions", "paragraphs"),
    [
        (("list all garden tools", "what about the pruning saw?"), ["garden tools.csv: 1 row. Only rows with Tool: Pruning saw.", SAW]),
        (("which garden tools cost less than $25?", "and the saw?", "how much is it?"), ["garden tools.csv: 1 row. Only rows with “saw” in them.", SAW]),
        (("list everything in garden tools.csv", "Shears?", "and its stock?"), ["garden tools.csv: 1 row. Only rows with Tool: Shears.", SHEARS, NO_STOCK_OF_SHEARS]),
        (("total price of the garden tools?", "how about the shears?"), ["garden tools.csv: 1 row. Only rows with Tool: Shears.", SHEARS]),
        (("total price of the garden tools?", "and the digging ones?", "what about Shears?"), ["garden tools.csv: 1 row. Only rows with Tool: Shears.", SHEARS]),
        (("total amount in orders log.csv?", "and Acme?"), ["orders log.csv: 1 row. Only rows with Customer: Acme.", "Order: N1 · Customer: Acme · Amount (USD): 500"]),
        (("문구 목록 모두 보여줘", "수첩은?"), ["문구 목록.csv: 행 1개. 조건: 품목: 수첩.", BOOK]),
        (("문구 목록에서 5000원 이하인 건?", "그럼 만년필은?"), ["문구 목록.csv: 행 1개. 조건: 품목: 만년필.", PEN]),
        (("문구 목록에서 가장 비싼 품목은?", "수첩은?", "재고는?"), ["문구 목록.csv: 행 1개. 조건: 품목: 수첩.", BOOK]),
    ],
)  # fmt: skip
def test_a_row_that_is_named_after_a_table_is_told_from_that_table_whatever_the_rows_before_it(
    chatbot: Chatbot, questions: tuple[str, ...], paragraphs: list[str], documents: bool
) -> None:
    assert told(chatbot, *questions, documents=documents) == paragraphs


@pytest.mark.parametrize(
    ("questions", "head"),
    [
        (("which garden tools cost less than $25?", "what about the shears?", "and the cheapest of those?"), "The lowest Price in garden tools.csv is 18.50 USD (among 3 rows). Only rows with Price < 25 USD."),
        (("문구 목록에서 5000원 이하인 건?", "만년필은?", "그중 가장 비싼 건?"), "문구 목록.csv: 가장 높은 가격 4,500원 (행 3개 가운데). 조건: 가격 <= 5,000원."),
        (("list all garden tools", "what about the shears?", "and the cutting ones?"), "garden tools.csv: 2 rows. Only rows with Group: cutting."),
    ],
)  # fmt: skip
def test_the_rows_before_one_that_was_named_are_still_those_that_are_spoken_of(
    chatbot: Chatbot, questions: tuple[str, ...], head: str
) -> None:
    assert told(chatbot, *questions)[0] == head


@pytest.mark.parametrize(
    "questions",
    [("문구 목록 모두 보여줘", "점심은?"), ("list all garden tools", "what about guests?"), ("list all garden tools", "and the door?")],
)  # fmt: skip
def test_what_is_no_row_of_the_table_is_looked_up(chatbot: Chatbot, questions: tuple[str, ...]) -> None:
    assert asked_in_turn(chatbot, questions, documents=True).request.kind == "look_up"


@pytest.mark.parametrize(
    ("question", "paragraphs"),
    [
        ("Are the shears in stock?", ["garden tools.csv: whether Shears is in stock is not known, because its Stock is empty. An empty cell does not mean zero.", SHEARS]),
        ("Is the hoe in stock?", ["garden tools.csv: Hoe is not in stock (Stock: 0).", "Tool: Hoe · Group: digging · Price (USD): 18.50 · Stock: 0"]),
        ("Is the pruning saw out of stock?", ["garden tools.csv: Pruning saw is in stock (Stock: 12).", SAW]),
        ("How many shears are in stock?", ["garden tools.csv: 1 row. Only rows with Tool: Shears.", SHEARS, NO_STOCK_OF_SHEARS]),
        ("만년필 재고 있어?", ["문구 목록.csv: 만년필의 재고 칸이 비어 있어 재고가 있는지 알 수 없습니다. 빈칸은 0이라는 뜻이 아닙니다.", PEN]),
        ("연필 재고가 있나요?", ["문구 목록.csv: 연필의 재고가 없습니다 (재고 0).", "품목: 연필 · 종류: 필기구 · 가격(원): 900 · 재고: 0"]),
        ("수첩 재고 없나요?", ["문구 목록.csv: 수첩의 재고가 있습니다 (재고 12).", BOOK]),
        ("수첩 재고 몇 개야?", ["문구 목록.csv: 행 1개. 조건: 품목: 수첩.", BOOK]),
    ],
)  # fmt: skip
def test_whether_a_thing_is_in_stock_is_said_and_an_empty_cell_is_no_zero(
    chatbot: Chatbot, question: str, paragraphs: list[str]
) -> None:
    asked = question if "가" <= question[0] <= "힣" else f"{question[:-1]} in garden tools.csv?"
    assert told(chatbot, asked) == paragraphs


@pytest.mark.parametrize(
    ("question", "said"),
    [("What is the stock of the shears?", NO_STOCK_OF_SHEARS), ("만년필 재고는?", "“만년필” 행의 재고 칸에는 아무것도 적혀 있지 않습니다. 빈칸은 0이라는 뜻이 아닙니다.")],
)  # fmt: skip
def test_a_quoted_row_says_that_the_cell_which_is_asked_for_is_empty(
    chatbot: Chatbot, question: str, said: str
) -> None:
    answer = chatbot.ask(question)
    assert answer.request.kind == "look_up"
    assert answer.text.endswith(f"\n\n{said}")
