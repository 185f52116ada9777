"""Whole documents of the samples, with the real index; a language model's server is played."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from chatbot import Answer, Chatbot
from chatbot.answering.whole_document.sections import sections_of
from chatbot.answering.whole_document.words import Words
from chatbot.cli.json_output import answer_json
from chatbot.config import LLMConfig
from chatbot.conversations.exports.markdown import to_markdown
from chatbot.conversations.exports.receipt import to_html
from chatbot.conversations.record import AskedWith, ExchangeRecord, record_of
from chatbot.conversations.record_json import from_json, to_json
from chatbot.llms import build_writer
from chatbot.rendering.ranking import what_changed
from chatbot.rendering.words import Say
from chatbot.trace import Request
from fakes.llm_server import FakeLLMServer

HANDBOOK = "data/employee-handbook.pdf"
CHAPTERS = [
    "1. Welcome and working hours", "2. Annual leave and other absences", "3. Remote work", "4. Expenses and equipment",
    "5. Conduct, data and leaving",
]  # fmt: skip


def _ask(chatbot: Chatbot, question: str, topic: str, documents: Sequence[str] = (HANDBOOK,)) -> Answer:
    return chatbot.ask(question, request=Request("whole_document", topic, tuple(documents)))


def _headings(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def _record(answer: Answer) -> ExchangeRecord:
    assert answer.text
    record = record_of(answer, AskedWith("extractive", "", 20, 3, True))
    assert record is not None
    return record


@pytest.mark.parametrize(
    ("question", "first"),
    [
        (
            "Summarize the employee handbook",
            "Summary of Harbor & Pine Employee Handbook (6 pages, 24 passages)",
        ),
        ("직원 핸드북을 요약해줘", "Harbor & Pine Employee Handbook 요약 (6쪽, 발췌문 24개)"),
    ],
)
def test_the_handbook_is_summarised_chapter_by_chapter(
    question: str, first: str, sample_chatbot: Chatbot
) -> None:
    answer = _ask(sample_chatbot, question, "summary")
    assert answer.text.splitlines()[0] == first
    assert _headings(answer.text) == CHAPTERS
    assert {source.document for source in answer.sources} == {HANDBOOK}
    assert answer.citations == [source.number for source in answer.sources]
    assert (answer.second_look.outcome, answer.second_look.of, answer.refused) == ("unneeded", 24, False)


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Summarize the handbook in three sentences", 3),
        ("직원 핸드북 5줄 요약", 5),
        ("한 문장으로 요약해줘", 1),
        ("a two-sentence summary", 2),
    ],
)
def test_a_summary_has_as_many_sentences_as_are_asked_for(
    question: str, count: int, sample_chatbot: Chatbot
) -> None:
    title, *sentences = _ask(sample_chatbot, question, "summary").text.split("\n\n")
    assert "Harbor & Pine Employee Handbook" in title
    assert len(sentences) == count
    assert all(sentence.endswith("]") for sentence in sentences)


def test_every_quote_stands_word_for_word_in_its_source(sample_chatbot: Chatbot) -> None:
    answer = _ask(sample_chatbot, "Summarize everything", "summary", ())
    _ = answer.text
    checks = sample_chatbot.check(answer)
    assert len(checks) >= len(answer.sources) > 5
    assert {(check.verdict, check.probability) for check in checks} == {("supported", 1.0)}


def test_key_points_are_checked_although_they_are_a_list(sample_chatbot: Chatbot) -> None:
    answer = _ask(sample_chatbot, "What are the key points of the handbook?", "key_points")
    assert all(line.startswith("- ") for line in answer.text.splitlines()[2:])
    assert {check.probability for check in sample_chatbot.check(answer)} == {1.0}


def test_an_outline_has_the_chapters_with_their_pages_and_is_not_checked(sample_chatbot: Chatbot) -> None:
    answer = _ask(sample_chatbot, "Outline of the handbook", "outline")
    for page, chapter in enumerate(CHAPTERS, 2):
        assert f"  - {chapter} · Page {page} [" in answer.text
    assert sample_chatbot.check(answer) == ()


def test_each_sample_document_touches_at_least_four_fifths_of_its_sections(sample_chatbot: Chatbot) -> None:
    with sample_chatbot.store.reading() as view:
        rows = view.documents()
        chunks = {row.uri: view.chunks_of(row.uri) for row in rows}
    for row in rows:
        answer = _ask(sample_chatbot, "Summarize it", "summary", (row.uri,))
        sections = sections_of(chunks[row.uri], Words("en"))  # type: ignore[arg-type]
        assert len(_headings(answer.text)) >= 0.8 * len(sections), row.uri


def test_all_documents_are_told_each_under_its_name(sample_chatbot: Chatbot) -> None:
    answer = _ask(sample_chatbot, "summarize all documents", "summary", ())
    assert _headings(answer.text) == [
        "ai-glossary-ko.txt", "Harbor & Pine Employee Handbook", "price-list.csv", "A field guide to reranking",
        "모리 R1 로봇 청소기 사용 설명서",
    ]  # fmt: skip
    assert {source.document for source in answer.sources} == {
        "data/ai-glossary-ko.txt", HANDBOOK, "data/price-list.csv", "data/reranking-guide.md",
        "data/robot-vacuum-manual-ko.docx",
    }  # fmt: skip


def test_a_language_model_is_asked_section_by_section(
    sample_chatbot: Chatbot, fake_llm: FakeLLMServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    fake_llm.reply = "The passages say it [2] [3]."
    config = LLMConfig(backend="openai", options={"api_base": fake_llm.url}, context_window=2048)
    writer = build_writer(config)
    request = Request("whole_document", "summary", (HANDBOOK,))
    answer = sample_chatbot.ask("Summarize the employee handbook", request=request, writer=writer)
    assert _headings(answer.text) == ["Employee Handbook", *CHAPTERS]
    assert (
        answer.text.count("The passages say it [2] [3].") == 1
    )  # in the section that was sent passages 2 and 3
    assert answer.text.count("The passages say it.") == 5
    assert len(fake_llm.requests) == 6
    assert len(answer.sources) == 24
    again = sample_chatbot.ask("Summarize the employee handbook", request=request, writer=writer)
    assert again.text == answer.text
    assert len(fake_llm.requests) == 6


def test_what_is_kept_shown_and_exported_says_that_nothing_was_ranked(sample_chatbot: Chatbot) -> None:
    answer = _ask(sample_chatbot, "Summarize the employee handbook", "summary")
    record = _record(answer)
    assert from_json(to_json(record)) == record
    assert what_changed(record.candidates, record.second_look, Say("en")).startswith("Nothing was ranked")
    html = to_html([record], "en")
    assert "<h2>3. Remote work</h2>" in html
    assert "8 sources of 24 passages that were read" in html
    assert "retrieved" not in html
    markdown = to_markdown([record], "ko")
    assert "\n#### 3\\. Remote work\n" in markdown
    assert "검색 없음" not in markdown
    content, failure = answer_json(answer)
    assert failure is None
    assert json.loads(json.dumps(content))["reranker"]["reason"] == "not needed"


def test_the_second_look_has_nothing_to_turn_off(sample_chatbot: Chatbot) -> None:
    answer = _ask(sample_chatbot, "Summarize the employee handbook", "summary")
    record = _record(answer)
    again = sample_chatbot.without_second_look(record)
    assert (again.second_look, again.sources) == (record.second_look, record.sources)
    assert _headings(again.text) == CHAPTERS
