"""Suggested questions: made of what the documents hold, and shown only when they are answered from there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import Chatbot
from chatbot.answering.suggesting.suggestions import (
    Possible,
    answered_next,
    answered_questions,
    next_questions,
    possible_questions,
)
from chatbot.text.language import language_of
from chatbot.trace import Candidate, Gate, Search, SecondLook, Timings, Turn, Verdict


def found(document: str, refused: bool = False, verdict: Verdict | None = None) -> Search:
    candidate = Candidate(1, document, "text", (0, 4))
    look, gate = SecondLook("", "applied"), Gate(refused, verdict=verdict)
    return Search.of("q", "q", [candidate], look, gate, Timings(), 3)


def test_only_questions_that_are_answered_from_their_own_document_are_kept_of_different_ones_first() -> None:
    searches = {
        "refused": found("a", refused=True), "elsewhere": found("b"), "one": found("a"), "two": found("a"),
        "three": found("b"),
    }  # fmt: skip
    possible = [
        Possible("refused", "a"),
        Possible("elsewhere", "a"),
        Possible("one", "a"),
        Possible("two", "a"),
        Possible("three", "b"),
    ]
    assert answered_questions(iter(possible), searches.__getitem__) == ("one", "three", "two")


def test_what_is_only_weakly_answered_is_not_listed_as_answered() -> None:
    searches = {"weak": found("a", verdict="weak"), "strong": found("b", verdict="strong")}
    assert answered_questions(
        iter([Possible("weak", "a"), Possible("strong", "b")]), searches.__getitem__
    ) == ("strong",)


def test_two_that_ask_the_same_are_one() -> None:
    possible = [
        Possible("How do I choose k and top_n?", "a"), Possible("What do they say about choosing k and top_n?", "a"),
        Possible("필터는 얼마나 자주 교체해야 하나요?", "b"), Possible("필터 교체에 대해 알려 주세요", "b"),
    ]  # fmt: skip
    searches = {one.question: found(one.document) for one in possible}
    assert answered_questions(iter(possible), searches.__getitem__) == (
        "How do I choose k and top_n?", "필터는 얼마나 자주 교체해야 하나요?",
    )  # fmt: skip


def test_those_in_the_language_of_the_page_come_first_even_of_one_document() -> None:
    of = {"필터란?": "a", "청소란?": "a", "먼지란?": "a", "What is it?": "b", "Who is it?": "c"}
    possible = [Possible(question, document) for question, document in of.items()]
    searches = {question: found(document) for question, document in of.items()}
    korean = answered_questions(iter(possible), searches.__getitem__, language="ko")
    assert korean == ("필터란?", "청소란?", "먼지란?")
    assert answered_questions(iter(possible), searches.__getitem__) == (
        "필터란?",
        "What is it?",
        "Who is it?",
    )


def test_not_more_than_eighteen_are_tried() -> None:
    asked: list[str] = []

    def endless() -> Iterator[Possible]:
        while True:
            yield Possible("q", "a")

    def search(question: str) -> Search:
        asked.append(question)
        return found("a", refused=True)

    assert answered_questions(endless(), search) == ()
    assert len(asked) == 18


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_samples_give_three_questions_that_are_answered(language: str, sample_chatbot: Chatbot) -> None:
    with sample_chatbot.store.reading() as view:
        possible = list(possible_questions(view, view.documents(), language))  # type: ignore[arg-type]
    questions = answered_questions(iter(possible), sample_chatbot.search, seconds=600)
    assert len(questions) == len(set(questions)) == 3
    answers = [sample_chatbot.ask(question) for question in questions]
    assert not any(answer.refused for answer in answers)
    assert len({answer.sources[0].document for answer in answers}) >= 2


def test_suggestions_are_looked_for_once_for_each_commit(sample_chatbot: Chatbot) -> None:
    found = sample_chatbot.suggestions("en")
    assert found
    assert sample_chatbot.suggestions("en") is found


def test_questions_are_made_of_definitions_and_headings(sample_chatbot: Chatbot) -> None:
    with sample_chatbot.store.reading() as view:
        made = {p.question for p in possible_questions(view, view.documents(), "en")}
        korean = {p.question for p in possible_questions(view, view.documents(), "ko")}
    assert any(question.startswith("What do the documents say about ") for question in made)
    assert any(question.endswith("무엇인가요?") for question in korean)
    assert not any("#" in question or question.startswith(("1", "2")) for question in made | korean)


@pytest.mark.parametrize(
    ("question", "document", "language"),
    [
        ("How long is parental leave?", "data/employee-handbook.pdf", "en"),
        ("필터는 얼마나 자주 교체해야 하나요?", "data/robot-vacuum-manual-ko.docx", "ko"),
    ],
)
def test_what_may_be_asked_next_stands_near_what_was_cited_and_is_answered(
    question: str, document: str, language: str, sample_chatbot: Chatbot
) -> None:
    answer = sample_chatbot.ask(question)
    assert answer.text
    found = sample_chatbot.next_questions(answer, seconds=600)
    assert len(set(found)) == len(found) == 3
    for following in found:
        assert sample_chatbot.search(following).kept[0].document == document
        assert language_of(following) == language


def test_nothing_that_was_asked_is_asked_next(sample_chatbot: Chatbot) -> None:
    question = "How long is parental leave?"
    answer = sample_chatbot.ask(question)
    assert answer.text
    history = [Turn("What does the handbook say about asking for leave?", "...")]
    later = sample_chatbot.ask(question, history)
    assert later.text
    with sample_chatbot.store.reading() as view:
        first, then = ({one.question for one in next_questions(view, each)} for each in (answer, later))
    assert first - then == {"What do the documents say about asking for leave?"}
    assert "What do the documents say about family?" not in first  # it was cited


def test_what_has_no_ranking_has_no_next_question(sample_chatbot: Chatbot) -> None:
    for question in ("hello", "What is the capital of Australia?", "Summarize the employee handbook"):
        answer = sample_chatbot.ask(question)
        assert answer.text
        assert sample_chatbot.next_questions(answer) == ()


def test_next_questions_are_answered_clearly_or_by_the_passage_they_were_made_of_and_eight_are_tried() -> (
    None
):
    asked: list[str] = []

    def search(question: str) -> Search:
        asked.append(question)
        candidate = Candidate(7, "b" if question == "elsewhere" else "d", "text", (0, 4))
        gate = Gate(False, 0.9, 0.3, "", "weak" if question == "weak" else "strong", 0.8)
        return Search.of("q", "q", [candidate], SecondLook("", "applied"), gate, Timings(), 3)

    def made(*questions: str, chunk: int = 1) -> list[Possible]:
        return [Possible(question, "d", chunk) for question in questions]

    assert answered_next(made("weak", "elsewhere", "a", "b", "c", "d"), search, 600) == ("a", "b", "c")
    assert asked == ["weak", "elsewhere", "a", "b", "c"]
    assert answered_next(made("weak", chunk=7), search, 600) == ("weak",)
    asked.clear()
    assert answered_next(made(*["weak"] * 20), search, 600) == ()
    assert len(asked) == 8
