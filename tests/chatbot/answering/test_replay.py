"""The same evidence again: another writer, the second look off and on. With the real models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chatbot import Answer, Chatbot, Turn
from chatbot.answering.writer import Evidence
from chatbot.config import LLMConfig
from chatbot.conversations.record import AskedWith, record_of
from chatbot.engine.models import Models
from chatbot.llms import build_writer

QUESTION = "Word2Vec 에 대해서 알려줄래?"


class Recorder:
    label, remote = "recorder", False

    def __init__(self) -> None:
        self.evidence: list[Evidence] = []

    def write(self, evidence: Evidence) -> Iterator[str]:
        self.evidence.append(evidence)
        yield "Vectors [2]."

    def condense(self, question: str, history: object) -> str:
        return question


@pytest.fixture(scope="module")
def asked(sample_chatbot: Chatbot) -> Answer:
    answer = sample_chatbot.ask(QUESTION, [Turn("안녕하세요?", "네.")])
    assert answer.text
    return answer


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither embedding nor retrieval nor reranking may be used."""

    def forbidden(*_: object, **__: object) -> Any:
        raise AssertionError("searched again")

    monkeypatch.setattr("chatbot.engine.searching.retrieve", forbidden)
    monkeypatch.setattr(Models, "embedding", property(forbidden))
    monkeypatch.setattr(Models, "reranker", property(forbidden))


@pytest.mark.usefixtures("no_search")
def test_another_writer_gets_exactly_the_same_evidence(sample_chatbot: Chatbot, asked: Answer) -> None:
    writer = Recorder()
    again = sample_chatbot.answer_again(asked, writer)
    assert again.text == "Vectors [2]."
    assert writer.evidence == [Evidence(asked.query, asked.sources, asked.history)]
    assert (again.sources, again.gate, again.second_look) == (asked.sources, asked.gate, asked.second_look)
    assert [replace(c, cited=False) for c in again.candidates] == [
        replace(c, cited=False) for c in asked.candidates
    ]
    assert [c.rank for c in again.candidates if c.cited] == [2]
    assert list(again.timings) == ["first_token", "total"]
    assert asked.citations != again.citations


@pytest.mark.usefixtures("no_search")
def test_a_stored_record_is_replayed_like_the_answer_it_is_of(sample_chatbot: Chatbot, asked: Answer) -> None:
    record = record_of(asked, AskedWith("extractive", "", 20, 3, True))
    assert record is not None
    assert sample_chatbot.answer_again(record).text == asked.text


def test_without_the_second_look_it_is_what_a_search_without_it_finds(
    sample_chatbot: Chatbot, asked: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = sample_chatbot.ask(QUESTION, rerank=False)
    monkeypatch.setattr("chatbot.engine.searching.retrieve", None)
    monkeypatch.setattr(Models, "embedding", None)
    off = sample_chatbot.without_second_look(asked)
    assert off.text == direct.text
    assert off.candidates == direct.candidates
    assert (off.sources, off.gate, off.second_look) == (direct.sources, direct.gate, direct.second_look)

    on = sample_chatbot.with_second_look(off)
    assert on.text == asked.text
    assert [(c.rank, c.fused_rank) for c in on.candidates] == [
        (c.rank, c.fused_rank) for c in asked.candidates
    ]
    assert on.gate == asked.gate


def test_a_refusal_can_be_looked_at_both_ways(sample_chatbot: Chatbot) -> None:
    strict = Chatbot(
        sample_chatbot.config.with_(answer={"refuse_below": 1.0}),
        sample_chatbot.store,
        sample_chatbot.embedding,
    )
    strict._reranker = sample_chatbot.reranker
    refused = strict.ask(QUESTION, writer=Recorder())
    assert refused.refused
    assert refused.llm == ""  # nobody wrote it
    assert strict.answer_again(refused, Recorder()).text == refused.text
    off = sample_chatbot.without_second_look(refused, Recorder())
    assert off.refused or len(off.sources) == sample_chatbot.config.retrieval.top_n


def test_the_prompt_is_word_for_word_what_was_sent(
    sample_chatbot: Chatbot, asked: Answer, fake_llm: Any
) -> None:
    config = LLMConfig(backend="openai-like", options={"api_base": fake_llm.url})
    answer = sample_chatbot.answer_again(asked, build_writer(config))
    assert answer.prompt == ()  # nothing was sent yet
    assert answer.tokens is None
    assert answer.text
    sent = [(m["role"], m["content"]) for m in fake_llm.requests[-1]["body"]["messages"]]
    assert [(m.role, m.text) for m in answer.prompt] == sent
    assert [m.role for m in answer.prompt] == ["system", "user", "assistant", "user"]
    assert answer.tokens is not None
    assert not answer.tokens.exact
    assert answer.tokens.prompt > answer.tokens.answer > 0
    assert asked.prompt == ()
    assert asked.tokens is None
