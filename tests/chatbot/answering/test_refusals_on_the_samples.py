"""Whole questions over the sample documents: what they answer is not refused, what they know nothing of is."""

from __future__ import annotations

import pytest

from chatbot import Chatbot
from chatbot.trace import Turn

HOME = "How many days a week may I work from home?"


@pytest.mark.parametrize(
    "question",
    [
        HOME,
        f"Hello! I start in March and have to plan the care of my two children. My partner asked me twice. {HOME}",
        "재택근무는 며칠까지 가능한가요?",
        "안녕하세요, 3월에 입사합니다. 아이가 둘이라 미리 계획을 세워야 합니다. 재택근무는 며칠까지 가능한가요? 감사합니다.",
        "work from home days",
        "carried-over leave",
        "필터 교체 주기",
    ],
)
def test_what_the_documents_answer_is_not_refused(question: str, sample_chatbot: Chatbot) -> None:
    gate = sample_chatbot.search(question).gate
    assert gate.verdict != "absent", gate


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of Australia?",
        "오늘 서울 날씨 어때?",
        "Hi there, thanks for taking the time. My sister and I made a bet. What is the capital of Australia?",
    ],
)
def test_what_they_know_nothing_of_is_refused(question: str, sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.gate.verdict == "absent", answer.gate
    assert answer.sources == ()
    assert {c.scores.match for c in answer.candidates} == {"weak"}


@pytest.mark.parametrize(
    ("absent", "following"),
    [
        ("Who won the world cup?", "And how long?"),
        ("What is the speed limit on the motorway?", "And how often?"),
        ("축구 월드컵은 몇 년마다 열려요?", "그럼 얼마나 걸려요?"),
        ("김치찌개는 어떻게 끓여요?", "그건 몇 분이나 걸려?"),
    ],
)
def test_what_follows_a_refusal_means_what_was_refused_and_is_at_most_a_weak_match(
    absent: str, following: str, sample_chatbot: Chatbot
) -> None:
    """Not the question before it, which would be answered as if that had been meant."""
    leave = "How long is parental leave?"
    history = [Turn(leave, sample_chatbot.ask(leave).text), Turn(absent, sample_chatbot.ask(absent).text)]
    answer = sample_chatbot.ask(following, history)
    assert answer.query == f"{absent} {following}"
    assert answer.gate.verdict in ("weak", "absent")


@pytest.mark.parametrize(
    ("following", "alone", "words"),
    [
        ("And how long is parental leave?", "how long is parental leave?", "20 weeks"),
        ("그리고 필터는 얼마나 자주 갈아야 해?", "필터는 얼마나 자주 갈아야 해?", "필터"),
    ],
)
def test_what_names_something_else_after_a_refusal_is_understood_alone(
    following: str, alone: str, words: str, sample_chatbot: Chatbot
) -> None:
    absent = "Who won the world cup?"
    answer = sample_chatbot.ask(following, [Turn(absent, sample_chatbot.ask(absent).text)])
    assert answer.query == alone
    assert words in answer.text
