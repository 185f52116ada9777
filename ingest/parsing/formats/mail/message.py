"""Mail messages: subject as heading, from/to/date, then the plain text (else the HTML). Attachments are named."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.encoding import decode
from ingest.parsing.formats.text.plain_text import text_blocks
from ingest.parsing.formats.web.html_page import add_html

_HEADERS = ("From", "To", "Cc", "Date")
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
# messages within messages within messages: real ones stay below ten
_MAX_PARTS = 1_000
# a long list of recipients; decoding takes the square of a header's length
_MAX_HEADER = 10_000


def parse(path: Path) -> ParsedDocument:
    data = path.read_bytes()
    if b"\0" in data[:4096] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data)[0].encode()  # exported as UTF-16 as a whole
    try:
        message = message_from_bytes(data.lstrip())
    except (MessageError, RecursionError, ValueError) as error:
        raise DocumentRefused("The message cannot be read. Save it again as .eml.") from error
    if message.get_content_type() in _ENCRYPTED:
        raise DocumentRefused("The message is encrypted. Save a decrypted copy.")
    builder = DocumentBuilder()
    subject = _header(message, "Subject")
    builder.heading(subject, 1)
    lines = [f"{name}: {value}" for name in _HEADERS if (value := _header(message, name))]
    builder.paragraph("\n".join(lines))
    attachments = _add_body(builder, message)
    if attachments:
        builder.problem(
            Phrase("attachments not read: {names}", names=", ".join(attachments[:10]))
            + (", ..." if attachments[10:] else "")
        )
    if not message.keys():
        raise DocumentRefused("There is no mail header in this file. Rename it if it is plain text.")
    return builder.finish("eml", subject, empty="The message is empty. Nothing to index; remove it.")


def _add_body(builder: DocumentBuilder, message: Message) -> list[str]:
    """Adds each alternative's best part; returns the names of the attachments."""
    attachments: list[str] = []
    for part in _parts(message):
        if isinstance(part, str):
            attachments.append(part)
        elif part.get_content_type() == "text/html":
            add_html(builder, _text(part))
        else:
            text = _text(part).replace("\r\n", "\n")
            for block in text_blocks(text):
                builder.paragraph(text[block.start : block.end])
    return attachments


def _parts(message: Message) -> Iterator[Message | str]:
    """Text parts to read and names of attachments, in order."""
    pending = [message]
    for _ in range(_MAX_PARTS):
        if not pending:
            return
        part = pending.pop(0)
        kind = part.get_content_type()
        payload = part.get_payload()
        if part is not message and (
            part.get_content_disposition() == "attachment" or kind == "message/rfc822"
        ):
            yield _attachment_name(part)
        elif isinstance(payload, list):
            inner = [item for item in payload if isinstance(item, Message)]
            pending[:0] = [_best(inner)] if kind == "multipart/alternative" and inner else inner
        elif kind in ("text/plain", "text/html"):
            yield part
        elif part.get_filename() and part.get_content_maintype() != "image":
            yield _attachment_name(part)


def _best(alternatives: list[Message]) -> Message:
    """Plain text unless it is blank (newsletters), then HTML or whatever comes last."""
    for part in alternatives:
        if part.get_content_type() == "text/plain" and _text(part).strip():
            return part
    for part in alternatives:
        if part.get_content_type() != "text/plain":
            return part
    return alternatives[-1]


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    try:
        charset = part.get_content_charset() or "ascii"
        return data.decode({"euc-kr": "cp949", "ks_c_5601-1987": "cp949"}.get(charset, charset))
    except (LookupError, UnicodeDecodeError, ValueError):
        try:
            return decode(data)[0]
        except DocumentRefused:
            return data.decode("ascii", errors="ignore")


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    try:
        return one_line(str(make_header(decode_header(str(value)[:_MAX_HEADER]))))[:_MAX_HEADER]
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return one_line(str(value)[:_MAX_HEADER])


def _attachment_name(part: Message) -> str:
    payload = part.get_payload()
    if (
        part.get_content_type() == "message/rfc822"
        and isinstance(payload, list)
        and isinstance(payload[0], Message)
    ):
        return _header(payload[0], "Subject") or "a forwarded message"
    try:
        raw = part.get_filename()
        return one_line(str(make_header(decode_header(raw[:200])))) if raw else part.get_content_type()
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return part.get_content_type()
