"""A file in memory that parsers take for one on disk: the parts of archives and the attachments of mail.

The parser's process can write no file, not even one in memory, so that a part cannot be given a path.
"""

from __future__ import annotations

import os
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path, PurePath
from typing import IO, Any, cast

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.parse import parse

# whether a part is being read: parts of parts are named, not read
_within: ContextVar[bool] = ContextVar("within", default=False)
_MAX_NAME = 200


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


def add_member(builder: DocumentBuilder, data: bytes, name: str, level: int) -> bool:
    """Parses a part by itself and adds it under its name as a heading of ``level``; whether it has text.

    What cannot be read, or only partly, is told as a problem of ``builder`` with the part's name. A part of a part is
    not read: a chain of archives has no end.
    """
    name = one_line(name)[:_MAX_NAME] or "?"
    if _within.get():
        builder.problem(Phrase("{name}, a file within a file within the file, was not read", name=name))
        return False
    token = _within.set(True)
    try:
        document = parse(memory_file(data, name))
    except DocumentRefused as refusal:
        builder.problem(Phrase("{name} was not read: {reason}", name=name, reason=str(refusal)))
        return False
    finally:
        _within.reset(token)
    builder.heading(name, level)
    builder.nested(document, level)
    if document.partial:
        builder.problem(Phrase("{name} was read in part: {reason}", name=name, reason=document.partial))
    return True
