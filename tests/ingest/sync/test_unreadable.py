from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fakes.sync_index import Index, gone_of, nothing_to_do, todo_of, unchanged_of
from ingest.sync import listing

Write = Callable[..., Path]


def test_what_is_no_file_is_refused_with_a_reason(
    index: Index,
    folder: Path,
    write: Write,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("fine.txt", "x")
    os.mkfifo(folder / "pipe.txt")
    server = socket.socket(socket.AF_UNIX)
    request.addfinalizer(server.close)
    monkeypatch.chdir(folder)  # a socket's path may have 108 bytes
    server.bind("socket.txt")
    (folder / "broken.txt").symlink_to(folder / "nowhere.txt")
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    work = index.sync(folder)
    assert todo_of(work) == ["docs/fine.txt"]
    reasons = {task.uri: reason for task, reason in work.unreadable}
    assert reasons["docs/pipe.txt"] == reasons["docs/socket.txt"] == "cannot be read: not a regular file"
    assert reasons["docs/broken.txt"] == "cannot be read: No such file or directory"
    assert reasons["docs/loop.txt"].startswith("cannot be read: ")
    again = index.sync(folder)  # known and not stored anew
    assert nothing_to_do(again)
    assert len(again.unchanged) == 5
    del index.rows["docs/pipe.txt"]
    alone = index.plan(folder / "pipe.txt")
    assert [(task.uri, task.path, reason) for task, reason in alone.unreadable] == [
        ("docs/pipe.txt", folder / "pipe.txt", "cannot be read: not a regular file")
    ]


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.txt", "x")
    before, real = file.stat(), os.stat
    file.unlink()
    os.mkfifo(file)
    # looked at before it was replaced
    monkeypatch.setattr(os, "stat", lambda path, **more: before if path == "a.txt" else real(path, **more))
    with pytest.raises(OSError, match="not a regular file"):
        listing.digest_of(file)


def test_a_device_is_refused(index: Index, folder: Path) -> None:
    (folder / "null.txt").symlink_to("/dev/null")
    assert index.plan(folder / "null.txt").unreadable[0][1] == "cannot be read: not a regular file"


def test_what_may_not_be_read_is_refused_and_its_documents_stay(
    index: Index, folder: Path, write: Write, request: pytest.FixtureRequest
) -> None:
    secret, inner = write("secret.txt", "x"), write("locked/inner.txt", "y")
    write("fine.txt", "z")
    index.sync(folder)
    secret.chmod(0)
    inner.parent.chmod(0)
    request.getfixturevalue("as_nobody")
    work = index.sync(folder)
    assert {(task.uri, reason) for task, reason in work.unreadable} == {
        ("docs/secret.txt", "cannot be read: Permission denied"),
        ("docs/locked", "cannot be read: Permission denied"),
    }
    assert work.gone == []
    assert unchanged_of(work) == ["docs/fine.txt"]
    assert nothing_to_do(index.sync(folder))
    assert "docs/locked/inner.txt" in index.rows


def test_a_folder_that_can_be_read_again_is_no_longer_refused(
    index: Index, folder: Path, write: Write
) -> None:
    write("locked/inner.txt", "y")
    index.rows["docs/locked"] = Index._row("docs/locked", folder / "locked", "", "v1", "refused")
    index.roots["docs"] = folder
    work = index.sync(folder)
    assert (todo_of(work), gone_of(work)) == (["docs/locked/inner.txt"], ["docs/locked"])


def test_what_vanishes_while_it_is_read_is_left_for_the_next_run(
    index: Index, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = write("a.txt", "one"), write("b.txt", "two")
    index.sync(folder)
    real = listing.digest_of

    def trouble(file: Path) -> tuple[str, int]:
        if file == a:
            a.unlink(missing_ok=True)
        if file == b:
            raise OSError(5, "Input/output error")
        return real(file)

    monkeypatch.setattr(listing, "digest_of", trouble)
    work = index.sync(folder)
    assert sorted(work.left) == [
        ("docs/a.txt", "was gone before it could be read"),
        ("docs/b.txt", "cannot be read: Input/output error"),
    ]
    assert set(index.rows) == {"docs/a.txt", "docs/b.txt"}
    assert (work.gone, work.unreadable) == ([], [])
    monkeypatch.undo()
    assert gone_of(index.sync(folder)) == ["docs/a.txt"]


def test_a_given_folder_that_cannot_be_listed_keeps_its_documents(
    index: Index, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "one")
    index.sync(folder)

    def fails(path: str) -> Iterator[os.DirEntry[str]]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "scandir", fails)
    work = index.sync(folder)
    monkeypatch.undo()
    assert work.left == [("docs", "cannot be read: Input/output error")]
    assert set(index.rows) == {"docs/a.txt"}
