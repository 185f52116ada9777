from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import ConfigError, ModelMismatch, StoreBusy, StoreError
from chatbot.store.sqlite.store import SqliteStore
from index_reading import faults, read_index, statuses
from ingest.pipeline import embedder, run
from ingest.uploads import upload

Write = Callable[..., Path]


def test_what_cannot_start_leaves_nothing(config: Config, folder: Path, embedding: Any) -> None:
    with pytest.raises(ConfigError, match="no file or folder"):
        run(config, [folder, folder / "missing"], embedding=embedding)
    assert not config.store.exists()


def test_an_empty_folder_makes_an_empty_index(config: Config, folder: Path, embedding: Any) -> None:
    report = run(config, [folder], embedding=embedding)
    assert report.as_json()["chunks"] == 0
    assert statuses(config) == {}
    assert faults(config) == []


def test_another_model_is_refused_before_anything_is_loaded(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "x")
    run(config, [folder], embedding=embedding)

    def never(_: Config) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(embedder, "build_embedding", never)
    other = config.with_(embedding={"options": {"text_prefix": "other: "}})
    with pytest.raises(ModelMismatch, match=r"multilingual-e5-small.*secondlook reindex"):
        run(other, [folder])
    with pytest.raises(ModelMismatch):
        upload(other, {"a.txt": b"x"})


def test_a_model_of_another_dimension_is_refused_and_nothing_changes(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    write("a.txt", "seal")
    monkeypatch.setattr(type(embedding), "vector", lambda *_: [1.0, 0.0])
    with pytest.raises(StoreError, match="nothing was stored"):
        run(config, [folder], embedding=embedding)
    assert read_index(config, lambda view: view.document_text("docs/a.txt")) == "walrus"


def test_a_second_run_at_the_same_time_is_told_who_writes(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "x")
    run(config, [folder], embedding=embedding)
    store = opened()
    monkeypatch.setattr(inspect.unwrap(SqliteStore.writing), "__defaults__", (0.05,))  # seconds to wait
    with store.writing(), pytest.raises(StoreBusy, match=str(os.getpid())):
        run(config, [folder], embedding=embedding)
    store.close()
    assert len(run(config, [folder], embedding=embedding).unchanged) == 1
