"""Questions made of passages: wholly in one language, in words that a person would use."""

from __future__ import annotations

from typing import Literal

import pytest

from chatbot import Chatbot
from chatbot.answering.suggesting.possible_questions import questions_of
from chatbot.answering.suggesting.suggestions import possible_questions
from chatbot.store import ChunkRow
from chatbot.text.language import hangul_share

KOREAN = "신경망의 가중치를 더 적은 비트로 나타내는 방법을 다루는 장입니다."
ENGLISH = "Ask your manager at least two weeks before, and later write to the Paris office."


def asked(heading: str, text: str, wanted: Literal["ko", "en"]) -> list[str]:
    chunk = ChunkRow(1, "data/a.md", 0, None, 0, len(text), (heading,), text)
    return [question for question, _ in questions_of([chunk], wanted)]


@pytest.mark.parametrize("wanted", ["ko", "en"])
@pytest.mark.parametrize(
    ("heading", "text", "question"),
    [
        ("양자화", KOREAN, "양자화에 대해 알려 주세요"),
        ("3. RAG 파이프라인", KOREAN, "RAG 파이프라인에 대해 알려 주세요"),
        ("4. When you are ill", ENGLISH, "What happens when you are ill?"),
        ("2. Asking for leave", ENGLISH, "What do the documents say about asking for leave?"),
        ("Paris office hours", ENGLISH, "What do the documents say about Paris office hours?"),
        ("Travel and Expenses", ENGLISH, "What do the documents say about Travel and Expenses?"),
        ("Who approves leave?", ENGLISH, "Who approves leave?"),
        ("언제 필터를 바꾸나요?", KOREAN, "언제 필터를 바꾸나요?"),
    ],
)
def test_a_question_about_a_heading_is_wholly_in_its_language(
    heading: str, text: str, question: str, wanted: Literal["ko", "en"]
) -> None:
    assert asked(heading, text, wanted) == [question]


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("양자화는 가중치를 적은 비트로 나타내는 방법입니다.", "양자화란 무엇인가요?"),
        ("청킹은 긴 글을 조각으로 나누는 일을 말합니다.", "청킹이란 무엇인가요?"),
        ("버전 3은 지난해에 나온 안정적인 판입니다.", "버전 3이란 무엇인가요?"),
        ("버전 2는 그 전에 나온 오래된 판입니다.", "버전 2란 무엇인가요?"),
        ("BM25는 낱말의 빈도로 문서의 순위를 매기는 함수입니다.", "BM25란 무엇인가요?"),
        ("Word2Vec은 낱말을 벡터로 나타내는 모델입니다.", "Word2Vec에 대해 알려 주세요"),
    ],
)
def test_a_korean_definition_is_asked_for_with_the_particle_that_its_sound_wants(
    sentence: str, question: str
) -> None:
    assert asked("", sentence, "ko") == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "신경망을 더 적은 비트로 나타내는 것이 목표입니다.",
        "우리가 원하는 것은 빠른 답입니다.",
        "꼭 필요하지 않은 것은 비용입니다.",
    ],
)
def test_what_only_looks_like_a_definition_is_not_asked_for(sentence: str) -> None:
    assert asked("", sentence, "ko") == []


@pytest.mark.parametrize("wanted", ["ko", "en"])
def test_an_english_definition_keeps_its_article(wanted: Literal["ko", "en"]) -> None:
    assert asked("", "A cross-encoder is a model that reads both texts.", wanted) == [
        "What is a cross-encoder?"
    ]


def test_a_term_in_latin_letters_can_be_asked_about_in_both_languages() -> None:
    assert asked("Word2Vec", KOREAN, "ko") == ["Word2Vec에 대해 알려 주세요"]
    assert asked("Word2Vec", KOREAN, "en") == ["What do the documents say about Word2Vec?"]


@pytest.mark.parametrize(
    "heading", ["Introduction", "1. 개요", "참고 문헌", "契約条件", "In short", "Appendix A"]
)
@pytest.mark.parametrize("wanted", ["ko", "en"])
def test_nobody_asks_about_the_parts_of_a_document_or_in_a_third_script(
    heading: str, wanted: Literal["ko", "en"]
) -> None:
    assert asked(heading, ENGLISH if heading.isascii() else KOREAN, wanted) == []


@pytest.mark.parametrize("wanted", ["ko", "en"])
def test_no_question_about_the_samples_mixes_languages(
    wanted: Literal["ko", "en"], sample_chatbot: Chatbot
) -> None:
    with sample_chatbot.store.reading() as view:
        made = [one.question for one in possible_questions(view, view.documents(), wanted)]
    assert len(made) > 6
    for question in made:
        share = hangul_share(question)
        assert share == 0 or question.split()[-1].endswith(("요?", "요", "?")), question
        assert not (share and question.startswith(("What ", "How "))), question
        assert share == 0 or share > 0.3, question
