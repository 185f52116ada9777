"""What earlier versions exported is imported, and every column of today's tables is thought of."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from chatbot.store.archives.foreign_rows import CHUNK, DOCUMENT, ROOT, TOKEN_VECTORS
from chatbot.store.archives.importing import restore
from chatbot.store.records import hash_of
from chatbot.store.sqlite.fts5 import TOKENIZE
from chatbot.store.sqlite.schema import SCHEMA_VERSION, TABLES
from chatbot.store.sqlite.store import SqliteStore
from fakes.old_indexes import made_then

TEXT = "annual leave is 25 days"
UPLOADED = hashlib.sha256(b"uploaded").hexdigest()


def _exported_then(folder: Path, version: int, tools: Any) -> Path:
    """A file as ``export`` of that version wrote it."""
    with made_then(folder, version, tools) as then:
        then.executemany(
            "INSERT INTO document (id, uri, path, sha256, made_by, status, reason, bytes, text, indexed_at)"
            " VALUES (?, ?, ?, ?, 'v', ?, ?, 1, ?, '2026-11-01T10:00:00+00:00')",
            [
                (2, "data/a.txt", "/home/somebody/data/a.txt", "0" * 64, "indexed", "", TEXT),
                (3, "uploads/u.txt", f"/home/somebody/.secondlook/files/{UPLOADED}", UPLOADED, "indexed", "", "uploaded"),
                (4, "data/scan.png", "/home/somebody/data/scan.png", "1" * 64, "refused", 'No OCR: pip install "secondlook[ocr]"', ""),
            ],
        )  # fmt: skip
        then.executemany(
            "INSERT INTO chunk (id, document_id, position, char_start, char_end, heading, text, embedding)"
            " VALUES (?, ?, 0, 0, ?, ?, ?, ?)",
            [
                (5, 2, len(TEXT), '["Leave"]', TEXT, tools.vector_of(TEXT).astype("<f4").tobytes()),
                (6, 3, 8, "[]", "uploaded", tools.vector_of("uploaded").astype("<f4").tobytes()),
            ],
        )
        then.execute("INSERT INTO root VALUES ('data', '/home/somebody/data')")
        if version >= 5:
            then.execute("INSERT INTO token_vectors VALUES (?, ?)", (hash_of("uploaded"), b"\x01kept"))
    members = {"rag.db": (folder / "rag.db").read_bytes(), f"files/{UPLOADED}": b"uploaded"}
    manifest = {
        "format": "secondlook-index-1",
        "schema": version,
        "identity": asdict(tools.identity),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in members.items()},
    }
    with zipfile.ZipFile(folder / "then.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(manifest))
    return folder / "then.zip"


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_export_of_an_earlier_version_is_imported(tmp_path: Path, tools: Any, version: int) -> None:
    there = tmp_path / "there"
    restore(_exported_then(tmp_path, version, tools), there)
    with closing(SqliteStore.open(there, tools.identity)) as store:
        assert tools.texts(store, TEXT)[0] == TEXT
        assert tools.lexical_texts(store, "leave") == [TEXT]
        assert tools.ids(store, "data/a.txt") == [5]
        with store.reading() as view:
            rows = {row.uri: row for row in view.documents()}
            codes = view.token_vectors([6])
            (chunk,) = view.chunks_of("data/a.txt")
        assert chunk.heading == ("Leave",)
        assert rows["uploads/u.txt"].path.read_bytes() == b"uploaded"
        assert rows["data/scan.png"].missing == ("ocr" if version < 3 else "")
        assert codes == ({6: b"\x01kept"} if version >= 5 else {})
        assert store.faults() == []


def test_every_column_of_today_is_copied_or_left_out_on_purpose() -> None:
    """Whoever adds a column says here, or in ``foreign_rows``, what becomes of it."""
    left = {
        "document": {
            "path",
            "validators",
        },  # a place on another machine; what is sent to a server of their choice
        "chunk": {"text_hash"},  # made here
        "root": {"path"},
        "token_vectors": set(),
    }
    copied = {"document": DOCUMENT, "chunk": CHUNK, "root": ROOT, "token_vectors": TOKEN_VECTORS}
    with closing(sqlite3.connect(":memory:")) as ours:
        ours.executescript(TABLES.replace("{tokenize}", TOKENIZE))
        for table, columns in copied.items():
            known = {row[1] for row in ours.execute(f"PRAGMA table_info({table})")}
            assert known == set(columns) | left[table]
