"""Suggested questions: made of what the documents hold, and shown only when they are answered from there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot import Chatbot
from chatbot.answering.suggestions import Possible, answered_questions, possible_questions
from chatbot.trace import Candidate, Gate, Search, SecondLook, Timings


def found(document: str, refused: bool = False) -> Search:
    candidate = Candidate(1, document, "text", (0, 4))
    look, gate = SecondLook("", "applied"), Gate(refused)
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
