"""What the chatbot does with each kind of request, over the sample documents."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.cli.json_output import answer_json
from chatbot.conversations import to_html, to_markdown
from chatbot.conversations.record import AskedWith, documents_of_turn, may_lean_on, record_of
from chatbot.conversations.record_json import from_json, to_json
from chatbot.rendering.reasons import answered_as
from chatbot.rendering.words import Say
from chatbot.trace import Request
from evaluation.conversations.scenario import SCRIPTS, read_scenarios

HANDBOOK = "data/employee-handbook.pdf"


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("hello", "Hello."),
        ("안녕하세요", "안녕하세요."),
        ("thanks!", "You are welcome."),
        ("What documents do you have?", "5 documents can be searched, in "),
        ("어떤 문서들이 있어?", "문서 5개를 찾아볼 수 있습니다"),
        ("직원 핸드북 있어?", "네, 있습니다.\n\n- employee-handbook.pdf"),
    ],
)
def test_talk_and_library_are_answered_by_the_program_without_a_search(
    question: str, begins: str, sample_chatbot: Chatbot
) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.text.startswith(begins)
    assert (answer.sources, answer.candidates, answer.llm, answer.citations) == ((), (), "", [])
    assert answer.second_look.outcome == "unneeded"
    assert not answer.refused
    assert sample_chatbot.check(answer) == ()


def test_a_filter_is_what_the_library_speaks_of(sample_chatbot: Chatbot) -> None:
    text = sample_chatbot.ask("What documents do you have?", filters=(HANDBOOK,)).text
    assert text.startswith(
        "One document can be searched, in 24 passages. Only the chosen documents are counted."
    )
    assert "price-list.csv" not in text


def test_a_person_can_have_a_greeting_looked_up_and_a_question_answered_from_the_list(
    sample_chatbot: Chatbot,
) -> None:
    looked_up = sample_chatbot.ask("hello", request=sample_chatbot.request_as("look-up", "hello"))
    assert looked_up.request == Request("look_up", "", (), "person")
    assert len(looked_up.candidates) == 20
    listed = sample_chatbot.request_as("library", "pens?")
    assert "price-list.csv" in sample_chatbot.ask("pens?", request=listed).text


def test_a_greeting_in_front_is_shown_and_not_searched(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("Hello! What is a cross-encoder?")
    assert answer.question == "Hello! What is a cross-encoder?"
    assert answer.query == "What is a cross-encoder?"
    assert not answer.refused


def test_what_the_program_said_is_kept_exported_and_said_again(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("What documents do you have?")
    text = answer.text
    record = record_of(answer, AskedWith("extractive", "", 20, 3, True))
    assert record is not None
    assert from_json(to_json(record)) == record
    assert record.request == Request("library", "list")
    for language, words in (
        ("en", "Answered from the list of documents"),
        ("ko", "문서 목록에서 답했습니다"),
    ):
        receipt = to_html([record], language, timezone=UTC)  # type: ignore[arg-type]
        markdown = to_markdown([record], language, timezone=UTC)  # type: ignore[arg-type]
        for export in (receipt, markdown):
            assert words in export
            assert "employee" in export
            assert "No second look" not in export
        assert "<li>employee-handbook.pdf" in receipt
    again = sample_chatbot.answer_again(record, ExtractiveWriter())
    assert again.text == text
    other = sample_chatbot.without_second_look(record, ExtractiveWriter())
    assert other.candidates == ()
    assert not may_lean_on(record.request)


def test_a_document_that_was_asked_for_by_name_is_what_it_means_next(sample_chatbot: Chatbot) -> None:
    answer = sample_chatbot.ask("Do you have the handbook?")
    assert may_lean_on(answer.request)
    assert documents_of_turn(answer) == (HANDBOOK,)


def test_json_tells_the_request(sample_chatbot: Chatbot) -> None:
    content, failure = answer_json(sample_chatbot.ask("thanks!"))
    assert failure is None
    assert json.loads(json.dumps(content))["request"] == {
        "kind": "talk", "topic": "thanks", "documents": [], "decided_by": "rules", "parts": [],
    }  # fmt: skip
    assert content["reranker"]["reason"] == "not needed"


def test_the_words_of_a_kind_name_its_documents(sample_chatbot: Chatbot) -> None:
    look = sample_chatbot.ask("hello").second_look
    summary = Request("whole_document", "summary", (HANDBOOK,))
    assert answered_as(summary, look, Say("en")) == "Answered as a summary of employee-handbook.pdf"
    assert (
        answered_as(Request("whole_document", "outline"), look, Say("ko")) == "모든 문서의 개요로 답했습니다"
    )
    searched = sample_chatbot.ask("What is a cross-encoder?")
    assert answered_as(searched.request, searched.second_look, Say("en")) == ""


@pytest.mark.slow
def test_of_two_hundred_requests_that_need_no_search_none_is_refused(sample_chatbot: Chatbot) -> None:
    kinds = {"talk", "library", "whole_document"}
    lines = (Path(__file__).parent / "requests/sentences.tsv").read_text("utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    with sample_chatbot.store.reading() as view:
        samples = {"", *(row.uri.removeprefix("data/") for row in view.document_names())}
    asked = {
        sentence: kind for _, kind, _, document, sentence in rows if kind in kinds and document in samples
    }
    turns = [turn for scenario in read_scenarios(SCRIPTS) for turn in scenario.turns]
    asked |= {turn.ask: turn.kind for turn in turns if turn.kind in kinds}
    assert len(asked) >= 200
    for sentence, kind in asked.items():
        answer = sample_chatbot.ask(sentence)
        assert (answer.request.kind, answer.refused) == (kind, False), sentence
        assert answer.text.strip()
