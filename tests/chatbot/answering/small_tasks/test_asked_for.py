"""What an unsure question asks for: when the model is asked, and what of its reply counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from chatbot import Chatbot
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.requests import recognise
from chatbot.answering.small_tasks.asked_for import asked_for, is_unsure
from chatbot.config import LLMConfig
from chatbot.llms import build_writer
from chatbot.rendering.reasons import answered_as
from chatbot.rendering.words import Say
from chatbot.store import DocumentRow
from chatbot.trace import LOOK_UP, Request, SecondLook, Timings

NAMES = ("employee-handbook.pdf", "price-list.csv", "계약서-2026.docx", "ai-glossary-ko.txt")
ROWS = [
    DocumentRow(f"data/{name}", Path(name), "", "", "indexed", "", "", "", "", 1, 1, "", 1) for name in NAMES
]
HANDBOOK = "data/employee-handbook.pdf"
UNSURE = [
    "Walk me through the employee handbook",
    "Could you condense the handbook into something short",
    "employee handbook, the short version",
    "compare the two rental contracts",
    "Summarize the vacation policy",
    "두 계약서를 비교해서 표로 정리해줘",
    "휴가 규정 총정리",
    "이 프로젝트의 모든 마감일 목록 만들어줘",
    "계약서 훑어봐줘",
]
LOOKED_UP = [
    "What does the contract say about termination?",
    "Which list was the old town put on?",
    "How do the two models compare?",
    "How did Luther summarise his faith?",
    "What is the difference in height",
    "요약 모델의 한계는 무엇인가요?",
    "킹의 높이와 비교하여 적당한 지름의 비율은?",
    "계약서에 적힌 해지 조건이 뭐야?",
    "직원 핸드북에 따르면 휴가는 며칠인가요?",
    "필터 교체 주기",
    "vacation days",
]


def rows() -> Sequence[DocumentRow]:
    return ROWS


def writer_for(server: Any) -> Any:
    return build_writer(LLMConfig(backend="openai-like", model="small", options={"api_base": server.url}))


@pytest.mark.parametrize("question", UNSURE)
def test_a_question_that_reads_like_something_else_is_unsure(question: str) -> None:
    assert recognise(question, rows) == LOOK_UP
    assert is_unsure(question, rows)


@pytest.mark.parametrize("question", LOOKED_UP)
def test_ordinary_questions_are_not(question: str) -> None:
    assert not is_unsure(question, rows)


@pytest.mark.parametrize(
    ("reply", "kind", "topic", "documents"),
    [
        ("summary", "whole_document", "summary", (HANDBOOK,)),
        ("Summary.", "whole_document", "summary", (HANDBOOK,)),
        ("**outline**\n", "whole_document", "outline", (HANDBOOK,)),
        ("points", "whole_document", "key_points", (HANDBOOK,)),
        ("compare", "compare", "", ()),
        ("collect", "collect", "", ()),
        ("documents", "library", "list", ()),
    ],
)
def test_one_word_of_the_list_is_the_kind_and_the_rules_find_the_document(
    reply: str, kind: Any, topic: str, documents: tuple[str, ...], fake_llm: Any
) -> None:
    fake_llm.reply = reply
    found = asked_for(UNSURE[0], LOOK_UP, rows, writer_for(fake_llm), Timings())
    assert found == (Request(kind, topic, documents, "model"), "")


@pytest.mark.parametrize(
    ("question", "reply"), [(UNSURE[0], "answer"), ("Summarize the vacation policy", "summary")]
)
def test_a_topic_is_looked_up_whatever_the_model_calls_it(question: str, reply: str, fake_llm: Any) -> None:
    fake_llm.reply = reply
    assert asked_for(question, LOOK_UP, rows, writer_for(fake_llm), Timings()) == (LOOK_UP, "")


@pytest.mark.parametrize("reply", ["The employee handbook is a", "summary or outline", "translate", "요약"])
def test_another_word_counts_for_nothing_and_is_told(reply: str, fake_llm: Any) -> None:
    fake_llm.reply = reply
    request, unclear = asked_for(UNSURE[0], LOOK_UP, rows, writer_for(fake_llm), Timings())
    assert request == LOOK_UP
    assert f"named no kind of request but said: {reply[:10]}" in unclear


def test_a_server_that_fails_is_told_and_the_question_is_looked_up(fake_llm: Any) -> None:
    fake_llm.fault = 500
    request, unclear = asked_for(UNSURE[0], LOOK_UP, rows, writer_for(fake_llm), Timings())
    assert request == LOOK_UP
    assert unclear.startswith("what the question asks for was not made out: ")
    assert "찾아서 답했습니다" in Say("ko").error(unclear)
    assert len(fake_llm.requests) == 1


def test_nobody_is_asked_about_what_a_rule_or_a_person_decided_or_without_a_model(fake_llm: Any) -> None:
    summary, chosen = Request("whole_document", "summary"), Request(decided_by="person")
    for request in (summary, chosen):
        assert asked_for(UNSURE[0], request, rows, writer_for(fake_llm), Timings()) == (request, "")
    assert asked_for(UNSURE[0], LOOK_UP, rows, ExtractiveWriter(), Timings()) == (LOOK_UP, "")
    assert asked_for("필터 교체 주기", LOOK_UP, rows, writer_for(fake_llm), Timings()) == (LOOK_UP, "")
    assert fake_llm.requests == []


def test_the_answer_is_of_the_kind_that_the_model_said_and_the_page_says_so(
    sample_chatbot: Chatbot, fake_llm: Any
) -> None:
    fake_llm.replies = ["outline"]
    answer = sample_chatbot.ask(UNSURE[0], writer=writer_for(fake_llm))
    assert answer.request == Request("whole_document", "outline", (HANDBOOK,), "model")
    assert answer.second_look == SecondLook("", "unneeded", of=answer.second_look.of)
    words = answered_as(answer.request, answer.second_look, Say("en"))
    assert words == ("Answered as an outline of employee-handbook.pdf · so the language model understood it")
