"""Which questions need the one before them."""

from __future__ import annotations

import pytest

from chatbot.text.leaning import asks_for_a_property, asks_for_more, points_back, says_no_subject


@pytest.mark.parametrize(
    "question",
    ["Will it rain tomorrow?", "Is it snowing in Busan?", "What day is it?", "Is it allowed to smoke on the balcony?",
     "What are these documents about?", "Is there anything in this handbook about parking?"],
)  # fmt: skip
def test_a_word_that_stands_for_nothing_points_at_nothing(question: str) -> None:
    assert not points_back(question)


@pytest.mark.parametrize(
    "question",
    ["Is it allowed?", "Who approves that?", "How often can I get it?", "And in that case?", "그 방은 몇 명까지 들어가?",
     "그중 제일 큰 건?", "둘 중에 뭐가 나아?", "Which of the two is older?"],
)  # fmt: skip
def test_a_word_that_stands_for_something_points_back(question: str) -> None:
    assert points_back(question)


@pytest.mark.parametrize(
    ("question", "is_empty"),
    [
        ("얼마나 자주 갈아야 해?", True),
        ("언제까지 신청할 수 있나요?", True),
        ("제가 내야 하나요?", True),
        ("누구한테 보내야 해요?", True),
        ("For how long?", True),
        ("By when?", True),
        ("금요일에는 몇 시까지야?", True),
        ("일요일은?", True),
        ("Until when on weekdays?", True),
        ("On Saturday?", True),
        ("금요일 회의는 몇 시야?", False),
        ("Who has the Monday shift?", False),
        ("충전은 얼마나 자주 해야 해?", False),
        ("휴가 신청은 언제까지 해요?", False),
        ("전원이 안 켜져", False),
        ("물로 씻어도 되나요?", False),
        ("When is lunch?", False),
    ],
)
def test_who_asks_how_often_and_names_nothing_speaks_of_what_was_said(question: str, is_empty: bool) -> None:
    assert says_no_subject(question) is is_empty


def test_a_property_is_of_something_and_more_is_something_else() -> None:
    assert asks_for_a_property("단점은?")
    assert asks_for_a_property("And the price?")
    assert not asks_for_a_property("그럼 FAISS는?")
    assert asks_for_more("왜?")
    assert asks_for_more("Any other examples?")
    assert not asks_for_more("누가 만들었어?")
