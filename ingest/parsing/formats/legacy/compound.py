"""Compound files (OLE2): the container of Office before 2007, Outlook messages and HWP 5. Streams by name, within limits."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import olefile

from chatbot.errors import DocumentRefused

# a stream may be read twice, and small ones share the file with large ones
_MAX_READ = 4
_READ_FREE = 64 * 2**20
_MAX_STREAMS = 20_000
# what olefile raises on damaged directories and sector tables
_UNREADABLE = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
)
_DAMAGED = "The file is damaged or cut off: its parts cannot be found. Open it in its own program, save it again and retry."


class CompoundFile:
    """Streams of a compound file. Names are joined with ``/`` and compared without case, as Windows does.

    Attributes:
        names: of all streams, as they are written.
    """

    def __init__(self, file: Any, size: int) -> None:
        self._file = file
        self._size = size
        self._read = 0
        entries = file.listdir(streams=True, storages=False)[:_MAX_STREAMS]
        self._entries = {"/".join(entry).lower(): entry for entry in entries}
        self.names = tuple("/".join(entry) for entry in entries)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def read(self, name: str) -> bytes:
        """Raises ``DocumentRefused`` for a missing or damaged stream."""
        entry = self._entries.get(name.lower())
        try:
            if entry is None:
                raise KeyError(name)
            size = self._file.get_size(entry)
            self._read += size
            # sectors may be shared, so that a small file claims to hold any number of large streams
            if size > self._size or self._read > _MAX_READ * self._size + _READ_FREE:
                raise ValueError("a stream larger than its file")
            with self._file.openstream(entry) as stream:
                data: bytes = stream.read()
        except _UNREADABLE as error:
            raise DocumentRefused(_DAMAGED) from error
        return data

    def read_if_present(self, name: str) -> bytes:
        """Empty for a missing or damaged stream."""
        try:
            return self.read(name) if name in self else b""
        except DocumentRefused:
            return b""


@contextmanager
def open_compound(path: Path) -> Iterator[CompoundFile]:
    """Raises ``DocumentRefused`` for a damaged file."""
    with path.open("rb") as file:
        try:
            opened = olefile.OleFileIO(file)
            compound = CompoundFile(opened, path.stat().st_size)
        except _UNREADABLE as error:
            raise DocumentRefused(_DAMAGED) from error
        yield compound
