"""What is stored can be read by its owner only, whatever the umask is and whatever an earlier version left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.conversations.conversation_store import Conversations
from chatbot.models.folders import make_cache
from chatbot.store.archives.exporting import export
from chatbot.store.private_files import make_private, open_private, tighten, write_private
from chatbot.store.sqlite.store import SqliteStore
from ingest.watching.notes import WatcherNote


@pytest.fixture(autouse=True)
def _everybody_may_read() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def _open_to_others(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]


def test_an_index_is_private(tmp_path: Path, tools: Any) -> None:
    folder = tmp_path / "store"
    store = SqliteStore.create(folder, tools.identity, tools.dimension)
    tools.put(store, "a", "alpha")
    note = WatcherNote(folder, [tmp_path])
    with store.writing() as writer:
        writer.compact()
        assert (folder / "writer.pid").exists()
        assert {path.name for path in folder.glob("rag.db*")} == {"rag.db", "rag.db-shm", "rag.db-wal"}
        assert _open_to_others(folder) == []
    Conversations.open(folder).list()
    assert (folder / "conversations.db").exists()
    assert _open_to_others(folder) == []
    note.close()
    store.close()


def test_an_export_is_private(tmp_path: Path, tools: Any) -> None:
    store = SqliteStore.create(tmp_path / "store", tools.identity, tools.dimension)
    export(store, tmp_path / "index.zip")
    assert (tmp_path / "index.zip").stat().st_mode & 0o777 == 0o600
    store.close()


def test_an_index_of_an_earlier_version_is_made_private_when_it_is_opened(tmp_path: Path, tools: Any) -> None:
    folder = tmp_path / "store"
    store = SqliteStore.create(folder, tools.identity, tools.dimension)
    tools.put(store, "a", "alpha")
    with store.writing() as writer:
        writer.compact()
    store.close()
    (folder / "files").mkdir(0o755)
    (folder / "files" / ("0" * 64)).write_text("x")
    (folder / "of the person").write_text("not ours")
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    SqliteStore.open(folder, tools.identity).close()
    assert _open_to_others(folder) == [folder / "of the person"]
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_a_link_leads_to_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("x")
    (tmp_path / "elsewhere").chmod(0o644)
    folder = tmp_path / "store"
    folder.mkdir(0o755)
    (folder / "rag.db").symlink_to(tmp_path / "elsewhere")
    tighten(folder)
    make_private(folder / "rag.db")
    assert (tmp_path / "elsewhere").stat().st_mode & 0o777 == 0o644
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("x")
    (tmp_path / "file").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        open_private(tmp_path / "file")
    write_private(tmp_path / "file", b"new")
    assert (tmp_path / "elsewhere").read_text() == "x"
    assert (tmp_path / "file").read_bytes() == b"new"
    assert not (tmp_path / "file").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "file"]


def test_a_cache_is_private_when_it_is_made_and_may_be_shared_later(tmp_path: Path) -> None:
    make_cache(tmp_path / "cache")
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    (tmp_path / "cache").chmod(0o755)
    make_cache(tmp_path / "cache")
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o755
