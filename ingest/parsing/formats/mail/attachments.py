"""Attached files of messages: each is read by the parser of its own format, under its name."""

from __future__ import annotations

from email.message import Message
from pathlib import PurePath

from chatbot.errors import Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.detect import SUPPORTED_SUFFIXES
from ingest.parsing.formats.archives.member import add_member
from ingest.parsing.formats.mail.bodies import charset_of, data_of, text_of_part
from ingest.parsing.formats.mail.headers import file_name
from ingest.parsing.formats.mail.parts import FOR_MACHINES

MAX_ATTACHMENTS = 200
UNREAD = "attachments not read: {names}"
# appointments and address cards are texts for programs
_UNREAD_SUFFIXES = frozenset({".ics", ".ifb", ".vcf"})
# of files without an ending that says what they are
_SUFFIXES = {
    "text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "text/tab-separated-values": ".tsv",
    "text/markdown": ".md", "application/json": ".json", "application/pdf": ".pdf", "message/rfc822": ".eml",
}  # fmt: skip
_NAMED = 10
_BINARY_STARTS = (b"%PDF-", b"PK\x03\x04", b"{\\rtf")


class Attachments:
    """Adds attachments below the text of a message, at most ``MAX_ATTACHMENTS``; ``finish`` says which were not read."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._unread: list[str] = []
        self._count = 0

    def add(self, data: bytes, name: str) -> None:
        """Reads one by its content and name; what it cannot be read for is told with its name."""
        if PurePath(name).suffix.lower() in _UNREAD_SUFFIXES:
            self._unread.append(name)
            return
        self._count += 1
        if self._count <= MAX_ATTACHMENTS:
            add_member(self._builder, data, name, 2)

    def add_part(self, part: Message) -> None:
        """Reads the attached file that ``part`` holds."""
        name = file_name(part) or part.get_content_type()
        if part.get_content_type() in FOR_MACHINES:
            self._unread.append(name)
        elif self._count >= MAX_ATTACHMENTS:
            self._count += 1
        else:
            self.add(_content(part), _with_ending(name, part.get_content_type()))

    def finish(self) -> None:
        if self._count > MAX_ATTACHMENTS:
            self._builder.problem(
                Phrase("only the first {count} attachments were read", count=f"{MAX_ATTACHMENTS:,}")
            )
        if self._unread:
            more = ", ..." if self._unread[_NAMED:] else ""
            self._builder.problem(Phrase(UNREAD, names=", ".join(self._unread[:_NAMED]) + more))


def _with_ending(name: str, kind: str) -> str:
    """``name`` with the ending of its type where its own says nothing; a file without a name has that of its type."""
    ending = _SUFFIXES.get(kind, "")
    if not ending or PurePath(name).suffix.lower() in SUPPORTED_SUFFIXES:
        return name
    return f"attachment{ending}" if name == kind else f"{name}{ending}"


def _content(part: Message) -> bytes:
    """The bytes of the file; those of a text whose charset the part names, as UTF-8."""
    data = data_of(part)
    is_text = part.get_content_maintype() == "text" and charset_of(part)
    if not is_text or data.isascii() or b"\0" in data or data.startswith(_BINARY_STARTS):
        return data
    return text_of_part(part).encode("utf-8", "replace")
