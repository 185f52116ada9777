"""Which field of a form a question names."""

from __future__ import annotations

import pytest

from chatbot.text.fields import named_fields

FORM = """\
Booking Agency

Name: Premier Entertainment Group
Contact: Michael Chen

| 접수번호 | 2024-118 | 담당자 | 김철수 |
| --- | --- | --- | --- |
| 연락처 | 02-123-4567 | 비고 | |

**Cashier**: Emily Rodriguez
기간： 3월 2일부터 5월 1일까지
TOTAL $821.14
The rule is simple and everybody knows it: ask first.
"""


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Who was the cashier?", "**Cashier**: Emily Rodriguez"),
        ("Who is the booking agency?", "Name: Premier Entertainment Group"),
        ("What is the contact's name at the booking agency?", "Name: Premier Entertainment Group"),
        ("담당자가 누구예요?", "| 접수번호 | 2024-118 | 담당자 | 김철수 |"),
        ("접수 번호가 뭐야?", "| 접수번호 | 2024-118 | 담당자 | 김철수 |"),
        ("기간은 언제까지인가요?", "기간： 3월 2일부터 5월 1일까지"),
        ("What was the total?", "TOTAL $821.14"),
        ("How much was the total?", "TOTAL $821.14"),
        ("연락처 알려줘", "| 연락처 | 02-123-4567 | 비고 | |"),
    ],
)
def test_a_field_is_found_by_its_name(question: str, line: str) -> None:
    found = [FORM[start:end] for start, end in named_fields(question, FORM)]
    assert line in found


@pytest.mark.parametrize(
    "question",
    [
        "Who was the cashier of the Harbor hotel?",  # whose hotel is nowhere in the form
        "What is the name of the president?",
        "비고에 적힌 접수자는?",
        "삼성전자의 담당자는 누구야?",
        "What is simple?",
        "Which agency?",  # half of a name is none
        "?",
    ],
)
def test_no_field_is_found_for_what_the_form_does_not_name(question: str) -> None:
    assert named_fields(question, FORM) == []


def test_how_much_asks_for_a_field_with_an_amount() -> None:
    text = "Room: double room, 2 adults\nPrice: 186 euros per night\nDeposit: 50 euros\n"
    assert named_fields("How much is the room per night?", text) == []
    assert [text[a:b] for a, b in named_fields("How much is the deposit?", text)] == ["Deposit: 50 euros"]


TO_DOS = """\
Action items

- Samir: order the new pump by 20 March
- Beth: write to the Kowalski family
- Ruth and Finn: check the fire extinguishers
1. 참가비: 23,000원 (버스비 14,000원)
② 준비물: 도시락, 물
- 김현주, 이도윤: 장소 예약
"""


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("What does Samir have to do?", "- Samir: order the new pump by 20 March"),
        ("What must Finn do?", "- Ruth and Finn: check the fire extinguishers"),
        ("참가비는 얼마야?", "1. 참가비: 23,000원 (버스비 14,000원)"),
        ("준비물이 뭐야?", "② 준비물: 도시락, 물"),
        ("이도윤은 뭘 해야 해?", "- 김현주, 이도윤: 장소 예약"),
    ],
)
def test_an_item_of_a_list_may_be_a_field_of_one_or_of_several_persons(question: str, line: str) -> None:
    assert [TO_DOS[start:end] for start, end in named_fields(question, TO_DOS)] == [line]


def test_a_follow_up_names_its_own_field() -> None:
    def lines(question: str, own: str) -> list[str]:
        return [TO_DOS[start:end] for start, end in named_fields(question, TO_DOS, own)]

    assert lines("What does Samir have to do? and Beth?", "and Beth?") == [
        "- Beth: write to the Kowalski family"
    ]
    assert lines("참가비는 얼마야? 언제 출금돼?", "언제 출금돼?") == []
    assert lines("What does Samir have to do? When?", "When?") == ["- Samir: order the new pump by 20 March"]


def test_names_of_columns_are_no_fields() -> None:
    table = "| 모드 | 소음 | 사용 시간 |\n| --- | --- | --- |\n| 표준 | 60 dB | 120분 |\n"
    assert named_fields("그 모드의 소음은 얼마야?", table) == []


def test_words_without_a_colon_a_bar_or_an_amount_are_no_field() -> None:
    assert named_fields("Who is the cashier?", "Cashier\nEmily Rodriguez") == []


@pytest.mark.parametrize(
    ("question", "line", "is_one"),
    [
        ("Who is the cashier?", "Cashier: Emily", True),
        ("총액은?", "**총액**: 3,000원", True),
        ("합계는?", "합계：3,000", True),
        ("What is the total?", "TOTAL $821.14", True),
        ("합계가 얼마야?", "합계 12,000원", True),
        ("What is the grand total?", "Grand total 9.50", True),
        ("What is chapter?", "Chapter 3", False),
        ("Who is the cashier?", "Cashier:", False),
        ("What did they say, all of them together here?", "What they say, all of them together here: nothing.", False),
    ],
)  # fmt: skip
def test_a_line_with_a_name_and_a_value_is_a_field(question: str, line: str, is_one: bool) -> None:
    assert bool(named_fields(question, line)) is is_one


MINUTES = "Present: Joan Whitfield (chair), Peter Adeyemi (treasurer), Dr. Ana Ruiz (guest speaker, until 7)\n참석: 김철수(총무), 이영희 (회계 담당), 박민수\n"


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("Who is the treasurer?", "Peter Adeyemi (treasurer)"),
        ("Who was the chair?", "Joan Whitfield (chair)"),
        ("총무는 누구예요?", "김철수(총무)"),
        ("회계 담당이 누구야?", "이영희 (회계 담당)"),
    ],
)
def test_what_somebody_is_may_stand_in_brackets_behind_the_name(question: str, role: str) -> None:
    assert [MINUTES[start:end] for start, end in named_fields(question, MINUTES)] == [role]


@pytest.mark.parametrize(
    "question",
    ["Who is the secretary?", "Who is the treasurer of the chess club?", "회장은 누구야?", "Who spoke?"],
)
def test_a_role_that_nobody_has_is_no_field(question: str) -> None:
    assert named_fields(question, MINUTES) == []


def test_words_in_brackets_behind_no_name_are_no_role() -> None:
    assert named_fields("What is optional?", "Send the form (optional) and wait for the letter.") == []
    assert named_fields("선택이 뭐야?", "신청서를 내는 경우에는 사유(선택)를 적습니다.") == []
