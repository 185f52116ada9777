"""Bodies of messages: the text of a part whatever was done to it, and the one of two forms that people see."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.message import Message

from chatbot.errors import DocumentRefused
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import storable
from ingest.parsing.formats.mail.headers import text_of
from ingest.parsing.formats.text.plain_text import text_blocks
from ingest.parsing.formats.web.html_page import add_html, decode_html

_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]*={0,2}\s*")
_LINE_END = re.compile(rb"\r\n|\r|\n")
# signs that a part is quoted-printable without saying so
_QUOTED = re.compile(rb"=(?:3D|20|[89A-F][0-9A-F])|=\r?$", re.M)
_SOFT_BREAK = re.compile(rb"=\r?\n")
_URL = re.compile(r"(?:https?|mailto|cid):\S+")
_WORD = re.compile(r"\w+")
# share of the words of a plain text that its HTML lacks, so that it says something else; greetings and links differ often
_SAID_OTHERWISE = 0.5


def text_of_part(part: Message) -> str:
    """The text of a ``text/*`` part."""
    data = data_of(part)
    charset = charset_of(part)
    if part.get_content_type() == "text/html" and not charset:
        try:
            return decode_html(data)  # a page may say it itself
        except DocumentRefused:
            pass
    return text_of(data, charset)


def charset_of(part: Message) -> str:
    """The charset that a part names, in small letters; empty where it names none that can be understood."""
    try:
        return part.get_content_charset() or ""
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""


def data_of(part: Message) -> bytes:
    """The bytes of a part without its transfer encoding; damage costs no more than the damaged place."""
    encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    if encoding == "base64":
        return _base64(part)
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    is_text = part.get_content_maintype() == "text"
    if is_text and encoding not in ("quoted-printable", "x-uuencode") and _is_quoted(data):
        return quopri.decodestring(data)
    return data


def add_text(builder: DocumentBuilder, text: str) -> None:
    """Adds plain text as paragraphs."""
    text = storable(text)
    for block in text_blocks(text):
        builder.paragraph(text[block.start : block.end])


def add_alternatives(builder: DocumentBuilder, html: str, plain: str) -> None:
    """Adds a text that was sent in both forms as a mail program shows it: the HTML.

    The plain text stands in only where the HTML holds no word at all, not even a hidden one. Where most of its words
    are not in the HTML, nobody sees them: they are kept as hidden text.
    """
    page = DocumentBuilder()
    try:
        add_html(page, html, site=False)
        shown = page.finish("html")
    except DocumentRefused:
        if not page.hidden_words:
            add_text(builder, plain)
            return
        add_html(builder, html, site=False)
        builder.hidden(plain, "unpainted")
        return
    builder.nested(shown, 0)
    if shown.partial:
        builder.problem(shown.partial)
    written = _words(plain)
    unseen = written - _words(shown.text) - _words(" ".join(piece.text for piece in shown.hidden))
    if len(unseen) > _SAID_OTHERWISE * len(written):
        builder.hidden(plain, "unpainted")


def _base64(part: Message) -> bytes:
    """Decoded up to what is no Base64: lists add their footer in plain text."""
    payload = part.get_payload()
    raw = payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""
    lines = _LINE_END.split(raw.strip())
    end = next((at for at, line in enumerate(lines) if not _BASE64_LINE.fullmatch(line)), len(lines))
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", b"".join(lines[:end]))
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        data = base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return raw
    rest = b"\n".join(lines[end:])
    return data + b"\n\n" + rest if rest.strip() and part.get_content_maintype() == "text" else data


def _is_quoted(data: bytes) -> bool:
    return (
        _SOFT_BREAK.search(data) is not None
        and sum(1 for _ in zip(range(3), _QUOTED.finditer(data), strict=False)) == 3
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_URL.sub(" ", text).lower()))
