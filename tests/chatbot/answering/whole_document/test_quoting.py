from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chatbot.answering.whole_document import quoting
from chatbot.answering.whole_document.central import most_central, passage_worths
from chatbot.answering.whole_document.numbering import Numbers
from chatbot.answering.whole_document.quoting import closing, quoted, quoted_together
from chatbot.answering.whole_document.words import Words
from fakes.whole_documents import whole

ENGLISH, KOREAN = Words("en"), Words("ko")
HANDBOOK = whole(
    ("Handbook", ("Handbook",), 1),
    ("Leave\n\nEvery employee has 25 days of leave a year.", ("Handbook", "Leave"), 2),
    ("Sick leave\n\nTell your lead before half past nine in the morning.", ("Handbook", "Leave", "Sick"), 2),
    (
        "Expenses\n\n| Item | Limit |\n| --- | --- |\n| Hotel | 140 |\n| Train | 60 |",
        ("Handbook", "Expenses"),
        3,
    ),
    name="Handbook",
)


def test_a_summary_quotes_each_section_word_for_word_and_names_those_without_a_sentence() -> None:
    numbers = Numbers()
    assert quoted(HANDBOOK, "summary", ENGLISH, numbers) == [
        "Summary of Handbook (4 passages)",
        "## Leave",
        "Every employee has 25 days of leave a year. [1]",
        "## Expenses",
        "A table with the columns Item, Limit and 2 rows. Its first row:",
        "Item: Hotel · Limit: 140 [2]",
        "No sentence quoted: Handbook",
    ]
    first, second = numbers.sources
    assert [(s.number, s.candidate.rank, s.candidate.kept) for s in (first, second)] == [
        (1, 1, True),
        (2, 2, True),
    ]
    assert [first.text[h.start : h.end] for h in first.highlights] == [
        "Every employee has 25 days of leave a year."
    ]
    assert [second.text[h.start : h.end] for h in second.highlights] == ["| Hotel | 140 |"]


def test_the_programs_own_words_are_in_the_language_of_the_question_and_the_quotes_stay() -> None:
    assert quoted(HANDBOOK, "summary", KOREAN, Numbers()) == [
        "Handbook 요약 (발췌문 4개)",
        "## Leave",
        "Every employee has 25 days of leave a year. [1]",
        "## Expenses",
        "표: 열은 Item, Limit, 행은 2개입니다. 첫 행:",
        "Item: Hotel · Limit: 140 [2]",
        "인용한 문장이 없는 부분: Handbook",
    ]


def test_an_outline_is_the_tree_of_headings_with_pages() -> None:
    assert quoted(HANDBOOK, "outline", ENGLISH, Numbers()) == [
        "Outline of Handbook (4 passages)",
        "- Handbook · Page 1 [1]\n  - Leave · Page 2 [2]\n    - Sick · Page 2 [3]\n  - Expenses · Page 3 [4]",
    ]


def test_key_points_are_a_list_in_reading_order() -> None:
    assert quoted(HANDBOOK, "key_points", ENGLISH, Numbers()) == [
        "Key points of Handbook (4 passages)",
        "- Every employee has 25 days of leave a year. [1]\n- Tell your lead before half past nine in the morning. [2]",
    ]


def test_about_is_a_few_sentences() -> None:
    assert quoted(HANDBOOK, "about", ENGLISH, Numbers()) == [
        "Handbook (4 passages)",
        "Every employee has 25 days of leave a year. [1]",
        "Tell your lead before half past nine in the morning. [2]",
    ]


def test_several_documents_stand_under_their_names_with_numbers_that_go_on() -> None:
    opening_hours = ("The library opens at ten on every day of the week.", (), None)
    other = whole(opening_hours, name="Rules [3]", first_id=99)
    assert quoted_together([HANDBOOK, other], ENGLISH, Numbers()) == [
        "2 documents, each by its most central sentences",
        "## Handbook",
        "Every employee has 25 days of leave a year. [1]",
        "Tell your lead before half past nine in the morning. [2]",
        "## Rules (3)",
        "The library opens at ten on every day of the week. [3]",
    ]


