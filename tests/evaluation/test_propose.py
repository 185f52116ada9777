from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chatbot import Chatbot
from chatbot.config import Config
from chatbot.errors import ConfigError
from chatbot.store import NewChunk, NewDocument, Store
from evaluation.mining import mine_questions
from evaluation.propose import append_proposals, known_questions, propose_questions, question_writer
from evaluation.questions import read_questions
from fakes.llm_server import FakeLLMServer
from fakes.stores import MakeStore


def mined(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as view:
        return [
            (p.origin, p.question, p.passage) for row in view.documents() for p in mine_questions(view, row)
        ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Q1. How long is the trial?\nA: It lasts three months.",
            ("faq", "How long is the trial?", "It lasts three months."),
        ),
        (
            "질문: 연차는 며칠인가요?\n답변: 1년에 15일입니다.",
            ("faq", "연차는 며칠인가요?", "1년에 15일입니다."),
        ),
        (
            "카드를 잃어버리면 어떻게 하나요?\n\n바로 상담 센터로 전화해 주세요.",
            ("faq", "카드를 잃어버리면 어떻게 하나요?", "바로 상담 센터로 전화해 주세요."),
        ),
        (
            "| 송금 한도는 얼마인가요? | 하루 1,000만 원까지입니다. |",
            ("faq", "송금 한도는 얼마인가요?", "하루 1,000만 원까지입니다."),
        ),
        (
            "재순위화란 후보를 다시 읽고 순서를 정하는 것입니다.",
            ("definition", "재순위화란 무엇인가요?", "재순위화란 후보를 다시 읽고 순서를 정하는 것입니다."),
        ),
        (
            "청킹은 긴 문서를 작은 조각으로 나누는 일을 말한다.",
            ("definition", "청킹이란 무엇인가요?", "청킹은 긴 문서를 작은 조각으로 나누는 일을 말한다."),
        ),
        (
            "의미 검색 (Semantic Search)\n\n정의: 뜻이 가까운 문서를 찾는 방식입니다.",
            ("definition", "의미 검색이란 무엇인가요?", "뜻이 가까운 문서를 찾는 방식입니다."),
        ),
        (
            "A bi-encoder is a model that reads texts one by one.",
            ("definition", "What is a bi-encoder?", "A bi-encoder is a model that reads texts one by one."),
        ),
    ],
)
def test_faq_pairs_and_definitions_become_questions(
    make_store: MakeStore, text: str, found: tuple[str, str, str]
) -> None:
    assert mined(make_store({"a.txt": [(text, None)]})) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "It is a model that reads texts.",
        "동그란 시작 버튼을 한 번 누르면 청소를 시작합니다.",
        "이 제품은 바닥을 닦는 것입니다.",
        "What is it? Why? Both questions are left open.",
    ],
)
def test_what_only_looks_like_a_definition_is_passed_over(make_store: MakeStore, text: str) -> None:
    assert mined(make_store({"a.txt": [(text, None)]})) == []


def test_a_heading_becomes_a_question_unless_it_is_the_title_or_stands_twice(
    tmp_path: Path, make_store: MakeStore
) -> None:
    store = make_store({})
    parts = [
        (("Guide",), "Guide\n\nWhat this is about, in a few words."),
        (("Guide", "2.1 Asking for leave"), "2.1 Asking for leave\n\nUse the form in the portal."),
        (("Guide", "휴가 신청"), "휴가 신청\n\n포털에 있는 양식을 써서 신청하세요, 늦지 않게."),
        (("Guide", "A", "Notes"), "Notes\n\nThe first notes are longer than that."),
        (("Guide", "B", "Notes"), "Notes\n\nThe second notes are longer, too."),
    ]
    text = "\n\n".join(part for _, part in parts)
    chunks = [NewChunk(p, text.index(p), text.index(p) + len(p), None, heading, p) for heading, p in parts]
    with store.writing() as writer:
        document = NewDocument("g.md", Path("g.md"), "0", "test", len(text), text=text)
        writer.replace(document, chunks, np.tile(np.array([[1, 0]], np.float32), (len(chunks), 1)))
    assert mined(store) == [
        ("heading", "What should I know about Asking for leave?", "Use the form in the portal."),
        ("heading", "휴가 신청에 대해 알려주세요", "포털에 있는 양식을 써서 신청하세요, 늦지 않게."),
    ]


def test_proposals_are_found_again_and_no_question_is_asked_twice(
    sample_chatbot: Chatbot, tmp_path: Path
) -> None:
    file = tmp_path / "questions.jsonl"
    assert known_questions(file) == []
    first = propose_questions(sample_chatbot, 4, 10)
    assert len(first.kept) == 4
    assert len({p.document for p in first.kept}) == 4
    append_proposals(file, first.kept)
    for proposal, question in zip(first.kept, read_questions(file), strict=True):
        assert (question.text, question.golds[0].passage) == (proposal.question, proposal.passage)
        found = sample_chatbot.search(question.text, k=10, rerank=False).candidates
        assert proposal.document in {c.document for c in found}
    second = propose_questions(sample_chatbot, 4, 10, known_questions(file))
    assert second.dropped["double"] >= 4
    assert not {p.question for p in second.kept} & {p.question for p in first.kept}


def test_a_question_that_does_not_find_its_passage_is_dropped(sample_chatbot: Chatbot) -> None:
    found = propose_questions(sample_chatbot, 2, 5, write=lambda passage: "What is the capital of France?")
    written = [p for p in found.kept if p.origin == "llm"]
    assert written == []
    assert found.dropped["not found"] >= 1


def test_a_language_model_is_shown_the_passage_and_its_question_is_taken(fake_llm: FakeLLMServer) -> None:
    fake_llm.reply = 'Sure, here it is:\n"How many days of leave does an employee have?"'
    config = Config().llm.model_copy(
        update={"backend": "openai-like", "model": "m", "options": {"api_base": fake_llm.url}}
    )
    write, label, remote = question_writer(config)
    assert write("Every employee has 25 days.") == "How many days of leave does an employee have?"
    assert "Every employee has 25 days." in str(fake_llm.requests)
    assert (label, remote) == ("openai-like · m", False)


def test_only_a_language_model_writes_questions() -> None:
    with pytest.raises(ConfigError, match="choose a language model"):
        question_writer(Config().llm)


def test_a_file_that_a_person_has_edited_is_added_to(tmp_path: Path, sample_chatbot: Chatbot) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "mine?"}', "utf-8")  # without an end of line
    append_proposals(file, propose_questions(sample_chatbot, 1, 10).kept)
    assert next(question.text for question in read_questions(file)) == "mine?"
    assert len(read_questions(file)) == 2
