"""The question in the other language: what is sent, what of the reply is searched, and when nobody is asked."""

from __future__ import annotations

from typing import Any

import pytest

from chatbot import Chatbot
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.small_tasks.translating import translated
from chatbot.answering.writer import LanguageModel
from chatbot.config import LLMConfig, LLMLimits
from chatbot.errors import LLMError
from chatbot.llms import build_writer
from chatbot.retrieval.across import merged
from chatbot.trace import Candidate, Scores

QUESTION = "출장 때 호텔비 한도는 얼마인가요?"  # the handbook is in English
TRANSLATION = "What is the limit for hotel costs on business trips?"
ANSWER = "하루 140달러입니다 [1]."


def writer_for(server: Any, **settings: Any) -> LanguageModel:
    config = LLMConfig(backend="openai-like", model="small", options={"api_base": server.url}, **settings)
    writer = build_writer(config)
    assert isinstance(writer, LanguageModel)
    return writer


@pytest.mark.parametrize(
    ("question", "reply", "searched"),
    [
        (QUESTION, TRANSLATION, TRANSLATION),
        (QUESTION, f'English: "{TRANSLATION}"\n\nNote: I kept it short.', TRANSLATION),
        (QUESTION, f"Translation: {TRANSLATION}", TRANSLATION),
        ("K-TR-03은 무엇인가요?", "What is K-TR-03 (모리)?", "What is K-TR-03 (모리)?"),
        ("How long is the trial period?", "수습 기간은 얼마나 되나요?", "수습 기간은 얼마나 되나요?"),
        ("What is BM25?", "한국어: BM25는 무엇인가요?", "BM25는 무엇인가요?"),
    ],
)
def test_one_line_in_the_right_script_is_searched(
    question: str, reply: str, searched: str, fake_llm: Any
) -> None:
    fake_llm.reply = reply
    assert translated(question, writer_for(fake_llm)) == searched
    assert question in fake_llm.requests[0]["body"]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (QUESTION, QUESTION),
        (QUESTION, "The limit is 140 dollars [1]."),
        (QUESTION, "12345"),
        (QUESTION, "<question>What is the limit?</question>"),
        (QUESTION, "What is the limit? " * 40),
        ("How long is the trial period?", "How long is the probation period?"),
    ],
)
def test_anything_else_is_no_translation_and_its_words_are_told(
    question: str, reply: str, fake_llm: Any
) -> None:
    fake_llm.reply = reply
    with pytest.raises(LLMError, match="did not translate the question but said: "):
        translated(question, writer_for(fake_llm))


def test_passages_in_the_other_language_are_found_by_their_words_too(
    sample_chatbot: Chatbot, fake_llm: Any
) -> None:
    fake_llm.replies = [TRANSLATION, ANSWER]
    found = sample_chatbot.ask(QUESTION, writer=writer_for(fake_llm))
    assert (found.query, found.also_searched) == (QUESTION, TRANSLATION)
    assert found.sources[0].document == "data/employee-handbook.pdf"
    assert found.candidates[0].scores.lexical
    assert len({c.chunk_id for c in found.candidates}) == 20
    assert sorted(c.fused_rank or 0 for c in found.candidates) == list(range(1, 21))
    assert found.text == ANSWER
    assert len(fake_llm.requests) == 2
    assert found.timings["translate"] > 0


@pytest.mark.parametrize(
    ("fault", "reply", "said"),
    [
        (500, "", "status 500"),
        ("hang", "", "sent no first token within 0.3 s"),
        (None, "I cannot do that", "did not translate"),
    ],
)
def test_a_translation_that_fails_is_told_and_costs_no_answer(
    fault: Any, reply: str, said: str, sample_chatbot: Chatbot, fake_llm: Any
) -> None:
    fake_llm.faults, fake_llm.replies = [fault], [reply] if reply else []
    question = "How do I clean the brush?" if reply else QUESTION
    fake_llm.reply = ANSWER
    writer = writer_for(fake_llm, limits=LLMLimits(first_token_s=0.3))
    found = sample_chatbot.ask(question, writer=writer)
    plain = sample_chatbot.ask(question, writer=ExtractiveWriter())
    assert found.also_searched == ""
    assert [c.chunk_id for c in found.candidates] == [c.chunk_id for c in plain.candidates]
    assert found.text == ANSWER
    assert found.notes[0].startswith("not searched in the other language: ")
    assert said in found.notes[0]


def test_nobody_is_asked_without_passages_in_the_other_language_or_without_a_model(
    sample_chatbot: Chatbot, fake_llm: Any
) -> None:
    fake_llm.reply = ANSWER
    only = ["ai-glossary-ko.txt", "robot-vacuum-manual-ko.docx"]
    assert sample_chatbot.ask("필터 교체 주기는?", filters=only, writer=writer_for(fake_llm)).text == ANSWER
    english = ["employee-handbook.pdf", "reranking-guide.md", "price-list.csv"]
    found = sample_chatbot.ask("How long is the trial period?", filters=english, writer=writer_for(fake_llm))
    assert (found.text, found.also_searched, found.notes) == (ANSWER, "", ())
    assert len(fake_llm.requests) == 2  # the answers
    assert sample_chatbot.ask(QUESTION, writer=ExtractiveWriter()).also_searched == ""
    config = sample_chatbot.config.with_(retrieval={"both_languages": False})
    turned_off = Chatbot(config, sample_chatbot.store, sample_chatbot.embedding)
    assert turned_off.ask(QUESTION, writer=writer_for(fake_llm)).text == ANSWER
    assert len(fake_llm.requests) == 3


def test_each_passage_of_two_lists_is_there_once_with_the_better_of_its_scores() -> None:
    def found(**scores: float) -> list[Candidate]:
        return [
            Candidate(int(name[1:]), "a.md", name, (0, 1), scores=Scores(fused=score))
            for name, score in scores.items()
        ]

    both = merged(found(c1=2.0, c2=1.5, c3=-1.0), found(c2=3.0, c4=1.0, c1=0.5), 3)
    assert [(c.chunk_id, c.scores.fused, c.rank, c.fused_rank) for c in both] == [
        (2, 3.0, 1, 1), (1, 2.0, 2, 2), (4, 1.0, 3, 3),
    ]  # fmt: skip
