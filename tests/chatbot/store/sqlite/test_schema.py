"""An index of an older version of this program is brought up to date when it is opened, without a model."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import StoreBusy, StoreError
from chatbot.store.folder_lock import writer_lock
from chatbot.store.records import embedded_text, hash_of
from chatbot.store.sqlite import schema
from chatbot.store.sqlite.schema import SCHEMA_VERSION
from chatbot.store.sqlite.store import SqliteStore
from chatbot.text.keywords import ANALYSIS_VERSION, analyse
from fakes.old_indexes import made_then
from paths import TESTS

SCHEMA_1 = TESTS / "data" / "index-schema-1.sql"
TEXTS = ["annual leave is 25 days", "sick leave needs a note"]


@pytest.fixture
def old(tmp_path: Path, tools: Any) -> Path:
    """An index as version 1 wrote it, with a base file of that time."""
    folder = tmp_path / "old"
    store = SqliteStore.create(folder, tools.identity, tools.dimension)  # for its base file
    tools.put(store, "data/leave.md", *TEXTS)
    with store.writing() as writer:
        writer.compact()
    store.close()
    with closing(sqlite3.connect(folder / "rag.db")) as now:
        documents = now.execute(
            "SELECT id, uri, path, sha256, made_by, status, reason, format, title, bytes, pages, text, indexed_at FROM document"
        ).fetchall()
        chunks = now.execute(
            "SELECT id, document_id, position, page, char_start, char_end, ?, text, embedding FROM chunk",
            (json.dumps(["Leave"]),),
        ).fetchall()
        terms = now.execute("SELECT rowid, terms FROM chunk_fts").fetchall()
        bases = now.execute(
            "SELECT generation, file, sha256, high_water, sequence, count FROM base"
        ).fetchall()
    for file in folder.glob("rag.db*"):
        file.unlink()
    with closing(sqlite3.connect(folder / "rag.db")) as then:
        then.executescript(SCHEMA_1.read_text("utf-8"))
        meta = {
            "schema": "1", "analysis": "bigrams-of-then", "sequence": "2", "dimension": str(tools.dimension),
            "identity": json.dumps(asdict(tools.identity)),
        }  # fmt: skip
        then.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        for table, rows in (("document", documents), ("chunk", chunks), ("base", bases)):
            marks = ", ".join("?" * len(rows[0]))
            then.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        then.executemany("INSERT INTO chunk_fts (rowid, terms) VALUES (?, ?)", terms)
        then.commit()
    return folder


def test_an_index_of_version_1_answers_as_before_and_is_consistent(old: Path, tools: Any) -> None:
    store = SqliteStore.open(old, tools.identity)
    assert tools.texts(store, TEXTS[1]) == [TEXTS[1], TEXTS[0]]
    assert tools.lexical_texts(store, "note") == [TEXTS[1]]
    assert store.faults() == []
    with store.writing() as writer:
        writer.delete("data/leave.md")
        writer.compact()
    assert store.faults() == []
    store.close()


def test_its_embeddings_are_known_afterwards(old: Path, tools: Any) -> None:
    store = SqliteStore.open(old, tools.identity)
    with store.reading() as view:
        known, unknown = view.known_embeddings([embedded_text(TEXTS[0], ("Leave",)), TEXTS[0]])
    assert known is not None
    assert known == pytest.approx(tools.vector_of(TEXTS[0]))
    assert unknown is None  # under its heading it was another text
    store.close()


def test_another_analysis_fills_lexical_search_anew(old: Path, tools: Any) -> None:
    with closing(sqlite3.connect(old / "rag.db")) as connection:
        connection.execute("UPDATE chunk_fts SET terms = 'nonsense'")
        connection.commit()
    store = SqliteStore.open(old, tools.identity)
    assert tools.lexical_texts(store, "nonsense") == []
    assert sorted(tools.lexical_texts(store, "leave")) == sorted(TEXTS)
    store.close()


def test_a_migration_that_fails_leaves_the_old_index(
    old: Path, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: sqlite3.Connection) -> None:
        steps[1](connection)
        raise sqlite3.OperationalError("disk I/O error")

    steps: dict[int, Callable[[sqlite3.Connection], None]] = dict(schema._STEPS)
    monkeypatch.setattr(schema, "_STEPS", {1: broken})
    with pytest.raises(StoreError, match="disk I/O error"):
        SqliteStore.open(old, tools.identity)
    with closing(sqlite3.connect(old / "rag.db")) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("1",)
    monkeypatch.setattr(schema, "_STEPS", steps)
    store = SqliteStore.open(old, tools.identity)
    assert store.faults() == []
    store.close()


def test_a_migration_waits_for_the_writer(old: Path, tools: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatbot.store.sqlite.store.WRITER_WAIT_S", 0.05)
    with writer_lock(old, 1), pytest.raises(StoreBusy):
        SqliteStore.open(old, tools.identity)
    SqliteStore.open(old, tools.identity).close()


def test_it_happens_once(old: Path, tools: Any) -> None:
    SqliteStore.open(old, tools.identity).close()
    store = SqliteStore.open(old, tools.identity)
    assert store.sequence() == 3
    with closing(sqlite3.connect(old / "rag.db")) as connection:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        assert not schema.migrations_needed(connection)
    assert (meta["schema"], meta["analysis"]) == (str(SCHEMA_VERSION), ANALYSIS_VERSION)
    store.close()


@pytest.mark.parametrize(
    ("reason", "missing"),
    [
        (
            "An image has no text layer; OCR is not installed. Index a version with text, or install OCR: pip install "
            '"secondlook[ocr]", and the language data (Debian, Ubuntu: apt install tesseract-ocr-script-hang).',
            "ocr",
        ),
        ("The file is empty. Nothing to index; remove it or replace it.", ""),
    ],
)
def test_a_reason_that_version_2_stored_as_a_sentence_still_reads_and_says_what_is_missing(
    tmp_path: Path, tools: Any, reason: str, missing: str
) -> None:
    with made_then(tmp_path, 2, tools) as then:
        then.execute(
            "INSERT INTO document (uri, path, sha256, made_by, status, reason, bytes, indexed_at)"
            " VALUES ('data/a.png', '/a.png', 'x', 'v', 'refused', ?, 1, '2026-11-01')",
            (reason,),
        )
    store = SqliteStore.open(tmp_path, tools.identity)
    with store.reading() as view:
        (row,) = view.documents()
    assert (row.reason, row.missing) == (reason, missing)
    assert store.faults() == []
    store.close()


def test_an_index_of_version_3_opens_and_hides_nothing(tmp_path: Path, tools: Any) -> None:
    with made_then(tmp_path, 3, tools) as then:
        then.execute(
            "INSERT INTO document (uri, path, sha256, made_by, status, bytes, text, indexed_at)"
            " VALUES ('data/a.txt', '/a.txt', 'x', 'v', 'refused', 1, '', '2026-11-01')"
        )
    store = SqliteStore.open(tmp_path, tools.identity)
    with store.reading() as view:
        (row,) = view.documents()
        assert (row.hidden_words, view.hidden_text(row.uri)) == (0, ())
    assert store.faults() == []
    store.close()


def test_there_is_a_step_from_every_version() -> None:
    assert sorted(schema._STEPS) == list(range(1, SCHEMA_VERSION))


def test_an_index_of_version_4_answers_and_has_no_token_vectors_yet(tmp_path: Path, tools: Any) -> None:
    text = TEXTS[0]
    with made_then(tmp_path, 4, tools) as then:
        then.execute(
            "INSERT INTO document (id, uri, path, sha256, made_by, status, bytes, text, indexed_at)"
            " VALUES (1, 'data/a.txt', '/a.txt', 'x', 'v', 'indexed', 1, ?, '2026-11-01')",
            (text,),
        )
        then.execute(
            "INSERT INTO chunk (id, document_id, position, char_start, char_end, heading, text, embedding, text_hash)"
            " VALUES (1, 1, 0, 0, ?, '[]', ?, ?, ?)",
            (len(text), text, tools.vector_of(text).astype("<f4").tobytes(), hash_of(text)),
        )
        then.execute("INSERT INTO chunk_fts (rowid, terms) VALUES (1, ?)", (analyse(text),))
    store = SqliteStore.open(tmp_path, tools.identity)
    assert tools.texts(store, text) == [text]
    with store.reading() as view:
        assert view.token_vectors([1]) == {}
        assert [chunk.id for chunk in view.without_token_vectors(1, 0, 10)] == [1]
    with store.writing() as writer:
        writer.keep_token_vectors({hash_of(text): b"\x01kept"})
    with store.reading() as view:
        assert view.token_vectors([1]) == {1: b"\x01kept"}
    assert store.faults() == []
    store.close()


def test_an_index_of_version_5_gives_its_names_in_order_without_its_texts(tmp_path: Path, tools: Any) -> None:
    with made_then(tmp_path, 5, tools) as then:
        then.executemany(
            "INSERT INTO document (uri, path, sha256, made_by, status, bytes, title, indexed_at)"
            " VALUES (?, '/x', 'x', 'v', 'refused', 1, ?, '2026-11-01')",
            [("data/b.txt", "Bees"), ("data/a.txt", ""), ("더/가.txt", "가을")],
        )
    store = SqliteStore.open(tmp_path, tools.identity)
    with store.reading() as view:
        assert view.document_names() == [("data/a.txt", ""), ("data/b.txt", "Bees"), ("더/가.txt", "가을")]
        assert view.document_names(["더"]) == [("더/가.txt", "가을")]
        plan = view.connection.execute("EXPLAIN QUERY PLAN SELECT uri, title FROM document ORDER BY uri")
        assert "COVERING INDEX document_by_name" in plan.fetchone()[3]
        with pytest.raises(StoreError, match="no document or folder matches"):
            view.document_names(["none"])
    assert store.faults() == []
    store.close()
