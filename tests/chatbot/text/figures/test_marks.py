"""What tells a permit of one year from that of another."""

from __future__ import annotations

import pytest

from chatbot.text.figures.marks import marks_of, told_apart


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("How much was it in 2026?", ["2026"]),
        ("2024년 4학년 행사", ["2024", "4"]),
        ("제12조와 Article 9", ["12", "9"]),
        ("제12조의2, section 4.2, chapter 3", ["12의2", "4.2", "3"]),
        ("1월 지출, 2월 지출", ["1", "2"]),
        ("May I drive in May?", ["5"]),
        ("on 2025-03-08", ["2025", "3"]),
        ("the X30 and EV-120", ["30", "120"]),
        ("2,025 pieces, 2000원, 3.2019, top 5, Q3", []),
    ],
)
def test_years_months_models_school_years_articles_and_sections_are_marks(
    text: str, values: list[str]
) -> None:
    assert [mark.value for mark in marks_of(text)] == values


OLD, NEW = "Permits 2023\nA permit costs 90 pounds.", "Permits 2025\nA permit costs 115 pounds."
LEASE = "The lease ends on 1 May 2026."


@pytest.mark.parametrize(
    ("texts", "question", "own", "fits", "missing"),
    [
        ([NEW, OLD], "How much is a permit in 2023?", "", [False, True], ()),
        ([NEW, OLD, LEASE], "How much is a permit in 2026?", "", [True, True, True], ("2026",)),
        ([NEW, OLD], "How much is a permit?", "", [True, True], ()),
        ([NEW, OLD], "A permit in 2025? And in 2023?", "And in 2023?", [False, True], ()),
        (["A permit costs 90 pounds."], "How much is a permit in 2026?", "", [True], ()),  # it may be of all years
        (["3학년 소풍 안내"], "4학년 소풍은 언제야?", "", [True], ("4학년",)),
        (["X20 camera, 410 g", "X30 camera"], "How heavy is the X30 camera?", "", [False, True], ()),
        (["제10조 징계의 종류"], "제12조는 무슨 내용이야?", "", [True], ("제12조",)),
        (["Stalls are let under section 12."], "When are stalls let under section 9?", "", [True], ("section 9",)),
    ],
)  # fmt: skip
def test_a_text_of_another_year_is_told_from_one_that_may_be_meant(
    texts: list[str], question: str, own: str, fits: list[bool], missing: tuple[str, ...]
) -> None:
    alike = told_apart(texts, question, own)
    assert (list(alike.fits), tuple(mark.said for mark in alike.missing)) == (fits, missing)
