"""Files opened once: no link is followed, however fast it comes and goes, and each reader has its own position."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.sandbox.opened import OpenedFile, digest_of
from ingest.sandbox.received import ReceivedFile

posix = pytest.mark.skipif(sys.platform == "win32", reason="no descriptors relative to folders")
RACE_S = 1.5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``sub/file.txt`` inside, ``private/file.txt`` outside."""
    for name in ("docs/sub", "private"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "docs" / "sub" / "file.txt").write_text("public")
    (tmp_path / "private" / "file.txt").write_text("secret")
    return tmp_path / "docs"


def test_content_hash_and_place_are_those_of_the_file(folder: Path) -> None:
    path = folder / "sub" / "file.txt"
    with OpenedFile(path) as file:
        assert (file.read(3), file.read(100)) == (b"pub", b"public")
        assert file.digest() == (hashlib.sha256(b"public").hexdigest(), 6) == digest_of(path)
        assert file.is_in_place()
        (folder / "other").write_text("another")
        (folder / "other").replace(path)
        assert not file.is_in_place()
        assert file.read(100) == b"public"
        path.unlink()
        with pytest.raises(FileNotFoundError):
            file.is_in_place()
    assert file.fileno() == -1


@posix
def test_a_link_in_place_of_the_file_or_of_a_folder_on_the_way_is_not_followed(folder: Path) -> None:
    private = folder.parent / "private"
    (folder / "file.txt").symlink_to(private / "file.txt")
    (folder / "inside.txt").symlink_to(folder / "sub" / "file.txt")
    (folder / "link").symlink_to(private, target_is_directory=True)
    for name in ("file.txt", "inside.txt", "link/file.txt", "link"):
        with pytest.raises(OSError, match="a link stands in its place"):
            OpenedFile(folder / name)


@posix
def test_what_is_no_regular_file_is_neither_opened_nor_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    for path in (folder / "pipe", folder / "sub", Path("/dev/null")):
        with pytest.raises(OSError, match="not a regular file"):
            OpenedFile(path)
    with pytest.raises(NotADirectoryError):
        OpenedFile(folder / "sub" / "file.txt" / "x")
    with pytest.raises(FileNotFoundError):
        OpenedFile(folder / "none" / "x")


@contextmanager
def meddling(change: Callable[[], None]) -> Iterator[None]:
    """``change`` again and again beside the test."""
    ends = threading.Event()

    def work() -> None:
        while not ends.is_set():
            change()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()


@posix
@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_race_with_a_link_is_never_won(folder: Path, swapped: str) -> None:
    private, path = folder.parent / "private", folder / "sub" / "file.txt"
    place, aside = (path, folder / "aside.txt") if swapped == "file" else (folder / "sub", folder / "aside")
    target = private / "file.txt" if swapped == "file" else private

    def swap() -> None:
        place.rename(aside)
        place.symlink_to(target)
        place.unlink()
        aside.rename(place)

    outcomes = {"read": 0, "link": 0, "gone": 0}
    with meddling(swap):
        ends = time.monotonic() + RACE_S
        while time.monotonic() < ends:
            try:
                with OpenedFile(path) as file:
                    assert file.read(100) == b"public"
                outcomes["read"] += 1
            except FileNotFoundError:
                outcomes["gone"] += 1
            except OSError:
                outcomes["link"] += 1
    assert outcomes["read"] > 0
    assert outcomes["link"] + outcomes["gone"] > 0


@posix
def test_readers_of_a_received_file_do_not_move_each_other(folder: Path) -> None:
    path = folder / "lines.txt"
    path.write_bytes(b"1" * 50_000 + b"2" * 50_000)
    with OpenedFile(path) as file:
        received = ReceivedFile(file.fileno())
        assert isinstance(received, Path)
        assert received.is_file()
        assert received.stat().st_size == path.stat().st_size
        assert received.read_bytes() == path.read_bytes()
        with received.open("rb") as first, received.open("rb") as second:
            assert second.seek(50_000) == 50_000
            assert (first.read(3), second.read(3), first.read(3)) == (b"111", b"222", b"111")
            assert first.seek(-2, os.SEEK_END) == path.stat().st_size - 2
            assert (len(first.read()), first.seek(0), second.seek(4), second.tell()) == (2, 0, 4, 4)
            with pytest.raises(OSError, match="Invalid argument"):
                first.seek(-1)
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == 0  # the program's own position
    with pytest.raises(OSError, match="Bad file descriptor"):
        received.open("rb")


@posix
def test_a_received_file_that_stays_open_is_still_the_same_one(folder: Path) -> None:
    other = folder.parent / "private" / "file.txt"
    with OpenedFile(folder / "sub" / "file.txt") as file:
        left_open = ReceivedFile(file.fileno()).open("rb")
    with OpenedFile(other):  # has the number that the first one had
        assert left_open.read() == b"public"
    left_open.close()
    assert ReceivedFile(0).name == "0"
