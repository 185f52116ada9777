from __future__ import annotations

from typing import Any

import pytest

from chatbot.answering.followups import joined, leans_on_history, may_lean_on_history, stand_alone
from chatbot.config import LLMConfig
from chatbot.llms import build_writer
from chatbot.trace import Turn

HISTORY = [Turn("Word2Vec 에 대해서 알려줄래?", "Word2Vec은 낱말을 벡터로 바꾸는 모델입니다. [1]")]
ENGLISH = [Turn("What is Word2Vec?", "A model that turns words into vectors. [1]")]


@pytest.mark.parametrize(
    "question",
    ["예시는?", "그럼 단점은 무엇인가요?", "거기서 일하는 사람은 몇 명이야?", "누가 만들었어?", "Why is it fast?",
     "And for remote workers?", "How much does that cost a year?", "Are they included in the price?"],
)  # fmt: skip
def test_a_question_that_points_back_leans_on_the_history(question: str) -> None:
    assert leans_on_history(question)


@pytest.mark.parametrize(
    "question",
    ["배터리가 충전되지 않을 때는 어떻게 하나요?", "필터는 얼마나 자주 교체해야 하나요?", "How many days of annual leave are there?",
     "Is there a filter for pets in the box?", "How do I clean the brush of the robot?", "FAISS는 누가 만든 라이브러리인가요?"],
)  # fmt: skip
def test_a_question_that_stands_alone_does_not(question: str) -> None:
    assert not may_lean_on_history(question)


def test_a_short_question_without_a_name_is_left_to_a_model_that_can_tell() -> None:
    assert may_lean_on_history("장점을 세 가지만 알려줘")
    assert not leans_on_history("장점을 세 가지만 알려줘")
    assert not may_lean_on_history("What is FAISS?")


def test_a_chain_of_follow_ups_keeps_what_it_is_about() -> None:
    chain = [*HISTORY, Turn("예시는?", "...")]
    assert joined("그럼 단점은?", chain) == "Word2Vec 에 대해서 알려줄래? 그럼 단점은?"


@pytest.mark.parametrize(
    ("rewritten", "question", "history"),
    [
        ("Word2Vec의 예시는 무엇인가요?", "예시는?", HISTORY),
        ("Why is Word2Vec fast?", "Why is it fast?", ENGLISH),
    ],
)
def test_a_good_rewriting_is_used(rewritten: str, question: str, history: list[Turn]) -> None:
    assert stand_alone(rewritten, question, history) == rewritten


@pytest.mark.parametrize(
    "rewritten",
    [
        "",
        "Word2Vec 에 대해서 알려줄래?",  # what was asked before
        "Word2Vec의 예시를 알려드리겠습니다. Word2Vec은 낱말을 벡터로 바꿉니다. 그 예시는 다음과 같습니다.",
        "Word2Vec의 예시는 [1]에 있나요?",
        "**Word2Vec**의 예시는?",
        "What are examples of Word2Vec?",  # another language
        "오늘 날씨는 어떤가요?",  # about something else
        "Word2Vec의 예시는 " + "아주 " * 120 + "무엇인가요?",
    ],
)
def test_a_rewriting_that_rambles_gives_way_to_the_question_with_the_one_before(rewritten: str) -> None:
    assert stand_alone(rewritten, "예시는?", HISTORY) == "Word2Vec 에 대해서 알려줄래? 예시는?"


def test_a_model_is_not_asked_to_rewrite_what_stands_alone(fake_llm: Any) -> None:
    writer = build_writer(LLMConfig(backend="openai-like", options={"api_base": fake_llm.url}))
    question = "배터리가 충전되지 않을 때는 어떻게 하나요?"
    assert writer.condense(question, HISTORY) == question
    assert fake_llm.requests == []
    fake_llm.reply = "Sure! Here is the rewritten question: it is about words. And vectors too. " * 20
    assert writer.condense("예시는?", HISTORY) == "Word2Vec 에 대해서 알려줄래? 예시는?"
