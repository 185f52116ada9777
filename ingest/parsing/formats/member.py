"""A file in memory that parsers take for one on disk: the parts of archives and the attachments of mail.

The parser's process can write no file, not even one in memory, so that a part cannot be given a path.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path, PurePath
from typing import IO, Any, cast


class MemoryFile(BytesIO):
    """What parsers ask of a path (``open``, ``read_bytes``, ``stat``, ``name``) for bytes in memory.

    It is a binary file besides, for libraries that take a path or a file (zipfile, PDFium, Pillow).
    """

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        # a label: it is never opened, whatever it says
        self.name: str = PurePath(name.replace("\0", "")).name
        self.suffix = PurePath(self.name).suffix

    def open(self, mode: str = "rb", *_: Any, **__: Any) -> IO[bytes]:
        """Another reader from the start; raises ``OSError`` for any mode but ``rb``."""
        if mode != "rb":
            raise OSError(f"a file in memory is not opened as {mode}")
        return BytesIO(self.getvalue())

    def read_bytes(self) -> bytes:
        return self.getvalue()

    def is_file(self) -> bool:
        return True

    def stat(self) -> os.stat_result:
        """Only its size means anything."""
        return os.stat_result((0o100444, 0, 0, 1, 0, 0, self.getbuffer().nbytes, 0, 0, 0))

    def __str__(self) -> str:
        return self.name


def memory_file(data: bytes, name: str) -> Path:
    """``data`` for ``parse`` and every parser; ``name`` decides as a file's name does."""
    return cast(Path, MemoryFile(data, name))
