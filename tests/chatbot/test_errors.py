"""Phrases: sentences that know their template, also after a journey through a file or from an untrusted process."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from chatbot.errors import DocumentRefused, OcrMissing, Phrase, StoreError


def test_an_error_is_its_sentence_and_knows_its_template() -> None:
    error = StoreError("no index at {folder}; run: secondlook ingest FOLDER", folder="/a {b}")
    said = str(error)
    assert said == "no index at /a {b}; run: secondlook ingest FOLDER"
    assert isinstance(said, Phrase)
    assert (said.template, said.values) == (
        "no index at {folder}; run: secondlook ingest FOLDER",
        {"folder": "/a {b}"},
    )


def test_a_blank_without_a_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        Phrase("{a} and {b}", a=1)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda phrase: pickle.loads(pickle.dumps(phrase))])
def test_a_copy_knows_its_template_too(again: object) -> None:
    phrase = Phrase("{count} files", count=3)
    assert again(phrase).template == "{count} files"  # type: ignore[operator]


def test_what_is_missing_is_a_field_and_not_a_sentence() -> None:
    assert (DocumentRefused("x").missing, OcrMissing("x").missing) == ("", "ocr")


@pytest.mark.parametrize(
    "sent",
    [
        json.dumps(["{a}" * 30, {"a": "x"}]),  # nested, 514 bytes of these would be 81,000,000 characters
        '["{a}"]',
        '["{a}", ["a"]]',
        '["a", 1]',
        '["a", {"b": 1}]',
        '["' * 5_000,
    ],
)
def test_what_is_no_phrase_stays_the_text_that_it_is(sent: str) -> None:
    assert Phrase.from_stored(sent) == sent
    assert not isinstance(Phrase.from_stored(sent), Phrase)


def test_a_sentence_is_never_longer_than_what_was_sent_of_it() -> None:
    sent: object = "x" * 100
    for _ in range(20):
        sent = ["{a}, {b}", {"a": sent, "b": "y"}]
    text = json.dumps(sent)
    assert len(Phrase.from_stored(text)) < len(text)
