"""Mail messages: subject as heading, from/to/date, what a mail program shows, and the files that are attached.

Saved web pages (MHTML) are pages.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import Compat32
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import storable
from ingest.parsing.document import ParsedDocument
from ingest.parsing.encoding import decode
from ingest.parsing.formats.archives.member import parts_of_one_file
from ingest.parsing.formats.mail.attachments import Attachments
from ingest.parsing.formats.mail.bodies import add_alternatives, add_text, text_of_part
from ingest.parsing.formats.mail.headers import MAX_HEADER, header, is_cut
from ingest.parsing.formats.mail.parts import Part, parts_of
from ingest.parsing.formats.mail.saved_page import add_page, is_saved_page
from ingest.parsing.formats.web.html_page import add_html

_HEADERS = ("From", "To", "Cc", "Date")
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_MAX_BYTES = 200_000_000
_MAX_PARAMETERS = 100  # of one header; the standard library takes the square of their number
_SHOWN_WITHIN = re.compile(r"\bcid:([^\s\"'<>)]{1,200})", re.I)
_HEAD = 4096
_MOST_NULS = 0.1  # of the first bytes; of UTF-16 nearly half are


class _Clipped(Compat32):
    """Headers up to a length and a number of parameters that no program writes: to read them takes the square of both."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = value[: 2 * MAX_HEADER]
        if name.lower().startswith("content-") and value.count(";") > _MAX_PARAMETERS:
            value = ";".join(value.split(";", _MAX_PARAMETERS)[:_MAX_PARAMETERS])
        return name, value


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES)
        if file.read(1):
            builder.problem(Phrase("only the first {count} bytes were read", count=f"{_MAX_BYTES:,}"))
    try:
        message = message_from_bytes(_as_bytes(data), policy=_Clipped())
    except (MessageError, RecursionError, ValueError) as error:
        raise DocumentRefused("The message cannot be read. Save it again as .eml.") from error
    if message.get_content_type() in _ENCRYPTED:
        raise DocumentRefused("The message is encrypted. Save a decrypted copy.")
    subject = header(message, "Subject")
    with parts_of_one_file():
        if is_saved_page(message):
            title = add_page(builder, message)
            return builder.finish("html", title or subject)
        _add_headers(builder, message, 1)
        _add_parts(builder, message)
    if not message.keys():
        raise DocumentRefused("There is no mail header in this file. Rename it if it is plain text.")
    return builder.finish("eml", subject, empty="The message is empty. Nothing to index; remove it.")


def _as_bytes(data: bytes) -> bytes:
    """The message as it was sent: without the mark of UTF-8, and not in UTF-16, as some programs export it."""
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > _MOST_NULS * len(head):
        data = decode(data)[0].encode()
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()


def _add_headers(builder: DocumentBuilder, message: Message, level: int) -> None:
    builder.heading(header(message, "Subject"), level)
    lines = [f"{name}: {value}" for name in _HEADERS if (value := header(message, name))]
    builder.paragraph("\n".join(lines))
    if any(is_cut(message, name) for name in ("Subject", *_HEADERS)):
        builder.problem(
            Phrase("only the first {count} characters of a header were read", count=f"{MAX_HEADER:,}")
        )


def _add_parts(builder: DocumentBuilder, message: Message) -> None:
    """Adds what is shown and what is attached, in order; what is not read is told as a problem."""
    attachments = Attachments(builder)
    shown_within: set[str] = set()
    parts = parts_of(message)
    for part in parts.found:
        if part.kind == "message":
            _add_headers(builder, part.message, 2)
        elif part.kind == "shown":
            shown_within |= _add_shown(builder, part)
        elif not _is_within(part.message, shown_within):
            attachments.add_part(part.message)
    attachments.finish()
    if parts.cut:
        builder.problem(
            Phrase("only the first {count} parts of the message were read", count=f"{len(parts.found):,}")
        )


def _is_within(part: Message, shown: set[str]) -> bool:
    """Whether it is a picture in the text, though some programs call it an attachment."""
    identity = str(part.get("Content-ID") or "").strip("<> ")
    return part.get_content_maintype() == "image" and identity in shown


def _add_shown(builder: DocumentBuilder, part: Part) -> set[str]:
    """Adds a text; returns the ids of the parts that are shown within it."""
    text = storable(text_of_part(part.message))
    if part.message.get_content_type() != "text/html":
        add_text(builder, text)
        return set()
    if part.plain is not None:
        add_alternatives(builder, text, text_of_part(part.plain))
    else:
        add_html(builder, text, site=False)
    return set(_SHOWN_WITHIN.findall(text))
