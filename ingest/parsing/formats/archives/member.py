"""A file in memory that parsers take for one on disk: the parts of archives and the attachments of mail.

The parser's process can write no file, not even one in memory, so that a part cannot be given a path.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath
from typing import IO, Any, cast

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import MAX_UNCOMPRESSED
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.ocr import seconds_left
from ingest.parsing.parse import parse

_MAX_NAME = 200
# a document in an archive in a mail is read; a chain of archives has no end
_MOST_DEEP = 2
_MOST_PARTS = 2_000  # of one file, at any depth
# processor time that must be left for a part to be begun: what was read before it is lost with the process
_NEEDED_SECONDS = 10.0
_TOO_MANY = Phrase("more than {count} files lie within this one", count=f"{_MOST_PARTS:,}")
_TOO_LARGE = Phrase("the files within this one have more than {limit} MB", limit=MAX_UNCOMPRESSED // 2**20)
_TOO_LATE = "the time for one file is used up"
_FAILED = "the parser failed on it"


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


@dataclass(slots=True)
class _Allowance:
    """What all parts of one file may cost together, however deep they lie."""

    parts: int
    size: int  # bytes
    depth: int = 0

    def refusal_of(self, data: bytes) -> str:
        """Why a part is not read, or empty: then it is counted."""
        self.parts -= 1
        self.size -= len(data)
        if self.parts < 0:
            return _TOO_MANY
        if self.size < 0:
            return _TOO_LARGE
        return _TOO_LATE if is_late() else ""


_allowance: ContextVar[_Allowance | None] = ContextVar("allowance", default=None)


@contextmanager
def parts_of_one_file() -> Iterator[_Allowance]:
    """The parts that are added within count together, and with those of a file around this one."""
    allowance = _allowance.get()
    if allowance is not None:
        yield allowance
        return
    token = _allowance.set(allowance := _Allowance(_MOST_PARTS, MAX_UNCOMPRESSED))
    try:
        yield allowance
    finally:
        _allowance.reset(token)


def is_late() -> bool:
    """Whether so little of a file's processor time is left that no further part of it is begun."""
    return seconds_left() < _NEEDED_SECONDS


def add_member(builder: DocumentBuilder, data: bytes, name: str, level: int) -> bool:
    """Parses a part by itself and adds it under its name as a heading of ``level``; whether it has text.

    What cannot be read, or only partly, is told as a problem of ``builder`` with the part's name. A part of a part is
    read, one that lies deeper is not.
    """
    name = one_line(name)[:_MAX_NAME] or "?"
    with parts_of_one_file() as allowance:
        if allowance.depth >= _MOST_DEEP:
            builder.problem(Phrase("{name}, a file too deep within other files, was not read", name=name))
            return False
        if reason := allowance.refusal_of(data):
            builder.problem(Phrase("{name} was not read: {reason}", name=name, reason=reason))
            return False
        allowance.depth += 1
        try:
            document = _parsed(data, name)
        except DocumentRefused as refusal:
            builder.missing = refusal.missing or builder.missing
            builder.problem(Phrase("{name} was not read: {reason}", name=name, reason=str(refusal)))
            return False
        finally:
            allowance.depth -= 1
    builder.heading(name, level)
    builder.nested(document, level)
    builder.missing = document.missing or builder.missing
    if document.partial:
        builder.problem(Phrase("{name} was read in part: {reason}", name=name, reason=document.partial))
    return True


def _parsed(data: bytes, name: str) -> ParsedDocument:
    try:
        return parse(memory_file(data, name))
    except (DocumentRefused, MemoryError):
        raise
    except Exception as error:  # a bug of ours or of a library on one part must not cost the others
        raise DocumentRefused(_FAILED) from error
