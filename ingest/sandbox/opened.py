"""A file opened once, for reading: what is hashed is what is parsed, whatever takes its place meanwhile."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from chatbot.errors import Phrase
from ingest.sandbox.content import Content

# a pipe that took a file's place must not be waited for
_FILE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
# macOS: no link anywhere on the way; not together with O_NOFOLLOW
_NO_LINK_ANYWHERE = getattr(os, "O_NOFOLLOW_ANY", 0)
# a folder on the way need not be readable, only passable
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0)


class OpenedFile:
    """A regular file. ``path`` is its real path: links were resolved when it was listed, and none is followed now,
    neither in its own place nor in that of a folder on the way. Windows follows those of folders.

    Raises:
        OSError: it cannot be opened, is no regular file, or a link stands in its place.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = _opened(path)
        if not stat.S_ISREG(self.status().st_mode):
            self.close()
            raise OSError("not a regular file")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def fileno(self) -> int:
        """The descriptor, which stays this object's own."""
        return self._descriptor

    def status(self) -> os.stat_result:
        return os.fstat(self._descriptor)

    def digest(self) -> tuple[str, int]:
        """(sha256 in hex, size) of the content as it is now."""
        with Content(self._descriptor) as content:
            return hashlib.file_digest(content, "sha256").hexdigest(), content.tell()

    def read(self, most: int) -> bytes:
        """The first ``most`` bytes, fewer if there are not as many."""
        with io.BufferedReader(Content(self._descriptor)) as content:
            return content.read(most)

    def is_in_place(self) -> bool:
        """Whether its path still leads to it; raises ``OSError`` where it leads to nothing or to a link."""
        with OpenedFile(self.path) as there:
            return os.path.samestat(there.status(), self.status())


class GivenFile(OpenedFile):
    """Content that came from another machine, in a file without a name, which ends with this process at the latest.

    ``path`` is where it was there. On Windows, where a parser is told a path, it cannot be parsed.
    """

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.flush()
            self._descriptor = os.dup(file.fileno())

    def is_in_place(self) -> bool:
        """Nothing can take its place."""
        return True


def digest_of(file: Path) -> tuple[str, int]:
    """(sha256 in hex, size) of the regular file at a real path; raises ``OSError`` as ``OpenedFile`` does."""
    with OpenedFile(file) as opened:
        return opened.digest()


def _opened(path: Path) -> int:
    """A descriptor of the file at ``path``, reached without following a link."""
    if os.open not in os.supports_dir_fd:  # Windows
        _check_kind(path)
        return os.open(path, _FILE)
    if _NO_LINK_ANYWHERE:
        _check_kind(path)
        return os.open(path, _FILE | _NO_LINK_ANYWHERE)
    folder = os.open(path.anchor, _FOLDER)
    try:
        for part in path.parts[1:-1]:
            inner = _folder_in(folder, part)
            os.close(folder)
            folder = inner
        _check_kind(path.name, folder)
        return os.open(path.name, _FILE | _NO_LINK, dir_fd=folder)
    finally:
        os.close(folder)


def _folder_in(folder: int, name: str) -> int:
    try:
        return os.open(name, _FOLDER | _NO_LINK, dir_fd=folder)
    except NotADirectoryError:  # a link opened as such is no folder
        _check_kind(name, folder)
        raise


def _check_kind(name: str | Path, folder: int | None = None) -> None:
    """Nothing but a regular file is opened: opening a device can do something, and a socket cannot be opened."""
    kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISLNK(kind):
        raise OSError(errno.ELOOP, Phrase("a link stands in its place"))
    if not stat.S_ISREG(kind):
        raise OSError("not a regular file")
