"""A backup taken while somebody writes is whole, and comes back as it was."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatbot.conversations.conversation_store import Conversations
from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.archives.backup import MANIFEST, back_up, restore_backup
from chatbot.store.sqlite.store import SqliteStore


def _upload(store: Store, tools: Any, name: str, text: str) -> None:
    """As the page does it: the content first, then its row."""
    document, chunks, vectors = tools.document(f"uploads/{name}", [text])
    content = store.folder / "files" / document.sha256
    content.parent.mkdir(exist_ok=True)
    content.write_text(document.text)
    with store.writing() as writer:
        writer.replace(replace(document, path=content), chunks, vectors)


@pytest.fixture
def filled(store: Store, tools: Any) -> Store:
    """An index with a compaction, a deletion, an upload, a conversation, and a notebook inside."""
    tools.put(store, "data/a.md", "alpha", "beta")
    tools.put(store, "gone", "gone")
    with store.writing() as writer:
        writer.compact()
        writer.delete("gone")
    _upload(store, tools, "u.txt", "uploaded")
    Conversations.open(store.folder).create()
    notebook = SqliteStore.create(store.folder / "notebooks" / "0a", tools.identity, tools.dimension)
    _upload(notebook, tools, "n.txt", "in the notebook")
    notebook.close()
    (store.folder / "writer.pid").write_text("7")
    return store


def test_everything_comes_back_but_what_is_made_again(filled: Store, tools: Any, tmp_path: Path) -> None:
    held = back_up(filled.folder, tmp_path / "backup")
    assert (held.databases, held.files) == (3, 2)
    names = {
        str(path.relative_to(tmp_path / "backup"))
        for path in (tmp_path / "backup").rglob("*")
        if path.is_file()
    }
    assert {"rag.db", "conversations.db", "notebooks/0a/rag.db", MANIFEST} < names
    assert not [name for name in names if "base-" in name or "writer" in name or "-wal" in name]

    assert restore_backup(tmp_path / "backup", tmp_path / "there") == held
    for folder, question, upload in (
        ("there", "alpha", "u.txt"),
        ("there/notebooks/0a", "in the notebook", "n.txt"),
    ):
        with closing(SqliteStore.open(tmp_path / folder, tools.identity)) as back:
            assert tools.texts(back, question)[0] == question
            with back.reading() as view:
                row = view.document(f"uploads/{upload}")
            assert row is not None
            assert row.path == tmp_path / folder / "files" / row.sha256
            assert row.path.exists()
            assert back.faults() == []
    assert len(Conversations.open(tmp_path / "there").list()) == len(Conversations.open(filled.folder).list())
    for path in [tmp_path / "backup", *(tmp_path / "backup").rglob("*"), *(tmp_path / "there").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_backup_is_whole_while_a_writer_adds_and_removes(store: Store, tools: Any, tmp_path: Path) -> None:
    """Every document of a backup has its passages and, if it was uploaded, its content."""
    _upload(store, tools, "0.txt", "text 0")
    stop = threading.Event()
    written = []

    def write() -> None:
        while not stop.is_set():
            number = len(written) + 1
            _upload(store, tools, f"{number}.txt", f"text {number}")
            with store.writing() as writer:
                writer.delete(f"uploads/{number - 3}.txt")
            tools.put(store, "changing", *(f"version {number} part {part}" for part in range(5)))
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 3:
            stop.wait(0.001)
        for number in range(8):
            before = len(written)
            back_up(store.folder, tmp_path / f"backup{number}")
            while len(written) == before:  # it went on meanwhile, or goes on now: nobody waits for a backup
                stop.wait(0.001)
    finally:
        stop.set()
        writer.join()
    for number in range(8):
        there = tmp_path / f"there{number}"
        restore_backup(tmp_path / f"backup{number}", there)
        with closing(SqliteStore.open(there, tools.identity)) as back:
            with back.reading() as view:
                rows = {row.uri: row for row in view.documents()}
                parts = [chunk.text.split()[1] for chunk in view.chunks_of("changing")]
            assert len(parts) == 5
            assert len(set(parts)) == 1
            for row in rows.values():
                assert row.path.exists() or not row.is_kept
            assert back.faults() == []


def _damage(name: str) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)

    return apply


def _claim(**changes: Any) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text())
        (folder / MANIFEST).write_text(json.dumps(manifest | changes))

    return apply


HARM: dict[str, Callable[[Path], None]] = {
    "a changed database": _damage("rag.db"),
    "changed conversations": _damage("conversations.db"),
    "a missing database": lambda folder: (folder / "rag.db").unlink(),
    "no manifest": lambda folder: (folder / MANIFEST).unlink(),
    "another manifest": _claim(format="else"),
    "a manifest that leads out": _claim(sha256={"rag.db": "0", "../evil": "0"}),
    "a manifest from the root": _claim(sha256={"rag.db": "0", "/tmp/evil": "0"}),
    "a manifest that is none": lambda folder: (folder / MANIFEST).write_text("[1]"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARM)
def test_what_is_no_whole_backup_is_refused_and_leaves_nothing(
    filled: Store, tmp_path: Path, harm: str
) -> None:
    (tmp_path / "in").mkdir()
    back_up(filled.folder, tmp_path / "in" / "backup")
    HARM[harm](tmp_path / "in" / "backup")
    with pytest.raises(StoreError) as refusal:
        restore_backup(tmp_path / "in" / "backup", tmp_path / "in" / "there")
    assert len(str(refusal.value).splitlines()) == 1
    assert sorted(path.name for path in (tmp_path / "in").iterdir()) == ["backup"]


def test_what_is_there_is_not_replaced(filled: Store, tmp_path: Path, tools: Any) -> None:
    back_up(filled.folder, tmp_path / "backup")
    with pytest.raises(StoreError, match="exists"):
        back_up(filled.folder, tmp_path / "backup")
    with pytest.raises(StoreError, match="not empty"):
        restore_backup(tmp_path / "backup", filled.folder)
    with pytest.raises(StoreError, match="inside the index"):
        back_up(filled.folder, filled.folder / "backup")
    with pytest.raises(StoreError, match="no index"):
        back_up(tmp_path / "backup" / "files", tmp_path / "other")
    with pytest.raises(StoreError, match="cannot write"):
        back_up(filled.folder, tmp_path / "missing" / "backup")


def test_a_damaged_index_is_not_backed_up_as_if_it_were_whole(filled: Store, tmp_path: Path) -> None:
    filled.close()
    with closing(sqlite3.connect(filled.folder / "rag.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    content = bytearray((filled.folder / "rag.db").read_bytes())
    for at in range(8192 * 3, len(content), 8192):
        content[at : at + 64] = b"\xff" * 64
    (filled.folder / "rag.db").write_bytes(content)
    with pytest.raises(StoreError, match="cannot back up"):
        back_up(filled.folder, tmp_path / "backup")
    assert not list(tmp_path.glob("backup*"))
