"""An article or section that is asked for by its number is what is quoted, whatever lies nearer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from chatbot import Chatbot, load_chatbot
from chatbot.config import Config
from chatbot.retrieval.by_number import not_found
from chatbot.retrieval.embeddings import build_embedding
from chatbot.trace import Candidate, Turn
from ingest.pipeline import run

TOPICS = (
    "회비",
    "총회",
    "이사회",
    "감사",
    "탈퇴",
    "제명",
    "포상",
    "출판",
    "장학금",
    "해산",
    "서기",
    "문서고",
)
RULES = "# 동호회 회칙\n\n" + "\n\n".join(
    f"제{at}조 ({topic})\n\n① {topic}에 대한 일은 {at + 20}일 안에 정한다.\n\n② {topic}의 기록은 {at + 2}년 동안 둔다."
    for at, topic in enumerate(TOPICS, 1)
)
PARTS = ("Deposit", "Keys", "Pets", "Garden")
LEASE = "# Garage lease\n\n" + "\n\n".join(
    f"{at} {part}\n\n{at}.1 The {part.lower()} rule holds for {at + 40} weeks.\n\n{at}.2 The {part.lower()} fee is £{at}7."
    for at, part in enumerate(PARTS, 1)
)
TOUR = "# Harbour tour\n\nThe harbour tour leaves at nine from the east pier.\n\nDogs are welcome on the harbour tour."
INSURANCE = "# Boat insurance\n\n" + "\n\n".join(f"{at}.1 The boat is number {at}." for at in range(1, 7))


@pytest.fixture(scope="module")
def chatbot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatbot]:
    folder = tmp_path_factory.mktemp("numbered")
    for name, text in (
        ("회칙.md", RULES),
        ("garage_lease.md", LEASE),
        ("boat_insurance.md", INSURANCE),
        ("harbour_tour.md", TOUR),
    ):
        (folder / name).write_text(text, "utf-8")
    config = Config().with_(store=folder / "store")
    assert not run(config, [folder], embedding=build_embedding(config)).refused
    chatbot = load_chatbot(config)
    with closing(chatbot.store):
        yield chatbot


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "제11조가 뭐야?",
            ["제11조 (서기)", "① 서기에 대한 일은 31일 안에 정한다.", "② 서기의 기록은 13년 동안 둔다."],
        ),
        ("회칙 제4조 제2항 알려줘", ["② 감사의 기록은 6년 동안 둔다."]),
        ("What does section 3.2 of the garage lease say?", ["3.2 The pets fee is £37."]),
        ("section 4.1 of the boat insurance", ["4.1 The boat is number 4."]),
        ("Under clause 2, how much is the fee for keys?", ["2.2 The keys fee is £27."]),
    ],
)
def test_it_is_answered_from_what_has_the_number(chatbot: Chatbot, question: str, said: list[str]) -> None:
    answer = chatbot.ask(question)
    assert answer.text.split("\n\n")[: len(said)] == [f"{each} [1]" for each in said]
    assert not answer.gate.refused


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("제15조가 뭐야?", "찾은 내용은 “제15조”에 대한 것이 아닙니다."),
        ("제3조 제4항은?", "찾은 내용은 “제3조 제4항”에 대한 것이 아닙니다."),
        (
            "section 6.1 of the garage lease",
            "What was found on this is not about section 6.1.",
        ),  # the other one has it
        ("What does section 3 of the harbour tour say?", "What was found on this is not about section 3."),
    ],
)
def test_a_number_that_is_not_there_is_told(chatbot: Chatbot, question: str, told: str) -> None:
    answer = chatbot.ask(question)
    assert answer.text.startswith(told)
    assert answer.gate.verdict == "weak"


def test_a_number_alone_goes_on_with_the_document_that_was_asked_about(chatbot: Chatbot) -> None:
    history: list[Turn] = []
    for question, said in (
        ("What does section 3.2 of the garage lease say?", "3.2 The pets fee"),
        ("And section 4.2?", "4.2 The garden fee"),
        ("And 1.2?", "1.2 The deposit fee"),
    ):
        answer = chatbot.ask(question, history)
        assert answer.text.startswith(said)
        history.append(Turn(question, answer.text, ("garage_lease.md",)))


@pytest.mark.parametrize(
    ("text", "question", "missing"),
    [  # of texts that only speak of articles and sections
        ("Stalls are let under section 12 of the byelaws.", "When are stalls let under section 9?", ("section 9",)),
        ("Stalls are let under section 12 of the byelaws.", "When are stalls let under section 12?", ()),
        ("The fees are in chapter 3.", "Which fees are in chapter 4?", ("chapter 4",)),
        ("The fees are on the door.", "Which fees are in chapter 4?", ()),
        ("정관 제10조에 따라 회장을 뽑았다.", "회장은 제11조 제2항에 따라 뽑았어?", ("제11조 제2항",)),
        ("2024년 정관 제10조에 따라 회장을 뽑았다.", "2025년에 제11조로 회장을 뽑았어?", ("2025", "제11조")),
    ],
)  # fmt: skip
def test_what_speaks_only_of_others_is_not_about_the_one_asked_for(
    text: str, question: str, missing: tuple[str, ...]
) -> None:
    candidate = Candidate(1, "notes.md", text, (0, len(text)))
    assert not_found(question, "", [candidate]) == missing
