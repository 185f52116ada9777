"""MSG, messages saved by Outlook: a compound file with a stream for each property. ``[MS-OXMSG]``"""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path, PurePath

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.archives.member import memory_file, parts_of_one_file
from ingest.parsing.formats.legacy.compound import CompoundFile, open_compound
from ingest.parsing.formats.mail.attachments import UNREAD, Attachments
from ingest.parsing.formats.mail.bodies import add_alternatives, add_text
from ingest.parsing.formats.mail.compressed_rtf import unpacked_rtf
from ingest.parsing.formats.mail.headers import header
from ingest.parsing.formats.rtf import parse as parse_rtf
from ingest.parsing.formats.web.html_page import decode_html

# properties by their numbers
_CLASS, _SUBJECT, _HEADERS, _SENDER, _SENDER_ADDRESS, _SENDER_SMTP = (
    0x001A,
    0x0037,
    0x007D,
    0x0C1A,
    0x0C1F,
    0x5D01,
)
_TO, _CC, _BODY, _HTML, _RTF, _SENT, _RECEIVED = 0x0E04, 0x0E03, 0x1000, 0x1013, 0x1009, 0x0039, 0x0E06
_CODE_PAGE, _NAME, _SHORT_NAME, _DISPLAY_NAME, _CONTENT, _CONTENT_ID = (
    0x3FFD,
    0x3707,
    0x3704,
    0x3001,
    0x3701,
    0x3712,
)
_UNICODE, _EIGHT_BITS, _BINARY, _STORAGE = "001F", "001E", "0102", "000D"
_ATTACHMENT = re.compile(r"__attach_version1\.0_#[0-9A-F]{8}/", re.I)
_MIME = 0x370E
_ENCRYPTED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emz", ".wmz"})
_MOST_DEEP = 10  # messages within messages
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_EMPTY = "The message is empty. Nothing to index; replace the file if this is a mistake."


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_compound(path) as compound:
        message = _Message(compound, "")
        attached = _attached(compound)
        if "smime" in message.text(_CLASS).lower() or any(
            _Message(compound, folder).text(_MIME).lower() in _ENCRYPTED for folder in attached
        ):
            raise DocumentRefused("The message is encrypted. Save a decrypted copy.")
        subject = message.add(builder, 1)
        with parts_of_one_file():
            _add_attachments(builder, compound, attached)
    return builder.finish("msg", subject, empty=_EMPTY)


class _Message:
    """The properties of a message (or an attachment): streams in one folder."""

    def __init__(self, compound: CompoundFile, folder: str) -> None:
        self._compound = compound
        self._folder = folder
        # 32 bytes before the properties of a message, 24 for one within another, 8 for an attachment
        self._fixed = compound.read_if_present(f"{folder}__properties_version1.0")
        page = self._number(_CODE_PAGE)
        self._codec = f"cp{page}" if page else "cp1252"

    def text(self, number: int) -> str:
        if data := self._stream(number, _UNICODE):
            return data.decode("utf-16-le", "replace").rstrip("\0")
        data = self._stream(number, _EIGHT_BITS)
        for codec in ("utf-8", self._codec):
            try:
                return data.decode(codec).rstrip("\0")
            except (UnicodeDecodeError, LookupError):
                continue
        return data.decode("cp949", "replace").rstrip("\0")

    def binary(self, number: int) -> bytes:
        return self._stream(number, _BINARY)

    def add(self, builder: DocumentBuilder, level: int) -> str:
        """Adds subject, headers and text; returns the subject."""
        sent = message_from_string(self.text(_HEADERS))
        subject = self.text(_SUBJECT) or header(sent, "Subject")
        builder.heading(subject, level)
        lines = {
            "From": header(sent, "From") or self._sender(),
            "To": header(sent, "To") or self.text(_TO),
            "Cc": header(sent, "Cc") or self.text(_CC),
            "Date": header(sent, "Date") or self._date(),
        }
        builder.paragraph("\n".join(f"{name}: {value}" for name, value in lines.items() if value))
        self._add_body(builder)
        return subject

    def _add_body(self, builder: DocumentBuilder) -> None:
        """The HTML where there is one; the plain text, then the RTF that both are made of, where there is none."""
        html = self.binary(_HTML)
        page = decode_html(html) if html else self.text(_HTML)
        text = self.text(_BODY)
        before = len(builder.problems)
        if page.strip():
            add_alternatives(builder, page, text)
        elif text.strip():
            add_text(builder, text)
        elif packed := self.binary(_RTF):
            try:
                builder.nested(parse_rtf(memory_file(unpacked_rtf(packed), "body.rtf")), 1)
            except DocumentRefused:
                if len(builder.problems) == before:
                    builder.problem("the text of the message could not be read")

    def _sender(self) -> str:
        name, address = self.text(_SENDER), self.text(_SENDER_SMTP) or self.text(_SENDER_ADDRESS)
        # addresses within a company are paths of its directory
        address = address if "@" in address and address != name else ""
        return f"{name} <{address}>" if name and address else name or address

    def _date(self) -> str:
        """The time in UTC: 100 nanoseconds since 1601."""
        ticks = self._number(_SENT, 8) or self._number(_RECEIVED, 8)
        try:
            return f"{_EPOCH + timedelta(microseconds=ticks // 10):%Y-%m-%d %H:%M} UTC" if ticks else ""
        except OverflowError:
            return ""

    def _number(self, wanted: int, size: int = 4) -> int:
        """A property of fixed size: 16 bytes each, kind and number, flags, value."""
        for start in (32, 24, 8):
            for place in range(start, len(self._fixed) - 15, 16):
                if struct.unpack_from("<H", self._fixed, place + 2)[0] == wanted:
                    return int.from_bytes(self._fixed[place + 8 : place + 8 + size], "little")
        return 0

    def _stream(self, number: int, kind: str) -> bytes:
        return self._compound.read_if_present(f"{self._folder}__substg1.0_{number:04X}{kind}")


def _attached(compound: CompoundFile) -> list[str]:
    """The folders of all attachments, each before those of the message that it may be."""
    folders = {name[: found.end()] for name in compound.names for found in _ATTACHMENT.finditer(name)}
    return sorted(folders)


def _add_attachments(builder: DocumentBuilder, compound: CompoundFile, folders: list[str]) -> None:
    attachments = Attachments(builder)
    for folder in folders:
        attachment = _Message(compound, folder)
        inner = f"{folder}__substg1.0_{_CONTENT:04X}{_STORAGE}/"
        name = attachment.text(_NAME) or attachment.text(_SHORT_NAME) or attachment.text(_DISPLAY_NAME) or "?"
        if f"{inner}__properties_version1.0" in compound:
            if folder.count("/") > 2 * _MOST_DEEP:
                builder.problem(Phrase(UNREAD, names=name))
            else:
                _Message(compound, inner).add(builder, 2)
            continue
        if PurePath(name).suffix.lower() in _PICTURES and attachment.text(_CONTENT_ID):
            continue  # a picture within the text
        if data := attachment.binary(_CONTENT):
            attachments.add(data, name)
        else:
            builder.problem(Phrase(UNREAD, names=name))
    attachments.finish()
