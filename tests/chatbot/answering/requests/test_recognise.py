"""Labelled sentences in both languages: what each asks for, and which document it names."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from chatbot.answering.requests import as_chosen, recognise, without_opener
from chatbot.answering.requests.document_names import best_matches, spoken_of
from chatbot.answering.requests.plain import plain
from chatbot.store import DocumentName
from chatbot.trace import LOOK_UP, Request, Turn

TITLES = {
    "employee-handbook.pdf": "Harbor & Pine Employee Handbook", "ai-glossary-ko.txt": "", "price-list.csv": "",
    "reranking-guide.md": "A field guide to reranking", "robot-vacuum-manual-ko.docx": "모리 R1 로봇 청소기 사용 설명서",
    "annual-report-2025.pdf": "", "계약서-2026.docx": "", "회의록-3월.md": "", "resume_jane_doe.pdf": "",
}  # fmt: skip


def row(name: str, title: str = "") -> DocumentName:
    return DocumentName(f"data/{name}", title)


DOCUMENTS = [row(name, title) for name, title in TITLES.items()]
HANDBOOK, GLOSSARY = "data/employee-handbook.pdf", "data/ai-glossary-ko.txt"
SENTENCES = list(
    csv.DictReader(
        Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines(),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)


def asked(
    question: str, history: Sequence[Turn] = (), documents: Sequence[DocumentName] = DOCUMENTS
) -> Request:
    return recognise(question, lambda: documents, history)


def is_right(sentence: dict[str, str]) -> bool:
    found = asked(sentence["sentence"])
    names = ",".join(uri.removeprefix("data/") for uri in found.documents)
    is_kind = (found.kind, found.topic) == (sentence["kind"], sentence["topic"])
    return is_kind and (found.kind == "look_up" or names == sentence["document"])


def test_there_are_enough_sentences_of_every_language() -> None:
    korean = [s for s in SENTENCES if re.search("[가-힣ㄱ-ㅎ]", s["sentence"])]
    mixed = [s for s in korean if re.search("[A-Za-z]{2}", s["sentence"])]
    look_ups = [s for s in SENTENCES if s["kind"] == "look_up"]
    assert len({s["sentence"] for s in SENTENCES}) == len(SENTENCES) >= 300
    assert len(korean) * 2 >= len(SENTENCES)
    assert len(mixed) * 6 >= len(SENTENCES)
    assert len(look_ups) >= 150


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_kinds_are_recognised_and_look_ups_stay_look_ups(half: str) -> None:
    sentences = [s for s in SENTENCES if s["half"] == half]
    wrong = [s for s in sentences if not is_right(s)]
    look_ups = [s for s in sentences if s["kind"] == "look_up"]
    assert len(wrong) <= 0.05 * len(sentences), [s["sentence"] for s in wrong]
    assert sum(s["kind"] == "look_up" for s in wrong) <= 0.01 * len(look_ups)


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("안녕하세요, 재택근무는 며칠까지 가능한가요?", "재택근무는 며칠까지 가능한가요?"),
        ("안녕하세요 재택근무는 며칠까지 가능한가요", "재택근무는 며칠까지 가능한가요"),
        ("Thanks! And how long is the notice period?", "And how long is the notice period?"),
        ("hi there, what is a bi-encoder?", "what is a bi-encoder?"),
        ("ok thanks! can you make that shorter?", "can you make that shorter?"),
        ("Hello World 프로그램은 어떻게 쓰나요?", "Hello World 프로그램은 어떻게 쓰나요?"),
        ("hello", "hello"),
        ("감사 결과는 언제 나오나요?", "감사 결과는 언제 나오나요?"),
    ],
)
def test_only_a_greeting_in_front_of_a_question_is_not_searched(question: str, searched: str) -> None:
    assert without_opener(question) == searched


def test_it_is_the_only_document_or_the_one_that_was_cited_last() -> None:
    history = [Turn("a", "b [1]", (GLOSSARY,)), Turn("c", "d [1]", (HANDBOOK, GLOSSARY)), Turn("e", "f")]
    for question in ("Summarise it", "summarize this document please", "그 문서를 요약해줘", "요약해줘"):
        assert asked(question, history) == Request("whole_document", "summary", (HANDBOOK,)), question
        assert asked(question) == Request("whole_document", "summary"), question
        assert asked(question, documents=DOCUMENTS[1:2]).documents == (GLOSSARY,), question
    assert asked("Summarise all documents", history) == Request("whole_document", "summary")


def test_of_several_documents_that_fit_the_best_is_meant_and_of_equals_at_most_five() -> None:
    documents = [
        row("handbook.pdf"),
        row("handbook-of-birds.pdf"),
        *(row(f"report-{n}.md") for n in range(9)),
    ]
    assert asked("Summarize the handbook", documents=documents).documents == ("data/handbook.pdf",)
    assert len(asked("Summarize the report", documents=documents).documents) == 5
    assert asked("Summarize report-3.md", documents=documents).documents == ("data/report-3.md",)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("요약: 판매실적", "20240307_판매실적_rev2_진짜최종.xlsx"), ("판매실적을 요약해줘", "20240307_판매실적_rev2_진짜최종.xlsx"),
        ("Summary: invoices", "invoices q3_q4.csv"), ("summarize the camera lenses", "camera lenses v2 FINAL.csv"), ("요약: 회칙", "독서회 회칙_수정본2.txt"),
    ],
)  # fmt: skip
def test_dates_and_versions_in_the_name_of_a_file_are_no_part_of_what_it_is_called(
    question: str, name: str
) -> None:
    documents = [
        row("20240307_판매실적_rev2_진짜최종.xlsx"), row("invoices q3_q4.csv"),
        row("camera lenses v2 FINAL.csv"), row("독서회 회칙_수정본2.txt"), row("camera shops and their lenders.md"),
    ]  # fmt: skip
    assert asked(question, documents=documents) == Request("whole_document", "summary", (f"data/{name}",))
    assert asked("summarize the camera", documents=documents).kind == "look_up"


def test_documents_are_asked_for_only_where_a_rule_needs_them() -> None:
    def never() -> Sequence[DocumentName]:
        raise AssertionError

    for question in (
        "hello",
        "What documents do you have?",
        "필터는 얼마나 자주 교체해야 하나요?",
        "x" * 4000,
    ):
        recognise(question, never)


def test_what_a_person_says_wins_over_the_rules() -> None:
    chosen = as_chosen("summary", "How long is the leave in the employee handbook?", lambda: DOCUMENTS)
    assert chosen == Request("whole_document", "summary", (HANDBOOK,), "person")
    tables = as_chosen("table", "Days by year in the employee handbook?", lambda: DOCUMENTS)
    assert (tables.kind, tables.documents, tables.decided_by) == ("table", chosen.documents, "person")
    assert as_chosen("look-up", "hello", lambda: DOCUMENTS) == Request("look_up", "", (), "person")


@pytest.mark.parametrize(
    "text", ["가" * 4000, "hi " * 2000, "요약 " * 1500, "all the " * 30, "!" * 4000, "?", "😀"]
)
def test_odd_questions_end_in_a_request(text: str) -> None:
    assert asked(text).kind in {"look_up", "talk", "collect"}


def test_a_document_among_thousands_is_the_one_that_reading_every_word_of_every_name_finds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = Random(3)
    parts = [
        "handbook",
        "핸드북",
        "견적서",
        "가격",
        "청소기",
        "Müller",
        "Straße",
        "서울의",
        "R1",
        "2025",
        "3월",
        "résumé",
        "GUIDE's",
    ]
    titles = ["", "", *(random.choice(" _-'").join(random.sample(parts, 3)) for _ in range(300))]
    names = [
        random.choice(("", " ", "-")).join(random.sample(parts, random.randint(1, 4))) for _ in range(2_000)
    ]
    documents = [row(f"{number % 7}/{name}.pdf", random.choice(titles)) for number, name in enumerate(names)]
    phrases = [
        *random.sample(names, 15),
        *random.sample(titles[2:], 15),
        "the price handbook",
        "가격표를",
        "robot",
    ]

    def found() -> list[tuple[str, ...]]:
        asked = [best_matches(plain(phrase), documents) for phrase in phrases]
        return [*asked, *(spoken_of(f"what is in {phrase}?", documents, ()) for phrase in phrases)]

    quickly = found()
    monkeypatch.setattr("chatbot.answering.requests.document_names._may_say", lambda *_: True)
    assert found() == quickly
    assert sum(map(bool, quickly)) >= 40


@pytest.mark.parametrize(
    ("question", "aspect"),
    [("둘이 뭐가 달라?", ""), ("둘 중 뭐가 더 빨라?", "빨라"), ("차이가 뭐야?", None), ("compare them", ""),
     ("Which of the two is faster?", "is faster"), ("둘째 아이는 몇 살이야?", None)],
)  # fmt: skip
def test_two_things_that_were_spoken_of_are_compared(question: str, aspect: str | None) -> None:
    history = [Turn("What is HNSW?", "..."), Turn("is it fast?", "..."), Turn("and IVF?", "...")]
    found = asked(question, history)
    assert found == (LOOK_UP if aspect is None else Request("compare", aspect, parts=("HNSW", "IVF")))
    assert asked(question, history[:1]).kind == "look_up"


def test_which_of_the_two_are_those_of_the_comparison_before() -> None:
    found = asked(
        "Which of them is cheaper?", [Turn("Compare the ruler with the scissors", "| ruler | scissors |")]
    )
    assert found == Request("compare", "is cheaper", parts=("ruler", "scissors"))


@pytest.mark.parametrize(
    ("before", "question", "parts"),
    [
        (["HNSW"], "compare it with IVF", ("HNSW", "IVF")), (["What is HNSW?", "is it fast?"], "compare that to IVF", ("HNSW", "IVF")),
        (["How does HNSW work?"], "how does it differ from FAISS?", ("HNSW", "FAISS")), (["TF-IDF"], "and compared with BM25?", ("TF-IDF", "BM25")),
        (["parental leave"], "How does that compare to annual leave?", ("parental leave", "annual leave")),
        (["HNSW", "compare it with IVF"], "what's the difference to FAISS?", ("HNSW", "FAISS")),
        (["BM25"], "그것과 TF-IDF를 비교해줘", ("BM25", "TF-IDF")), (["Word2Vec이 뭐야?"], "FastText와는 뭐가 달라?", ("Word2Vec", "FastText")),
        (["육아휴직", "고마워"], "그거랑 연차랑 비교하면?", ("육아휴직", "연차")), (["Word2Vec"], "그럼 GloVe와 비교해줘", ("Word2Vec", "GloVe")),
    ],
)  # fmt: skip
def test_a_thing_is_compared_with_what_was_asked_about(
    before: list[str], question: str, parts: tuple[str, ...]
) -> None:
    found = asked(question, [Turn(each, "a [1]", (GLOSSARY,)) for each in before])
    assert found == Request("compare", parts=parts)
    assert asked(question).parts != parts


@pytest.mark.parametrize(
    "question", ["compare it with IVF", "그것과 IVF를 비교해줘", "Is it different from the old one?"]
)
def test_it_is_no_side_where_nothing_was_spoken_of(question: str) -> None:
    assert asked(question) == LOOK_UP
    assert asked(question, [Turn("compare HNSW and FAISS", "| a |")]) == LOOK_UP


def test_a_document_is_compared_with_the_one_that_was_summarised() -> None:
    history = [Turn("Summarize the handbook", "a [1]", (HANDBOOK,))]
    for question in ("compare it with the reranking guide", "reranking guide와 비교해줘"):
        assert asked(question, history) == Request(
            "whole_document", "compare", (HANDBOOK, "data/reranking-guide.md")
        )
