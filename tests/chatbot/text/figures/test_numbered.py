"""What stands under the number of an article or section, and what only refers to it."""

from __future__ import annotations

import pytest

from chatbot.text.figures.numbered import numbers_asked, stretch_of

RULES = """제2장 휴일

제5조 (휴일)

휴일은 다음과 같다.

1. 일요일
2. 창립기념일

제6조 (휴일 근로)

① 휴일 근로는 제5조에도 불구하고 신청으로 한다. ② 수당은 두 배로 한다.

제6조의2 (대휴)

대휴는 한 달 안에 쓴다."""
POLICY = """4. Luggage

4.1 What we pay

Lost bags are paid up to EUR 900.

4.2 What we do not pay

- cash and tickets, see section 4.1

5. Claims

Claims are sent within ten days."""
STATUTE = "Article 7 of the old act is void.\n\nArticle 8 Notice\n(1) Notice is given in writing.\n(2) It ends in May."
GERMAN = "§ 3 Miete\nDie Miete ist am Ersten fällig.\n\n§ 4 Kaution\nDie Kaution beträgt drei Mieten."


@pytest.mark.parametrize(
    ("question", "own", "found"),
    [
        ("제7조가 뭐야?", "", [("article", "7", ())]),
        ("제3조 제2항과 제9조", "", [("article", "3", (("항", "2"),)), ("article", "9", ())]),
        ("제7조의2와 제8조의 2항", "", [("article", "7의2", ()), ("article", "8", (("항", "2"),))]),
        ("section 4.2 of the policy", "", [("section", "4.2", ())]),
        ("What do Article 3(2) and § 5 say?", "", [("article", "3", (("항", "2"),)), ("section", "5", ())]),
        ("4.2절은?", "", [("section", "4.2", ())]),
        ("What is in clause 2.3? And 1.2?", "And 1.2?", [("section", "1.2", ())]),
        ("제8조는? 제2항은?", "제2항은?", [("article", "8", (("항", "2"),))]),
        ("What is in clause 2.3? And the deposit?", "And the deposit?", []),
        ("예산은 7조 원, 버전 4.2, top 5, 3호선, 12월 5일", "", []),
    ],
)
def test_a_question_names_articles_and_sections_by_number(
    question: str, own: str, found: list[tuple[str, str, tuple[tuple[str, str], ...]]]
) -> None:
    assert [(n.kind, n.value, n.parts) for n in numbers_asked(question, own)] == found


@pytest.mark.parametrize(
    ("question", "text", "begins", "ends"),
    [
        ("제5조", RULES, "제5조 (휴일)", "2. 창립기념일"),
        ("제5조 제2호", RULES, "2. 창", "창립기념일"),
        ("제6조", RULES, "제6조 (휴일 근로)", "두 배로 한다."),
        ("제6조 제2항", RULES, "② 수당은", "두 배로 한다."),
        ("제6조의2", RULES, "제6조의2", "안에 쓴다."),
        ("제2장", RULES, "제2장", "안에 쓴다."),
        ("section 4.2", POLICY, "4.2 What", "see section 4.1"),
        ("section 4", POLICY, "4. Luggage", "see section 4.1"),
        ("clause 5", POLICY, "5. Claims", "ten days."),
        ("article 8", STATUTE, "Article 8 Notice", "in May."),
        ("Article 8(1)", STATUTE, "(1) Notice", "in writing."),
        ("§ 3", GERMAN, "§ 3 Miete", "Ersten fällig."),
    ],
)
def test_a_text_has_it_from_its_number_to_the_next_one(
    question: str, text: str, begins: str, ends: str
) -> None:
    found = stretch_of(numbers_asked(question)[0], text)
    assert found is not None
    said = text[found.start : found.end].strip()
    assert said.startswith(begins)
    assert said.endswith(ends)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("제1조", RULES),
        ("제7조", RULES),
        ("section 1", RULES),  # an item of a list
        ("section 4.3", POLICY),
        ("article 7", STATUTE),  # only spoken of
        ("section 2", "4.2 Contents ........ 2\n\n2.0 million people live here."),
    ],
)
def test_a_text_that_has_it_not_is_not_taken_for_it(question: str, text: str) -> None:
    assert stretch_of(numbers_asked(question)[0], text) is None


def test_a_heading_above_a_text_counts_and_a_paragraph_that_is_not_there_is_told() -> None:
    rent = numbers_asked("section 3.1")[0]
    found = stretch_of(rent, "Rent is due in May.", ("3 Rent", "3.1 When it is due"))
    assert found is not None
    assert found.end == len("Rent is due in May.")
    missing = stretch_of(numbers_asked("제6조 제3항")[0], RULES)
    assert missing is not None
    assert not missing.is_whole
