from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chatbot.store import Store
from chatbot.store.check import faults_of


@pytest.fixture
def sound(store: Store, tools: Any) -> Store:
    tools.put(store, "a", "alpha one", "beta two")
    with store.writing() as writer:
        writer.compact()
    tools.put(store, "b", "gamma three")
    assert faults_of(store) == []
    return store


@pytest.mark.parametrize(
    ("sabotage", "fault"),
    [
        ("UPDATE document SET text = 'x' || text WHERE uri = 'b'", "b: chunk 3 is not the text at 0"),
        ("DELETE FROM chunk_fts WHERE rowid = 3", "1 chunks are missing from lexical search"),
        (
            "INSERT INTO chunk_fts (rowid, terms) VALUES (99, 'ghost')",
            "lexical search has 1 entries without a chunk",
        ),
        ("UPDATE document SET id = 77 WHERE uri = 'b'", "1 chunks belong to no document"),
        ("UPDATE chunk SET embedding = x'00' WHERE id = 2", "chunk 2 has no proper embedding"),
        ("UPDATE chunk SET embedding = zeroblob(64) WHERE id = 1", "chunk 1 has no proper embedding"),
        ("DELETE FROM chunk WHERE document_id = 1", "a: has text but no chunks"),
        ("DELETE FROM chunk WHERE id = 1", "1 chunks are missing from vector search, or are in it"),
        ("INSERT INTO tombstone VALUES (1, 99)", "1 chunks are missing from vector search"),
    ],
)
def test_every_kind_of_damage_is_one_line(sound: Store, tools: Any, sabotage: str, fault: str) -> None:
    with sound._pool.connection() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(sabotage)
    fresh = Store.open(sound.folder, tools.identity)
    faults = faults_of(fresh)
    fresh.close()
    assert any(line.startswith(fault) for line in faults), faults


def test_an_embedding_that_is_not_a_number_is_a_fault(sound: Store, tools: Any) -> None:
    bad = np.full(tools.dimension, np.nan, "<f4").tobytes()
    with sound._pool.connection() as connection:
        connection.execute("UPDATE chunk SET embedding = ? WHERE id = 1", (bad,))
    assert "chunk 1 has no proper embedding" in faults_of(sound)


def test_a_refused_document_is_no_fault(sound: Store, tools: Any) -> None:
    from dataclasses import replace

    document, chunks, vectors = tools.document("c", [])
    with sound.writing() as writer:
        writer.replace(replace(document, status="refused", reason="password"), chunks, vectors)
    assert faults_of(sound) == []
