"""Mail messages: subject as heading, from/to/date, then what a mail program shows. Saved web pages (MHTML) are pages.

Attached texts, tables, pages and messages are read below it; other attachments are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from pathlib import Path, PurePath

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import storable
from ingest.parsing.document import ParsedDocument
from ingest.parsing.encoding import decode
from ingest.parsing.formats.mail.bodies import best_alternative, text_of_part
from ingest.parsing.formats.mail.headers import attachment_name, header
from ingest.parsing.formats.mail.saved_page import add_page, is_saved_page
from ingest.parsing.formats.text.csv_table import add_csv
from ingest.parsing.formats.text.markdown import add_markdown
from ingest.parsing.formats.text.plain_text import text_blocks
from ingest.parsing.formats.web.html_page import add_html

_HEADERS = ("From", "To", "Cc", "Date")
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
# no text for people, though it is text
_UNREAD_TEXTS = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css"})
_READ_SUFFIXES = {
    ".txt": "text",
    ".log": "text",
    ".md": "markdown",
    ".csv": "csv",
    ".tsv": "csv",
    ".html": "html",
    ".htm": "html",
}
_READ_TYPES = {"text/plain": "text", "text/markdown": "markdown", "text/csv": "csv", "text/html": "html"}
# messages within messages within messages: real ones stay below ten
_MAX_PARTS = 1_000


def parse(path: Path) -> ParsedDocument:
    data = path.read_bytes()
    if b"\0" in data[:4096] or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = decode(data)[0].encode()  # exported as UTF-16 as a whole
    try:
        message = message_from_bytes(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    except (MessageError, RecursionError, ValueError) as error:
        raise DocumentRefused("The message cannot be read. Save it again as .eml.") from error
    if message.get_content_type() in _ENCRYPTED:
        raise DocumentRefused("The message is encrypted. Save a decrypted copy.")
    builder = DocumentBuilder()
    subject = header(message, "Subject")
    if is_saved_page(message):
        title = add_page(builder, message)
        return builder.finish("html", title or subject)
    _add_headers(builder, message, 1)
    attachments = _add_body(builder, message)
    if attachments:
        builder.problem(
            Phrase("attachments not read: {names}", names=", ".join(attachments[:10]))
            + (", ..." if attachments[10:] else "")
        )
    if not message.keys():
        raise DocumentRefused("There is no mail header in this file. Rename it if it is plain text.")
    return builder.finish("eml", subject, empty="The message is empty. Nothing to index; remove it.")


def _add_headers(builder: DocumentBuilder, message: Message, level: int) -> None:
    builder.heading(header(message, "Subject"), level)
    lines = [f"{name}: {value}" for name in _HEADERS if (value := header(message, name))]
    builder.paragraph("\n".join(lines))


def _add_body(builder: DocumentBuilder, message: Message) -> list[str]:
    """Adds each alternative's best part and what is attached; returns the names of the attachments not read."""
    unread: list[str] = []
    for part, is_attached in _parts(message):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            if isinstance(inner, list) and inner and isinstance(inner[0], Message):
                _add_headers(builder, inner[0], 2)
        elif not is_attached:
            _add_text(builder, "html" if kind == "text/html" else "text", text_of_part(part))
        else:
            name = attachment_name(part)
            read_as = _READ_SUFFIXES.get(PurePath(name).suffix.lower()) or _READ_TYPES.get(kind)
            if read_as is None:
                unread.append(name)
            else:
                _add_attached(builder, read_as, name, part, unread)
    return unread


def _add_attached(builder: DocumentBuilder, kind: str, name: str, part: Message, unread: list[str]) -> None:
    try:
        text = text_of_part(part)
        builder.heading(name, 2)
        _add_text(builder, kind, text)
    except DocumentRefused:
        unread.append(name)


def _add_text(builder: DocumentBuilder, kind: str, text: str) -> None:
    text = storable(text)
    if kind == "html":
        add_html(builder, text, site=False)
    elif kind == "csv":
        add_csv(builder, text)
    elif kind == "markdown":
        add_markdown(builder, text)
    else:
        for block in text_blocks(text):
            builder.paragraph(text[block.start : block.end])


def _parts(message: Message) -> Iterator[tuple[Message, bool]]:
    """Parts to read, with whether each is an attachment; a message within the message comes before its own parts."""
    pending = [message]
    for _ in range(_MAX_PARTS):
        if not pending:
            return
        part = pending.pop(0)
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind in _SIGNATURES:
            continue
        inner = [item for item in payload if isinstance(item, Message)] if isinstance(payload, list) else []
        if kind == "message/rfc822":
            yield part, True
            pending[:0] = inner
        elif kind == "message/delivery-status":
            continue  # the part before it says the same in words
        elif inner or isinstance(payload, list):
            pending[:0] = [best_alternative(inner)] if kind == "multipart/alternative" and inner else inner
        elif part is not message and part.get_content_disposition() == "attachment":
            yield part, True
        elif part.get_content_maintype() == "text" and kind not in _UNREAD_TEXTS:
            yield part, part is not message and bool(part.get_filename())
        elif (part.get_filename() and part.get_content_maintype() != "image") or kind in _UNREAD_TEXTS:
            yield part, True
    yield from ((part, True) for part in pending if part.get_filename())
