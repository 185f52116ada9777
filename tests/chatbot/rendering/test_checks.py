"""What is said of an answer's citations: a check that could fail, or that the answer consists of quotes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatbot.citations.check import ClaimCheck, ClaimEvidence, Verdict
from chatbot.rendering.checks import check_line, check_words, citation_marks
from chatbot.rendering.words import Say

TEXT = "Leave is 25 days. [1]"


def _check(verdict: Verdict = "supported", probability: float = 1.0) -> ClaimCheck:
    return ClaimCheck(0, len(TEXT), (1,), verdict, probability, ClaimEvidence(1, 0, 17))


def _line(checks: Sequence[ClaimCheck], llm: str, language: str = "en") -> str:
    return check_line(checks, llm, (), "anchor", Say("ko" if language == "ko" else "en"))


@pytest.mark.parametrize(("language", "words"), [("en", "Quoted word for word"), ("ko", "글자 그대로")])
def test_of_quotes_nothing_is_said_to_be_checked(language: str, words: str) -> None:
    line = _line([_check(), _check()], "extractive", language)
    assert words in line
    assert "sl-check" not in line  # the tick is drawn by that class
    assert check_words([_check()], "extractive", Say("en")).startswith("Quoted word for word")
    (mark,) = citation_marks(TEXT, [_check()], "extractive", Say("en"))
    assert (mark.kind, mark.words, mark.basis) == ("", "", 0)  # the number still leads to its sentence


def test_what_a_language_model_wrote_is_said_to_be_checked() -> None:
    line = _line([_check(probability=0.9)], "ollama · qwen")
    assert "sl-check-ok" in line
    assert "Every cited sentence has a matching passage" in line
    assert "Every cited sentence" in _line(
        [_check()], "ollama · qwen"
    )  # it might have written another sentence
    (mark,) = citation_marks(TEXT, [_check()], "ollama · qwen", Say("en"))
    assert mark.kind == "ok"


def test_a_sentence_that_is_no_quote_is_never_called_one() -> None:
    line = _line([_check(), _check("not supported", 0.1)], "extractive")
    assert "Quoted" not in line
    assert "sl-check-not" in line
    assert _line([], "extractive") == ""


@pytest.mark.parametrize(
    ("checks", "uncited", "kind", "words"),
    [
        ([_check()], 0, "ok", "Every cited sentence has a matching passage in its source"),
        ([_check()], 1, "weak", "matching passage in its source · 1 sentence names no source"),
        ([], 2, "weak", ">2 sentences name no source<"),
        ([_check("not supported", 0.1)], 1, "not", "0 of 1 cited sentences"),
    ],
)
def test_no_tick_stands_over_sentences_that_name_no_source(
    checks: list[ClaimCheck], uncited: int, kind: str, words: str
) -> None:
    line = check_line(checks, "ollama · qwen", (), "anchor", Say("en"), uncited=uncited)
    assert f"sl-check-{kind}" in line
    assert words in line
    korean = check_line(checks, "ollama · qwen", (), "anchor", Say("ko"), uncited=uncited)
    assert (f"출처를 밝히지 않은 문장 {uncited}개" in korean) == bool(uncited)
