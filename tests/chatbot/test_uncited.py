"""Sentences of a language model that name no source, in answers of every kind, and where they are marked."""

from __future__ import annotations

import pytest

from chatbot import Chatbot
from chatbot.answering.answer.uncited import uncited_sentences
from chatbot.conversations import to_html, to_markdown
from chatbot.conversations.record import AskedWith, ExchangeRecord, record_of
from fakes.whole_documents import Teller

REFUSED = "The documents do not contain the answer."


def asked(chatbot: Chatbot, question: str, *replies: str) -> ExchangeRecord:
    answer = chatbot.ask(question, writer=Teller(*replies))
    assert answer.text
    record = record_of(answer, AskedWith("ollama", "teller", 20, 3, rerank=True))
    assert record is not None
    return record


@pytest.mark.parametrize(
    ("question", "replies", "uncited"),
    [
        ("How long is parental leave?", ["Twenty weeks [1]. It is paid in full."], ["It is paid in full."]),
        ("How long is parental leave?", [f"Twenty weeks [1]. {REFUSED}"], []),
        ("How long is parental leave?", [REFUSED], []),
        ("육아휴직은 얼마나 되나요?", ["20주입니다. 급여는 전액입니다 [1]."], ["20주입니다."]),
        ("How long is parental leave? What is the capital of France?", ["Twenty weeks."], ["Twenty weeks."]),
        ("Word2Vec vs FastText", ["| | Word2Vec | FastText |\n|---|---|---|\n| size | 300 | 100 [2] |"], ["300"]),
        ("hello", [], []),
        ("What is the most expensive drink in the price list?", ["No figures of mine."], []),
    ],
)  # fmt: skip
def test_of_what_a_model_writes_it_is_known_which_sentences_name_no_source(
    sample_chatbot: Chatbot, question: str, replies: list[str], uncited: list[str]
) -> None:
    record = asked(sample_chatbot, question, *replies)
    assert [record.received[start:end].strip() for start, end in uncited_sentences(record)] == uncited


def test_quotes_and_what_the_program_says_itself_are_not_marked(sample_chatbot: Chatbot) -> None:
    for question in (
        "How long is parental leave?",
        "compare parental leave with the moon",
        "Summarise the handbook",
    ):
        assert uncited_sentences(sample_chatbot.ask(question)) == []


def test_a_receipt_marks_them_and_says_how_many(sample_chatbot: Chatbot) -> None:
    record = asked(sample_chatbot, "How long is parental leave?", "Twenty weeks [1]. It is paid. It is long.")
    html = to_html([record], "en")
    assert html.count('<span class="sl-uncited" title="This sentence names no source">') == 2
    assert "2 sentences name no source" in html
    assert "- 2 sentences name no source" in to_markdown([record], "en")
