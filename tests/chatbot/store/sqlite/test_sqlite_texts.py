"""Token vectors and embeddings that are kept by text: what is SQLite's own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatbot.store import Store
from chatbot.store.archives.exporting import export
from chatbot.store.archives.importing import restore
from chatbot.store.sqlite.store import SqliteStore
from fakes.token_codes import FAULT, code_of, hashed, kept, put


def test_of_what_is_gone_only_the_newest_embeddings_are_kept(
    store: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.store.sqlite.writer._CACHED", 2)
    with store.writing() as writer:
        for text in ("one", "two", "three", "one"):
            writer.replace(*hashed(tools, "a", text))
        writer.delete("a")
    with store.reading() as view:
        known = view.known_embeddings(["one", "two", "three"])
    assert [vector is not None for vector in known] == [True, False, True]


def test_they_travel_with_an_export(tools: Any, store: Store, tmp_path: Path) -> None:
    put(tools, store, "a", "alpha")
    export(store, tmp_path / "index.zip")
    restore(tmp_path / "index.zip", tmp_path / "restored")
    with closing(SqliteStore.open(tmp_path / "restored", tools.identity)) as restored:
        assert kept(tools, restored, "a") == [code_of("alpha")]


def test_an_index_that_takes_over_brings_its_own(tools: Any, store: Store, tmp_path: Path) -> None:
    put(tools, store, "a", "alpha")
    with closing(SqliteStore.create(tmp_path / "other", tools.identity, tools.dimension)) as other:
        put(tools, other, "a", "beta")
    with store.writing() as writer:
        writer.adopt(tmp_path / "other")
    assert kept(tools, store, "a") == [code_of("beta")]
    assert store.faults() == []


@pytest.mark.parametrize("repaired", [False, True])
def test_those_of_no_chunk_are_a_fault_that_a_repair_ends(tools: Any, store: Store, repaired: bool) -> None:
    put(tools, store, "a", "alpha")
    with closing(sqlite3.connect(store.folder / "rag.db")) as connection:
        connection.execute("INSERT INTO token_vectors VALUES (x'00', x'01')")
        connection.commit()
    if repaired:
        assert "token vectors of 1 texts that are gone were removed" in store.repair()
    assert store.faults() == ([] if repaired else [FAULT])
    assert kept(tools, store, "a") == [code_of("alpha")]
