"""One file read for the index: opened once, parsed and hashed through the same descriptor."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.document import ParsedDocument
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.parser import ParserProcess
from ingest.sync import FileTask


@dataclass(frozen=True, slots=True)
class Left:
    """A file that cannot be read now; what the index has of it stays."""

    reason: str


def read_file(
    parser: ParserProcess, task: FileTask
) -> tuple[FileTask, ParsedDocument | DocumentRefused | Left]:
    """``task`` with the hash of what was parsed, and the document; read again once if the file changed."""
    try:
        for may_read_again in (True, False):
            with OpenedFile(task.real) as file:
                if not may_read_again:
                    task = _with_hash(task, file)
                parsed = _parsed(parser, file, task.name)
                # hashed when it has been parsed: it may be written to meanwhile
                if file.is_in_place() and _with_hash(task, file) == task:
                    return task, parsed
    except FileNotFoundError:
        return task, Left("was gone before it could be read")
    except OSError as error:
        return task, Left(Phrase("cannot be read: {error}", error=error.strerror or error))
    return task, Left("changes while it is read; the next run tries again")


def _with_hash(task: FileTask, file: OpenedFile) -> FileTask:
    sha256, size = file.digest()
    return replace(task, sha256=sha256, bytes=size)


def _parsed(parser: ParserProcess, file: OpenedFile, name: str) -> ParsedDocument | DocumentRefused:
    try:
        return parser.parse(file, name)
    except DocumentRefused as refusal:
        return refusal
