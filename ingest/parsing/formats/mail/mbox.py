"""MBOX: many messages in one file, each a section. A line "From sender date" begins one; one within a text is ">From"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.archives.member import is_late, memory_file, parts_of_one_file
from ingest.parsing.formats.mail import message

# the line ends with a year (some add a zone), and headers follow
_FROM = re.compile(
    rb"^From [^\r\n]{1,200}(?:19|20)\d\d(?: [+-]\d{4}| [A-Z]{2,5})?[ \t]*\r?\n(?=[!-9;-~]+:)", re.M
)
_QUOTED = re.compile(rb"^>(>*From )", re.M)
_MAX_BYTES = 200_000_000
_MAX_MESSAGES = 5_000
_EMPTY = "There is no message that can be read in this file. Save the messages as .eml."


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES)
        if file.read(1):
            builder.problem(Phrase("only the first {count} bytes were read", count=f"{_MAX_BYTES:,}"))
    with parts_of_one_file():
        _add_messages(builder, data)
    return builder.finish("mbox", empty=_EMPTY)


def _add_messages(builder: DocumentBuilder, data: bytes) -> None:
    unread = 0
    for number, part in enumerate(_messages(data)):
        if number == _MAX_MESSAGES or is_late():
            builder.problem(Phrase("only the first {count} messages were read", count=f"{number:,}"))
            break
        try:
            document = message.parse(memory_file(part, "message.eml"))
        except DocumentRefused:
            unread += 1
            continue
        builder.nested(document, 0)
        builder.missing = document.missing or builder.missing
        if document.partial:
            builder.problem(document.partial)
        if builder.full:
            break
    if unread:
        builder.problem(Phrase("{count} messages could not be read", count=f"{unread:,}"))


def _messages(data: bytes) -> Iterator[bytes]:
    """The messages without the lines that begin them; all of the file where there is no such line."""
    start = 0
    for found in _FROM.finditer(data):
        if data[start : found.start()].strip():
            yield _QUOTED.sub(rb"\1", data[start : found.start()])
        start = found.end()
    if data[start:].strip():
        yield _QUOTED.sub(rb"\1", data[start:])
