"""A damaged base file is found out before it answers, and made again from the database alone."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from campaigns.model import DIMENSION, IDENTITY, apply, texts_for
from chatbot.store.sqlite.check import damaged_bases
from chatbot.store.sqlite.store import SqliteStore


@pytest.fixture(scope="module")
def result(campaign: Any) -> Any:
    return campaign("base", "--flips", "1000", "--seed", campaign.first)


def test_every_damage_and_every_flipped_bit_is_found_before_answering(result: Any) -> None:
    assert result["violations"] == []
    assert result["flips"] == 1000
    assert result["damages"] >= 60
    assert result["healed"] >= 80


def test_a_damaged_base_is_made_again_without_an_embedding_model(result: Any) -> None:
    assert result["healed"] >= 80
    assert not {"torch", "llama_index", "sentence_transformers", "transformers"} & set(result["modules"])


def test_a_folder_in_the_place_of_a_base_file_does_not_keep_others_from_being_removed(result: Any) -> None:
    assert result["leftovers"] == []


def test_a_view_that_others_have_outrun_does_not_call_replaced_base_files_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = SqliteStore.create(tmp_path / "store", IDENTITY, DIMENSION)
    apply(store, ("put", "a.md", texts_for("a1", "a2")))
    apply(store, ("compact",))
    reader = SqliteStore.open(tmp_path / "store", IDENTITY)
    try:
        with reader.reading() as view, caplog.at_level(logging.WARNING):
            assert len(view.documents()) == 1
            apply(store, ("compact",))
            apply(store, ("compact",))
            assert len(view.dense(view.snapshot.delta[0], 5)) == 2
            assert damaged_bases(view) == []
            assert caplog.messages == []
    finally:
        reader.close()
        store.close()
