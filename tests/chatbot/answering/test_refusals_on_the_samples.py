"""Whole questions over the sample documents: what they answer is not refused, what they know nothing of is."""

from __future__ import annotations

import pytest

from chatbot import Chatbot

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
