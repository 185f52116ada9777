"""Korean particles after what is filled in."""

from __future__ import annotations

import pytest

from chatbot.rendering.words import Say
from chatbot.text.particles import final_of, with_particles


@pytest.mark.parametrize(
    ("word", "final"),
    [("문장", "x"), ("노트", ""), ("서울", "ㄹ"), ("버전 3", "x"), ("버전 2", ""), ("7", "ㄹ"), ("양자화(quantization)", ""),
     ("‘문장 인용만’", "x"), ("Word2Vec", None), ("", None)],
)  # fmt: skip
def test_how_a_word_ends_in_korean_speech(word: str, final: str | None) -> None:
    assert final_of(word) == final


@pytest.mark.parametrize(
    ("template", "name", "said"),
    [
        ("‘{name}’(으)로 답합니다", "문장 인용만", "‘문장 인용만’으로 답합니다"),
        ("{name}(으)로 전송", "서울", "서울로 전송"),
        ("{name}(으)로 전송", "api.openai.com", "api.openai.com(으)로 전송"),
        ("{name}은(는) 없습니다", "노트", "노트는 없습니다"),
        ("{name}이(가) 커졌습니다", "문장", "문장이 커졌습니다"),
        ("{name}(이)라는 이름", "노트", "노트라는 이름"),
        ("{name}을(를) 읽었습니다", "보고서을(를).md", "보고서을(를).md을(를) 읽었습니다"),
    ],
)
def test_the_particle_fits_what_is_filled_in_and_nothing_that_is_filled_in_is_changed(
    template: str, name: str, said: str
) -> None:
    assert with_particles(template, {"name": name}).format(name=name) == said


def test_the_page_says_so() -> None:
    assert "‘문장 인용만’으로 답합니다" in Say("ko")("not_yet_used", name="문장 인용만")
