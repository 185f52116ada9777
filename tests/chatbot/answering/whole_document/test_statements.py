from __future__ import annotations

import pytest

from chatbot.answering.whole_document.statements import statements_in, table_in
from fakes.whole_documents import Passage, whole


def _statements(*texts: str) -> list[str]:
    passages: list[Passage] = [(text, (), None) for text in texts]
    document = whole(*passages)
    return [s.text for s in statements_in(document.passages, range(len(texts)))]


def test_whole_sentences_are_statements_and_titles_labels_and_rows_are_not() -> None:
    text = (
        "Annual leave\n\nEvery employee has 25 days of leave a year.\n\nContact person\n\n"
        "| Years | Days |\n| --- | --- |\n| 1-2 | 15 |\n\nShort one."
    )
    assert _statements(text) == ["Every employee has 25 days of leave a year."]


@pytest.mark.parametrize(
    "line",
    [
        "Questions about this go to people@harbor.example, or to the desk.",
        "Please read more about it on https://harbor.example/leave today.",
        "Copyright 2026 Harbor and Pine, who own all of this text.",
        "© 2026 Harbor and Pine, the owners of this document.",
        "전화: 02-1234-5678로 연락해 주시면 친절하게 안내해 드립니다.",
        "1. Introduction to the whole thing ........ 12",
        "the rest of a sentence that was cut where the page ended.",
        "return {name: len(name) for name in names}; never do this.",
        "Is this something that anybody has ever asked you before?",
    ],
)
def test_contact_lines_small_print_code_questions_and_cut_sentences_are_not_quoted(line: str) -> None:
    assert _statements(f"{line}\n\nEvery employee has 25 days of leave a year.") == [
        "Every employee has 25 days of leave a year."
    ]


def test_the_mark_of_a_list_is_left_out() -> None:
    assert _statements(
        "- Never touch the plug with wet hands, please.\n- Keep it dry and clean at all times."
    ) == [
        "Never touch the plug with wet hands, please.",
        "Keep it dry and clean at all times.",
    ]


def test_what_is_said_twice_is_a_running_head() -> None:
    head = "This document belongs to Harbor and Pine."
    texts = [f"{head}\n\nNumber {word} is a sentence of its own." for word in ("one", "two")]
    assert _statements(*texts) == [
        "Number one is a sentence of its own.",
        "Number two is a sentence of its own.",
    ]


def test_the_rest_of_a_sentence_that_began_in_the_passage_before_is_not_quoted() -> None:
    assert _statements(
        "The leave year runs from the first of January and", "Ends on the last day of December. All days lapse on the next of March."
    ) == ["All days lapse on the next of March."]  # fmt: skip


def test_a_sentence_that_leans_on_another_says_so() -> None:
    document = whole(
        ("However, they lapse on the last day of March. Leave is 25 days in a whole year.", (), None)
    )
    assert [s.leans for s in statements_in(document.passages, [0])] == [True, False]


def test_a_table_is_known_by_its_columns_its_rows_and_its_first_row() -> None:
    header = "| Years | Days |\n| --- | --- |"
    document = whole((f"{header}\n| 1-2 | 15 |\n| 3-4 | 20 |", (), None))
    table = table_in(document.passages, [0])
    assert table is not None
    assert (table.columns, table.rows, table.place) == (("Years", "Days"), 2, 0)
    assert document.passages[0].text[table.first.start : table.first.end] == "| 1-2 | 15 |"
    assert table_in(whole(("No table here.", (), None)).passages, [0]) is None
