"""The files of a folder, each with its real path and the hash of its content.

Links are resolved once, when a folder is listed; from then on a file is opened at its real path, where no link is
followed. Every file is hashed in every run. A shortcut by time and size would miss a change: a write through a memory map
need not touch the time, and tools set it back.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chatbot.errors import Phrase
from ingest.sandbox.opened import digest_of

# the disk or the server behind it is in trouble: that says nothing of the file
_PASSING = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT, errno.EMFILE,
            errno.ENFILE, errno.ENOMEM, getattr(errno, "EHOSTDOWN", errno.EIO)}  # fmt: skip


class Listed(NamedTuple):
    """What ``walk`` finds: a file, why it is refused (or empty), and its real path."""

    path: Path
    refusal: str
    real: Path


@dataclass(frozen=True, slots=True)
class HashedFile:
    """A file of a given folder: its hash and size, or why it has none."""

    path: Path
    real: Path
    sha256: str = ""
    bytes: int = 0
    refusal: str = ""
    passing: bool = False  # the refusal says nothing of the file itself


def hashed_files(path: Path, store: Path) -> list[HashedFile]:
    """The files under ``path``, or itself, each hashed or with why it is not; nothing of ``store``."""
    if not path.is_dir():
        return [_hashed(path, Path(os.path.realpath(path)))]  # a link that is named itself is meant
    return [
        HashedFile(file, real, refusal=refusal, passing=file == path) if refusal else _hashed(file, real)
        for file, refusal, real in walk(path, skip=store)
    ]


def _hashed(file: Path, real: Path) -> HashedFile:
    if printable(file) != file:
        return HashedFile(file, real, refusal="its name is not valid UTF-8; rename it")
    try:
        return HashedFile(file, real, *digest_of(real))
    except OSError as error:
        if not os.path.lexists(file):
            return HashedFile(file, real, refusal="was gone before it could be read", passing=True)
        reason = Phrase("cannot be read: {error}", error=error.strerror or error)
        return HashedFile(file, real, refusal=reason, passing=error.errno in _PASSING)


def walk(folder: Path, skip: Path | None = None) -> Iterator[Listed]:
    """The files under ``folder``, a real path, in a stable order.

    Without hidden files, office lock files, links to folders, links to files that come anyway, and everything in
    ``skip``. A folder that cannot be listed comes itself, with the reason.
    """
    links: list[Path] = []
    files: set[str] = set()
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                listed = sorted((entry for entry in entries), key=lambda entry: entry.name)
        except OSError as error:
            reason = Phrase("cannot be read: {error}", error=error.strerror)
            yield Listed(Path(here), reason, Path(here))
            continue
        folders = []
        for entry in listed:
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                if not entry.name.startswith("~$") and not Path(entry.path).is_dir():
                    links.append(Path(entry.path))
            elif entry.is_dir(follow_symlinks=False):
                if skip is None or Path(entry.path) != skip:
                    folders.append(entry.path)
            elif not entry.name.startswith("~$"):
                files.add(entry.path)
                yield Listed(Path(entry.path), "", Path(entry.path))
        waiting += reversed(folders)
    for link in links:
        target = os.path.realpath(link)  # resolve() raises for a link that leads to itself
        if target not in files:
            refusal = _leads_out(Path(target), folder, skip)
            if not refusal and Path(target).is_file():
                files.add(target)
            yield Listed(link, refusal, Path(target))


def _leads_out(target: Path, folder: Path, skip: Path | None) -> str:
    """A folder somebody else filled must not pull this machine's other files into the index."""
    if not target.is_relative_to(folder):
        return "is a link to a file outside the folder; ingest that file itself"
    if skip is not None and target.is_relative_to(skip):
        return "is a link into the index itself"
    return ""


def printable(path: Path) -> Path:
    """``path`` with � for the bytes of its name that are no UTF-8; SQLite and JSON cannot hold those."""
    return Path(os.fsencode(path).decode("utf-8", "replace"))
