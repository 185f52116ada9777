from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import ModelMismatch, StoreError, StoreMissing
from chatbot.store import Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
from paths import ROOT


def test_another_model_is_refused_with_both_names_and_what_to_do(store: Store) -> None:
    with pytest.raises(ModelMismatch) as caught:
        SqliteStore.open(store.folder, StoreIdentity("ffff", "other-model"))
    message = str(caught.value)
    assert "tiny-test-model" in message
    assert "other-model" in message
    assert "secondlook reindex" in message


def test_the_same_weights_under_another_name_are_accepted(store: Store, tools: Any) -> None:
    SqliteStore.open(store.folder, StoreIdentity(tools.identity.embedding, "renamed")).close()


def test_a_store_of_a_newer_program_is_refused(store: Store, tools: Any) -> None:
    for version in ("99", "later"):
        with store.writing() as writer:
            writer.connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
        with pytest.raises(StoreError, match=rf"index version {version}.*--store"):
            SqliteStore.open(store.folder, tools.identity)


def test_a_missing_index_says_what_to_run(tmp_path: Path, tools: Any) -> None:
    with pytest.raises(StoreMissing, match="secondlook ingest"):
        SqliteStore.open(tmp_path, tools.identity)


@pytest.mark.parametrize(
    "content", [b"", b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_file_that_is_no_index_is_one_sentence(tmp_path: Path, tools: Any, content: bytes) -> None:
    (tmp_path / "rag.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"rag\.db cannot be used"):
        SqliteStore.open(tmp_path, tools.identity)


def test_another_programs_database_is_one_sentence(tmp_path: Path, tools: Any) -> None:
    connection = sqlite3.connect(tmp_path / "rag.db")
    connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="index version None"):
        SqliteStore.open(tmp_path, tools.identity)


def test_a_damaged_database_is_one_sentence_and_a_fault(store: Store, tools: Any) -> None:
    tools.put(store, "a", *(f"some longer text {number} " * 20 for number in range(200)))
    store.close()
    file = store.folder / "rag.db"
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xa5" * len(content[8192:])
    file.write_bytes(content)
    with pytest.raises(StoreError, match="restore it or ingest anew"):
        with_store = SqliteStore.open(store.folder, tools.identity)
        try:
            assert len(with_store.faults()) >= 1
            tools.texts(with_store, "x")
        finally:
            with_store.close()


def test_a_store_cannot_be_made_where_a_file_is(tmp_path: Path, tools: Any) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="choose another --store"):
        SqliteStore.create(tmp_path / "file", tools.identity, 4)
    with pytest.raises(StoreError, match="choose another --store"):
        SqliteStore.create(tmp_path / "file" / "store", tools.identity, 4)


def test_a_folder_without_write_permission_is_one_sentence(tmp_path: Path, tools: Any) -> None:
    folder = tmp_path / "store"
    store = SqliteStore.create(folder, tools.identity, tools.dimension)
    tools.put(store, "a", "alpha")
    store.close()
    script = f"""
import os, sys
from pathlib import Path
from chatbot.errors import StoreError
from chatbot.store import Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
identity = StoreIdentity({tools.identity.embedding!r}, "x")
sys.path and os.getuid() == 0 and os.seteuid(65534)
folder = Path({str(folder)!r})
def tried(action):
    try:
        action()
        return "worked"
    except StoreError as error:
        return f"StoreError: {{error}}"
def read():
    store = SqliteStore.open(folder, identity)
    with store.reading() as view:
        assert view.chunk_count() == 1
def write():
    SqliteStore.create(folder.parent / "another", identity, 4)
print(tried(read)); print(tried(write))
"""
    for parent in [tmp_path, *tmp_path.parents]:
        if parent.stat().st_uid == os.getuid() and parent != Path("/tmp") and parent != Path("/"):
            parent.chmod(0o755)
    os.chmod(folder, 0o555)  # noqa: PTH101
    os.chmod(tmp_path, 0o555)  # noqa: PTH101
    try:
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
    finally:
        os.chmod(folder, 0o755)  # noqa: PTH101
        os.chmod(tmp_path, 0o755)  # noqa: PTH101
    assert done.returncode == 0, done.stderr
    read, write = done.stdout.splitlines()
    assert read == "worked" or read.startswith("StoreError")
    assert write.startswith("StoreError")


def test_a_full_disk_is_one_sentence_and_the_index_is_as_before(tmp_path: Path, tools: Any) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    if subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not allow mounting a small file system")
    try:
        store = SqliteStore.create(disk / "store", tools.identity, tools.dimension)
        tools.put(store, "a", "alpha")
        big = ["word " * 500 + str(number) for number in range(400)]
        with store.writing() as writer:
            with pytest.raises(StoreError, match="as before"):
                writer.replace(*tools.document("a", big))
            free = os.statvfs(disk)
            (disk / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize))
            with pytest.raises(StoreError, match="as before"):
                writer.compact()
            (disk / "filler").unlink()
        assert tools.texts(store, "x") == ["alpha"]
        assert tools.lexical_texts(store, "alpha") == ["alpha"]
        assert store.faults() == []
        assert not list(store.folder.glob("base-*"))
        store.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_folder_that_may_not_be_entered_is_one_sentence(
    store: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: Path, **__: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuses)
    with pytest.raises(StoreError, match=r"cannot be read \(Permission denied\)"):
        SqliteStore.open(store.folder, tools.identity)
