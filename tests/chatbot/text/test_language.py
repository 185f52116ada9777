from __future__ import annotations

import pytest

from chatbot.text.language import in_another_language

KOREAN = "연차 휴가는 1년에 25일이며, 다음 해 3월까지 쓸 수 있습니다."
ENGLISH = "Annual leave is 25 days and may be used until March of the next year."


@pytest.mark.parametrize(
    ("query", "foreign"),
    [
        ("연차는 며칠인가요?", [False, True]),
        ("How long is annual leave?", [True, False]),
        (
            "Word2Vec 에 대해서 알려줄래?",
            [False, False],
        ),  # half of its letters are Latin: both may hold its words
        ("2026?", [False, False]),
        ("", [False, False]),
    ],
)
def test_korean_or_not(query: str, foreign: list[bool]) -> None:
    assert in_another_language(query, [KOREAN, ENGLISH]) == foreign


def test_a_row_that_names_things_in_both_languages_is_foreign_to_neither() -> None:
    row = "| PN-131 | Pen | 만년필 하버 M촉 | 필기구 |"
    assert in_another_language("하버 만년필은 얼마예요?", [row]) == [False]
    assert in_another_language("How much is the pen?", [row]) == [False]


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert in_another_language(KOREAN, [ENGLISH * 6 + KOREAN * 500]) == [True]
