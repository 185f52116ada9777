"""Words and their plurals compare as equal, and other words do not."""

from __future__ import annotations

import pytest

from chatbot.text.plurals import without_plural


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        ("class", "classes"), ("branch", "branches"), ("dish", "dishes"), ("box", "boxes"), ("tax", "taxes"), ("address", "addresses"),
        ("policy", "policies"), ("movie", "movies"), ("brownie", "brownies"), ("tie", "ties"), ("key", "keys"), ("fee", "fees"), ("id", "ids"),
        ("house", "houses"), ("course", "courses"), ("size", "sizes"), ("menu", "menus"), ("status", "status"), ("grand total", "grand totals"),
    ],
)  # fmt: skip
def test_a_word_and_its_plural_are_compared_as_one(word: str, plural: str) -> None:
    assert without_plural(word) == without_plural(plural)


@pytest.mark.parametrize(
    ("word", "other"),
    [("marie", "mary"), ("pas", "pass"), ("car", "care"), ("as", "a"), ("is", "i"), ("버스", "버")],
)
def test_other_words_stay_apart(word: str, other: str) -> None:
    assert without_plural(word) != without_plural(other)
