"""One index takes over another as a whole, under new ids, while people search."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import ModelMismatch, StoreError
from chatbot.store import Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore


@pytest.fixture
def other(tmp_path: Path, tools: Any) -> Path:
    store = SqliteStore.create(tmp_path / "other", tools.identity, tools.dimension)
    tools.put(store, "gone", "gone")
    tools.put(store, "a", "alpha anew", "beta anew")
    tools.put(store, "b", "gamma")
    with store.writing() as writer:
        writer.delete("gone")
    store.close()
    return tmp_path / "other"


def test_everything_is_exchanged_and_no_id_is_used_twice(store: Store, other: Path, tools: Any) -> None:
    tools.put(store, "a", "alpha", "beta", "old")
    tools.put(store, "c", "delta")
    before = {*tools.ids(store, "a"), *tools.ids(store, "c")}
    with store.writing() as writer:
        writer.label_root(Path("/nowhere/data"))
        writer.compact()
        writer.adopt(other)
    with store.reading() as view:
        assert [row.uri for row in view.documents()] == ["a", "b"]
        assert [row.text for row in view.chunks_of("a")] == ["alpha anew", "beta anew"]
        assert view.roots() == {"data": Path("/nowhere/data")}
        assert view.snapshot.base is not None
        assert view.snapshot.count == view.snapshot.base.count == 3
    assert tools.texts(store, "gamma") == ["gamma", *tools.texts(store, "gamma")[1:]]
    assert tools.lexical_texts(store, "anew") == ["alpha anew", "beta anew"]
    assert tools.lexical_texts(store, "old") == []
    assert before.isdisjoint({*tools.ids(store, "a"), *tools.ids(store, "b")})
    assert store.faults() == []
    tools.put(store, "d", "later")
    assert tools.ids(store, "d")[0] > max(tools.ids(store, "b"))
    assert store.faults() == []


def test_a_reader_in_the_middle_keeps_what_it_sees(store: Store, other: Path, tools: Any) -> None:
    tools.put(store, "a", "alpha", "beta")
    with store.writing() as writer:
        writer.compact()
    reader = SqliteStore.open(store.folder, tools.identity)
    with reader.reading() as view:
        first = view.chunks_of("a")
        with store.writing() as writer:
            writer.adopt(other)
        assert view.chunks_of("a") == first
        assert [chunk for chunk, _ in view.dense(tools.vector_of("alpha"), 5)] == [row.id for row in first]
    assert tools.texts(reader, "alpha anew")[0] == "alpha anew"
    reader.close()


def test_readers_with_the_old_model_are_told(store: Store, tmp_path: Path, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    assert tools.texts(store, "alpha") == ["alpha"]
    new_model = StoreIdentity("ffff", "new-model")
    built = SqliteStore.create(tmp_path / "other", new_model, 8)
    built.close()
    with store.writing() as writer:
        writer.adopt(tmp_path / "other")
    with pytest.raises(ModelMismatch, match=r"built with new-model"):
        tools.texts(store, "alpha")
    with pytest.raises(ModelMismatch), store.writing():
        pass
    reopened = SqliteStore.open(store.folder, new_model)
    assert reopened.dimension == 8
    assert reopened.faults() == []
    reopened.close()


def test_one_that_fails_leaves_the_old_index(
    store: Store, other: Path, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    tools.put(store, "a", "alpha")
    with monkeypatch.context() as patch:
        patch.setattr("chatbot.store.sqlite.base_file.enter", fails)
        with store.writing() as writer:
            with pytest.raises(StoreError, match=r"disk is full.*as before"):
                writer.adopt(other)
            assert tools.texts(store, "alpha") == ["alpha"]
    with store.writing() as writer:
        writer.adopt(other)
    assert store.faults() == []
