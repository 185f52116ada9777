"""Rows of tables are found and quoted by what stands in them: the second look, taught on prose, sees little in cells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import Chatbot
from fakes.table_library import asked_in_turn, chatbot_over

FILES = {
    "timetable.md": """# Harbour club: autumn timetable

| Day | Time | Course | Teacher | Room |
| --- | --- | --- | --- | --- |
| Monday | 17:30-18:30 | Salsa beginners | Ines Carvalho | Hall A |
| Monday | 19:00-20:30 | Spanish A2 | Rosa Vidal | Room 2 |
| Tuesday | 18:00-19:30 | Italian A1 | Giulia Moretti | Room 1 |
| Thursday | 18:30-20:00 | French B1 | Claire Petit | Room 1 |

## Fees

A language course costs 140 euros a term, a dance course 95 euros.
""",
    "tariffs.md": """# Lumo Mobile tariffs

## Plans

| Plan | Monthly price | Data | Minimum term |
| --- | --- | --- | --- |
| Starter | €8.99 | 5 GB | 1 month |
| Family | €29.99 | 60 GB | 24 months |

## Cancelling

A plan can be cancelled with one month's notice. Cancelling the Family plan early costs €60.
""",
    "체험학습.md": """# 가을 체험학습 안내

참가비는 10월 12일에 스쿨뱅킹으로 출금됩니다.

| 반 | 담임 | 인원 | 버스 |
| --- | --- | --- | --- |
| 1반 | 김현주 | 24명 | 1호차 |
| 3반 | 박서진 | 24명 | 2호차 |
""",
    "minutes.md": """# Allotment association: minutes

The pump at the north gate leaks. The committee agreed to buy a new one before April.

## Action items

- Samir: order the new pump by 20 March
- Beth: write to the Kowalski family about plot 18
- Samir: ask the council about the hedge
""",
    "상품.csv": "상품번호,상품명,가격(원)\n1001,얼그레이 티백,8900\n1003,드립백 세트,15800\n",
    "orders.csv": "Order,Customer,Product,Amount\n1001,Alder Ltd,Office chair,796.00\n1003,Birk GmbH,Desk,1180.00\n",
}


@pytest.fixture(scope="module")
def chatbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    with chatbot_over(tmp_path_factory.mktemp("rows"), FILES) as made:
        yield made


@pytest.mark.parametrize(
    ("question", "said", "not_said"),
    [
        ("Who teaches Italian?", "Giulia Moretti", "Rosa Vidal"),
        ("How much does the family plan cost?", "€29.99", "€8.99"),
        ("3반 담임은 누구야?", "박서진", "김현주"),
        ("상품번호 1003은 뭐야?", "드립백 세트", "Birk"),
        ("Show me order 1003", "Birk GmbH", "드립백"),
    ],
)
def test_the_row_that_is_asked_for_is_quoted_first(
    chatbot: Chatbot, question: str, said: str, not_said: str
) -> None:
    answer = chatbot.ask(question)
    assert said in answer.text.split("\n\n")[0]
    assert not_said not in answer.text


def test_a_row_that_is_not_there_is_refused(chatbot: Chatbot) -> None:
    assert chatbot.ask("Who teaches German?").refused


def test_a_follow_up_is_of_another_row(chatbot: Chatbot) -> None:
    answer = asked_in_turn(chatbot, ["Who teaches Italian?", "and Spanish?"], documents=True)
    assert "Rosa Vidal" in answer.text
    assert "Moretti" not in answer.text


def test_what_somebody_has_to_do_stands_behind_their_name(chatbot: Chatbot) -> None:
    answer = chatbot.ask("What does Samir have to do?")
    assert "order the new pump" in answer.text
    assert "ask the council" in answer.text
    assert "Kowalski" not in answer.text
    follow_up = asked_in_turn(chatbot, ["What does Samir have to do?", "and Beth?"], documents=True)
    assert "Kowalski" in follow_up.text
    assert "Samir" not in follow_up.text