def test_a_document_without_a_sentence_says_so() -> None:
    assert quoted(whole(("Title", (), None)), "summary", ENGLISH, Numbers()) == [
        "Summary of Guide (1 passage)",
        "It holds no whole sentence that could be quoted.",
    ]


def test_what_was_left_out_of_a_document_that_is_too_long_is_said() -> None:
    long = replace(HANDBOOK, read=5_000, count=7_312)
    assert list(closing([HANDBOOK, long], ENGLISH)) == [
        "Only the first 5,000 of 7,312 passages were read: Handbook"
    ]
    assert quoted(long, "about", KOREAN, Numbers())[0] == "Handbook (발췌문 7,312개)"


def test_no_more_than_forty_passages_become_sources() -> None:
    passages = [
        (f"Part {n} is described in the passage with the number {n}.", (f"Part {n}",), n) for n in range(90)
    ]
    numbers = Numbers()
    (_, tree) = quoted(whole(*passages), "outline", ENGLISH, numbers)  # type: ignore[misc]
    assert (len(numbers.sources), len(tree.splitlines()), tree.count("[")) == (40, 90, 40)


def test_references_are_named_and_not_quoted() -> None:
    document = whole(
        ("Birds sing early in the morning when it is spring.", ("Birds",), None),
        ("Fish swim in the cold water of the northern lakes.", ("Fish",), None),
        ("Miller, A. Birds of the north, Harbor Press of 2019.", ("References",), None),
    )
    assert quoted(document, "summary", ENGLISH, Numbers())[-1] == "No sentence quoted: References"


def test_the_passage_nearest_to_the_mean_is_the_most_central() -> None:
    document = whole(
        *((f"text {n}", (), None) for n in range(3)), vectors=[(1.0, 0.0), (0.8, 0.6), (0.6, 0.8)]
    )
    worths = passage_worths(document.vectors, 0, 3)
    assert [round(worth, 2) for worth in worths] == [0.0, 1.0, 0.44]
    assert most_central(worths, 2) == [0, 1]
    assert passage_worths(None, 0, 3) == [1.0, 1.0, 1.0]
    assert passage_worths(document.vectors, 1, 2) == [1.0]


def test_a_central_passage_is_quoted_rather_than_a_remote_one() -> None:
    animals = (
        "Fish swim in the cold water of the northern lakes.", "Cats sleep for most of the day in warm places.",
        "Dogs bark at people whom they do not know well.",
    )  # fmt: skip
    document = whole(
        *((text, ("Animals",), None) for text in animals), ("Trees", ("Trees",), None), ("Ferns", ("Ferns",), None),
        vectors=[(0.0, 1.0), (0.0, 1.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0)],
    )  # fmt: skip
    fish = quoted(document, "summary", ENGLISH, Numbers())[2]
    turned = replace(
        document, vectors=np.array([(1.0, 0.0), (0.0, 1.0), (0.0, 1.0)] + [(1.0, 0.0)] * 2, np.float32)
    )
    assert fish == "Fish swim in the cold water of the northern lakes. [1]"
    assert (
        quoted(turned, "summary", ENGLISH, Numbers())[2]
        == "Cats sleep for most of the day in warm places. [1]"
    )


def test_only_a_bounded_number_of_passages_is_split_into_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 3,000 passages in 10 sections 12 of each: 0.2 s instead of 5."""
    looked_at: list[int] = []
    real = quoting.statements_in

    def counting(passages: object, places: object) -> object:
        looked_at.extend(places)  # type: ignore[arg-type]
        return real(passages, places)  # type: ignore[arg-type]

    document = whole(*((f"Passage {n} tells something about part {n % 7} here.", (f"Part {n // 300}",), None) for n in range(3_000)))  # fmt: skip
    monkeypatch.setattr(quoting, "statements_in", counting)
    paragraphs = quoted(document, "summary", ENGLISH, Numbers())
    assert len([p for p in paragraphs if p.startswith("## ")]) == 10
    assert len(looked_at) == 10 * 12
