"""One file read for the index: opened once, parsed and hashed through the same descriptor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.document import ParsedDocument
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.parser import ParserProcess
from ingest.sync import FileTask

Got = TypeVar("Got")


@dataclass(frozen=True, slots=True)
class Left:
    """A file that cannot be read now; what the index has of it stays."""

    reason: str


Read = tuple[FileTask, ParsedDocument | DocumentRefused | Left]


def read_file(parser: ParserProcess, task: FileTask) -> Read:
    """``task`` with the hash of what was parsed, and the document; read again once if the file changed."""
    return _steadily(task, lambda file: parsed(parser, file, task.name))


def read_content(task: FileTask, most: int) -> tuple[FileTask, bytes | Left]:
    """``task`` with the hash of its file, and the first ``most`` bytes of it; read again once if the file changed."""
    return _steadily(task, lambda file: file.read(most))


def parsed(parser: ParserProcess, file: OpenedFile, name: str) -> ParsedDocument | DocumentRefused:
    """The document, or why there is none."""
    try:
        return parser.parse(file, name)
    except DocumentRefused as refusal:
        return refusal


def _steadily(task: FileTask, get: Callable[[OpenedFile], Got]) -> tuple[FileTask, Got | Left]:
    """What ``get`` makes of the file, with the hash of what it was made of."""
    try:
        for may_read_again in (True, False):
            with OpenedFile(task.real) as file:
                if not may_read_again:
                    task = _with_hash(task, file)
                got = get(file)
                # hashed when it has been read: it may be written to meanwhile
                if file.is_in_place() and _with_hash(task, file) == task:
                    return task, got
    except FileNotFoundError:
        return task, Left("was gone before it could be read")
    except OSError as error:
        return task, Left(Phrase("cannot be read: {error}", error=error.strerror or error))
    return task, Left("changes while it is read; the next run tries again")


def _with_hash(task: FileTask, file: OpenedFile) -> FileTask:
    sha256, size = file.digest()
    return replace(task, sha256=sha256, bytes=size)
