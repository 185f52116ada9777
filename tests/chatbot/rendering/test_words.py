"""One catalogue for page, exports and command line: both languages, complete, and no word that nobody says."""

from __future__ import annotations

import ast
import string

import pytest

from chatbot.rendering.words import PARTS, TEXT, Say, preferred
from paths import ROOT

DRAWN = [ROOT / "chatbot" / part for part in ("ui", "rendering", "conversations/exports", "cli")]
CATALOGUE = ROOT / "chatbot" / "rendering" / "words"


def trees() -> list[ast.Module]:
    files = sorted(file for folder in DRAWN for file in folder.rglob("*.py"))
    return [ast.parse(file.read_text("utf-8")) for file in files if CATALOGUE not in file.parents]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXT)
def test_every_text_is_there_in_both_languages_with_the_same_blanks(key: str) -> None:
    korean, english = TEXT[key]
    assert korean.strip()
    assert english.strip()
    assert fields(korean) == fields(english)
    assert not any("가" <= c <= "힣" for c in english)


def test_no_text_is_in_two_parts() -> None:
    assert sum(map(len, PARTS)) == len(TEXT)


def test_every_text_is_used_and_every_used_text_exists() -> None:
    strings = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(TEXT) - strings == set()
    said = {
        node.args[0].value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say"
        if node.args and isinstance(node.args[0], ast.Constant)
    }
    assert said - set(TEXT) == set()


def test_the_korean_page_shows_no_english_sentence() -> None:
    hangul = {key for key, (korean, _) in TEXT.items() if any("가" <= c <= "힣" for c in korean)}
    assert set(TEXT) - hangul == {
        "as_markdown", "screen", "work_files", "name_anthropic", "name_google_genai", "name_openai",
    }  # fmt: skip  # only blanks and names


@pytest.mark.parametrize(
    ("number", "english"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (21, "21st"),
        (113, "113th"),
    ],
)
def test_ranks_read_as_ranks(number: int, english: str) -> None:
    assert Say("en").rank(number) == english
    assert Say("ko").rank(number) == f"{number}위"


@pytest.mark.parametrize(
    ("locale", "language"), [("ko", "ko"), ("ko-KR", "ko"), ("en-GB", "en"), ("de", "en"), (None, "en")]
)
def test_the_browsers_language_decides_until_the_person_does(locale: str | None, language: str) -> None:
    assert preferred(locale) == language


def test_no_word_is_written_over_by_another_part() -> None:
    keys = [key for part in PARTS for key in part]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
