"""An export that somebody changed to do harm: refused in one sentence, nothing left behind, little memory taken."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.archives.bounds import BOUNDS
from chatbot.store.archives.exporting import export
from chatbot.store.archives.importing import restore
from chatbot.store.sqlite.store import SqliteStore
from fakes.hostile_archives import NAMES, hostile_archives, members_of, sealed, sql, zipped

_MOST_MEMORY = 300  # MiB more than before


def _fill(store: Store, tools: Any) -> None:
    tools.put(store, "data/a.md", "alpha", "beta", "gamma")
    tools.put(store, "data/b.md", "delta")
    tools.put_upload(store)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, tools: Any) -> Path:
    """An honest export."""
    folder = tmp_path_factory.mktemp("good")
    store = SqliteStore.create(folder / "store", tools.identity, tools.dimension)
    _fill(store, tools)
    export(store, folder / "index.zip")
    store.close()
    return folder / "index.zip"


def test_there_are_more_than_forty() -> None:
    assert len(NAMES) == len(set(NAMES)) > 80


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_archive_is_refused_in_one_sentence_and_leaves_nothing(
    good: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "index.zip"
    file.write_bytes(hostile_archives(good)[name]())
    with pytest.raises(StoreError) as refusal:
        restore(file, tmp_path / "new" / "there")
    sentence = str(refusal.value)
    assert "cannot be imported" in sentence
    assert len(sentence.splitlines()) == 1
    assert sentence.isprintable()
    assert len(sentence) < 300 + len(str(tmp_path))
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "source"
    if kind == "pipe":
        os.mkfifo(source)
    elif kind == "folder":
        source.mkdir()
    else:
        source = Path("/dev/zero")
    with pytest.raises(StoreError, match=r"no file|directory"):
        restore(source, tmp_path / "there")
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(
    "bound", ["documents", "chunks", "roots", "text", "total", "database", "upload", "dimension"]
)
def test_every_bound_counts(good: Path, tmp_path: Path, bound: str) -> None:
    """One less than what the archive has."""
    most = {
        "documents": 2,
        "chunks": 4,
        "roots": 0,
        "text": 10,
        "total": 1000,
        "database": 1000,
        "upload": 7,
        "dimension": 15,
    }
    with pytest.raises(StoreError, match="cannot be imported"):
        restore(good, tmp_path / "there", replace(BOUNDS, **{bound: most[bound]}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_memory_stays_bounded(good: Path, tmp_path: Path) -> None:
    """All of them one after the other, in a process of their own; bombs are the ones that would show."""
    for number, make in enumerate(hostile_archives(good).values()):
        (tmp_path / f"{number}.zip").write_bytes(make())
    script = f"""
import resource
from pathlib import Path
from chatbot.errors import StoreError
from chatbot.store.archives.importing import restore
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = peak()
for file in sorted(Path({str(tmp_path)!r}).glob("*.zip")):
    try:
        restore(file, Path({str(tmp_path / "there")!r}))
    except StoreError:
        continue
    raise SystemExit(f"imported {{file}}")
print(peak() - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < _MOST_MEMORY


def _imported(good: Path, tmp_path: Path, *statements: str, **members: bytes) -> Path:
    changed = members_of(good) | members
    sql(*statements)(changed)
    (tmp_path / "index.zip").write_bytes(zipped(sealed(changed)))
    restore(tmp_path / "index.zip", tmp_path / "there")
    return tmp_path / "there"


def test_a_base_of_somebody_elses_is_not_taken_over(good: Path, tmp_path: Path, tools: Any) -> None:
    folder = _imported(
        good,
        tmp_path,
        "INSERT INTO base VALUES (9, '/dev/zero', 'x', 1, 0, 1, 1)",
        "INSERT INTO tombstone VALUES (1, 1)",
    )
    with closing(SqliteStore.open(folder, tools.identity)) as store:
        with store.reading() as view:
            assert view.base_files() == []
        assert tools.texts(store, "alpha")[0] == "alpha"
        assert store.faults() == []


def test_no_path_is_taken_over(good: Path, tmp_path: Path, tools: Any) -> None:
    folder = _imported(
        good,
        tmp_path,
        "UPDATE document SET path = '/etc/passwd'",
        "UPDATE root SET path = '/etc'",
        "UPDATE document SET uri = 'data/../../../../../../etc/passwd' WHERE id = 2",
    )
    with closing(SqliteStore.open(folder, tools.identity)) as store, store.reading() as view:
        paths = [row.path for row in view.documents()] + list(view.roots().values())
    assert len(paths) == 4
    for path in paths:
        assert Path(os.path.normpath(path)).is_relative_to(folder)
        assert path.parent.name == "files" or not path.exists()


def test_what_a_foreign_schema_would_compute_is_never_computed(
    good: Path, tmp_path: Path, tools: Any
) -> None:
    """A check that takes 800 MB for every row that is written."""
    eats = "CHECK (length(hex(randomblob(400000000))) > 0)"
    folder = _imported(
        good,
        tmp_path,
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_master SET sql = rtrim(sql, ') ' || char(10)) || char(10) || ', {eats})' WHERE name = 'document'",
    )
    with closing(sqlite3.connect(folder / "rag.db")) as ours:
        assert "randomblob" not in str(ours.execute("SELECT sql FROM sqlite_master").fetchall())
    SqliteStore.open(folder, tools.identity).close()


def test_names_that_steer_a_terminal_lose_what_steers(good: Path, tmp_path: Path, tools: Any) -> None:
    escape = "char(27) || ']0;owned' || char(7)"
    folder = _imported(
        good, tmp_path, f"UPDATE document SET uri = id || {escape}, title = {escape}, reason = {escape}"
    )
    with closing(SqliteStore.open(folder, tools.identity)) as store, store.reading() as view:
        for row in view.documents():
            assert "".join((row.uri, row.title, row.reason)).isprintable()


def test_ids_go_on_where_they_ended(good: Path, tmp_path: Path, tools: Any) -> None:
    folder = _imported(good, tmp_path, "UPDATE sqlite_sequence SET seq = 1000")
    with closing(SqliteStore.open(folder, tools.identity)) as store:
        tools.put(store, "later", "later")
        assert tools.ids(store, "later") == [1001]


def test_only_uploads_that_a_document_names_are_unpacked(good: Path, tmp_path: Path) -> None:
    orphan = b"of nobody"
    name = f"files/{hashlib.sha256(orphan).hexdigest()}"
    (tmp_path / "index.zip").write_bytes(zipped(sealed({**members_of(good), name: orphan})))
    restore(tmp_path / "index.zip", tmp_path / "there")
    assert not (tmp_path / "there" / name).exists()
    assert len(list((tmp_path / "there" / "files").iterdir())) == 1


def test_what_is_imported_is_private(good: Path, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        restore(good, tmp_path / "there")
    finally:
        os.umask(old)
    assert (tmp_path / "there").stat().st_mode & 0o777 == 0o700
    for path in (tmp_path / "there").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_vector_is_taken_as_it_is(good: Path, tmp_path: Path, tools: Any) -> None:
    restore(good, tmp_path / "there")
    with closing(SqliteStore.open(tmp_path / "there", tools.identity)) as store, store.reading() as view:
        assert np.array_equal(view.embeddings_of("data/b.md", 1)[0], tools.vector_of("delta"))
