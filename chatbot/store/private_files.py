"""Files and folders that nobody but their owner can read, whatever the umask: 0600 and 0700.

Windows has no such modes; there the folder's own access list counts.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_OTHERS = 0o077
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
# what an index folder holds; a person may have given a folder that holds more
_OURS = (
    "rag.db*",
    "conversations.*",
    "base-*.faiss*",
    "writer.*",
    "files",
    "files/*",
    "watchers",
    "watchers/*",
)


def open_private(file: Path) -> BinaryIO:
    """A new file, to be written. Raises ``FileExistsError`` where there is something, a link for example."""
    return os.fdopen(os.open(file, _NEW, PRIVATE_FILE), "wb")


def private_opener(file: str, flags: int) -> int:
    """For ``open(..., opener=private_opener)``: a file that is made by it is private."""
    return os.open(file, flags, PRIVATE_FILE)


def write_private(file: Path, content: bytes) -> None:
    """``file`` with ``content``, in place of what is there: a link there is replaced, not followed."""
    half = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    half.unlink(missing_ok=True)
    try:
        with open_private(half) as write:
            write.write(content)
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


def private_folder(folder: Path) -> None:
    """Make ``folder`` with its parents, all private; one that is there is made private."""
    if not folder.is_dir():
        folder.mkdir(PRIVATE_FOLDER, parents=True, exist_ok=True)
    make_private(folder)


def make_private(path: Path) -> None:
    """Take from others what they may do with a file or folder that is there; one of another owner stays as it is."""
    with suppress(OSError):
        mode = path.stat(follow_symlinks=False).st_mode
        if mode & _OTHERS and not path.is_symlink():
            path.chmod(mode & ~_OTHERS & 0o7777)


def tighten(folder: Path) -> None:
    """Make an index folder and what this program has put into it private; earlier versions did not.

    Once nobody else can enter the folder there is nothing left to do: 0.01 ms.
    """
    try:
        is_open = bool(folder.stat().st_mode & _OTHERS)
    except OSError:
        return
    if is_open:
        make_private(folder)
        for pattern in _OURS:
            for path in folder.glob(pattern):
                make_private(path)
