from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chatbot.store import Store
from chatbot.store.sqlite.store import SqliteStore


@pytest.fixture
def sound(store: Store, tools: Any) -> Store:
    tools.put(store, "a", "alpha one", "beta two")
    with store.writing() as writer:
        writer.compact()
    tools.put(store, "b", "gamma three")
    assert store.faults() == []
    return store


AGAIN = "run secondlook ingest to read their documents again"
DAMAGE = [  # (what is done to rag.db, the fault, what repairs it, whether all is well then)
    ("UPDATE document SET text = 'x' || text WHERE uri = 'b'", "b: chunk 3 is not the text at 0", AGAIN, False),
    ("UPDATE chunk SET text_hash = x'00' WHERE id = 2", "a: chunk 2 is not the text that was embedded", AGAIN, False),
    ("UPDATE chunk SET embedding = x'00' WHERE id = 2", "a: chunk 2 has no proper embedding", AGAIN, False),
    ("UPDATE chunk SET embedding = zeroblob(64) WHERE id = 1", "a: chunk 1 has no proper embedding", AGAIN, False),
    ("UPDATE document SET id = 77 WHERE uri = 'b'", "chunk 3 belongs to no document", AGAIN, False),
    ("DELETE FROM chunk WHERE document_id = 1", "a: has text but no chunks", "filled again", False),
    ("DELETE FROM chunk WHERE id = 1", "a: some of its chunks are missing", "filled again", False),
    ("DELETE FROM chunk_fts WHERE rowid = 3", "1 chunks are missing from lexical search", "filled again", True),
    ("UPDATE chunk_fts SET terms = 'x' WHERE rowid = 1", "1 chunks have other terms", "filled again", True),
    ("INSERT INTO chunk_fts (rowid, terms) VALUES (99, 'ghost')", "1 entries of lexical search have no", "filled again", True),
    ("INSERT INTO tombstone VALUES (1, 99)", "1 chunks are marked as deleted", "no longer marked", True),
    ("UPDATE base SET sha256 = 'x'", "base-000001.faiss: missing or damaged", "new base file", True),
    ("UPDATE base SET sequence = 99", "a base file is newer", "new base file", True),
    ("UPDATE chunk SET embedding = (SELECT embedding FROM chunk WHERE id = 3) WHERE id = 1",
     "1 chunks have another vector", "new base file", True),
]  # fmt: skip


@pytest.mark.parametrize(("sabotage", "fault", "repaired", "well"), DAMAGE)
def test_damage_is_named_and_repaired_as_far_as_rag_db_goes(
    sound: Store, tools: Any, sabotage: str, fault: str, repaired: str, well: bool
) -> None:
    with sound._pool.connection() as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(sabotage)
        connection.execute("PRAGMA foreign_keys = ON")
    store = SqliteStore.open(sound.folder, tools.identity)
    assert any(line.startswith(fault) for line in store.faults()), store.faults()
    assert any(repaired in line for line in store.repair())
    faults = store.faults()
    assert not any(fault.startswith("chunk") or "search" in fault or "base" in fault for fault in faults)
    assert (faults == []) == well
    for uri in ("a", "b"):  # the next ingest stores them anew
        tools.put(store, uri, "one", "two")
    assert store.faults() == []
    assert store.repair() == []
    store.close()


def test_a_document_that_lost_passages_counts_as_changed(sound: Store, tools: Any) -> None:
    with sound._pool.connection() as connection:
        connection.execute("UPDATE chunk SET embedding = x'00' WHERE id = 2")
    sound.repair()
    with sound.reading() as view:
        assert {row.uri: row.made_by for row in view.documents()} == {"a": "", "b": "test"}
    assert tools.texts(sound, "beta two") == [*tools.texts(sound, "beta two")]
    assert "beta two" not in tools.texts(sound, "beta two")


def test_an_embedding_that_is_not_a_number_is_a_fault(sound: Store, tools: Any) -> None:
    bad = np.full(tools.dimension, np.nan, "<f4").tobytes()
    with sound._pool.connection() as connection:
        connection.execute("UPDATE chunk SET embedding = ? WHERE id = 1", (bad,))
    assert "a: chunk 1 has no proper embedding" in sound.faults()


def test_an_uploaded_file_that_was_lost_is_a_fault(store: Store, tools: Any) -> None:
    (store.folder / "files").mkdir()
    document, chunks, vectors = tools.document("uploads/a", ["alpha"])
    content = store.folder / "files" / document.sha256
    content.write_text(document.text)
    with store.writing() as writer:
        writer.replace(replace(document, path=content), chunks, vectors)
    assert store.faults() == []
    content.write_text("something else")
    assert store.faults() == ["uploads/a: its uploaded file is missing or damaged; upload it again"]
    assert store.repair() == []


def test_a_refused_document_is_no_fault(sound: Store, tools: Any) -> None:
    document, chunks, vectors = tools.document("c", [])
    with sound.writing() as writer:
        writer.replace(replace(document, status="refused", reason="password"), chunks, vectors)
    assert sound.faults() == []
