"""Which rows of a table a question names."""

from __future__ import annotations

import pytest

from chatbot.citations.asked_rows import rows_not_named
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Sentence, Source

COURSES = (
    "| Code | Course | Teacher |\n| --- | --- | --- |\n| K-10 | Weaving | Ada Lind |\n| K-11 | Pottery | Bo Ek |\n"
    "| K-12 | Glass | Ada Lind |"
)
PRICES = "| 구분 | 평일 | 주말 |\n| --- | --- | --- |\n| 성인 | 5,000원 | 6,500원 |\n| 어린이 | 3,000원 | 3,500원 |"


@pytest.mark.parametrize(
    ("table", "question", "left"),
    [
        (COURSES, "How much is the pottery course?", {"K-11"}),
        (COURSES, "Which courses does Ada Lind teach?", {"K-10", "K-12"}),
        (COURSES, "Code: K-12 Course: Glass On which day is it?", {"K-12"}),
        (COURSES, "How many courses are there?", {"K-10", "K-11", "K-12"}),
        (COURSES, "Is weaving or pottery on Monday?", {"K-10", "K-11", "K-12"}),  # each may be the one
        (PRICES, "어린이 주말 요금은?", {"어린이"}),
        (PRICES, "주말 요금은?", {"성인", "어린이"}),
    ],
)
def test_rows_that_a_question_does_not_name_are_left_out_beside_one_that_it_names(
    table: str, question: str, left: set[str]
) -> None:
    spans = sentence_spans(table)
    source = Source(1, Candidate(1, "doc", table, (0, len(table))), tuple(Sentence(*s) for s in spans))
    rows = {place: table[slice(*spans[place])].split("|")[1].strip() for place in range(2, len(spans))}
    aside = rows_not_named([(source, place) for place in rows], question)
    assert {row for place, row in rows.items() if (1, place) not in aside} == left
