"""Bodies of messages: the text of a part whatever was done to it, and which of several alternatives to read."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from email.message import Message

from chatbot.errors import DocumentRefused
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.mail.headers import text_of
from ingest.parsing.formats.web.html_page import add_html, decode_html

_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]*={0,2}\s*")
# signs that a part is quoted-printable without saying so
_QUOTED = re.compile(rb"=(?:3D|20|[89A-F][0-9A-F])|=\r?$", re.M)
_SOFT_BREAK = re.compile(rb"=\r?\n")
# HTML that loses its meaning in plain text: powers, formulas, struck prices, tables of data
_STRUCTURE = re.compile(r"<(?:sup|sub|math|del|s|strike|th)\b|\s(?:rowspan|colspan)\s*=\s*[\"']?[2-9]", re.I)
_URL = re.compile(r"(?:https?|mailto|cid):\S+")
_WORD = re.compile(r"\w+")
# shares of the words of the one part that the other has to have, so that both say the same
_SAME_PLAIN = 0.5
_SAME_HTML = 0.6


def text_of_part(part: Message) -> str:
    """The text of a ``text/*`` part."""
    data = data_of(part)
    charset = _charset(part)
    if part.get_content_type() == "text/html" and not charset:
        try:
            return decode_html(data)  # a page may say it itself
        except DocumentRefused:
            pass
    return text_of(data, charset)


def data_of(part: Message) -> bytes:
    """The bytes of a part without its transfer encoding; damage costs no more than the damaged place."""
    encoding = str(part.get("Content-Transfer-Encoding") or "").strip().lower()
    if encoding == "base64":
        return _base64(part)
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    if encoding not in ("quoted-printable", "x-uuencode") and _is_quoted(data):
        return quopri.decodestring(data)
    return data


def best_alternative(alternatives: list[Message]) -> Message:
    """The part that a mail program shows, the HTML; its plain text where both say the same."""
    plain = next((part for part in alternatives if part.get_content_type() == "text/plain"), None)
    rich = next((part for part in reversed(alternatives) if _html_in(part) is not None), None)
    if plain is None or rich is None:
        return rich or plain or alternatives[-1]
    text, source = text_of_part(plain), text_of_part(html) if (html := _html_in(rich)) is not None else ""
    if not text.strip():
        return rich
    shown = _words(_shown(source))
    if not shown:
        return plain
    if _STRUCTURE.search(source):
        return rich
    written = _words(text)
    common = len(written & shown)
    same = common >= _SAME_PLAIN * len(written) and common >= _SAME_HTML * len(shown)
    return plain if same else rich


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""


def _base64(part: Message) -> bytes:
    """Decoded up to what is no Base64: lists add their footer in plain text."""
    payload = part.get_payload()
    raw = payload.encode("ascii", "surrogateescape") if isinstance(payload, str) else b""
    lines = raw.strip().split(b"\n")
    end = next((at for at, line in enumerate(lines) if not _BASE64_LINE.fullmatch(line)), len(lines))
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", b"".join(lines[:end]))
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    try:
        data = base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return raw
    rest = b"\n".join(lines[end:])
    return data + b"\n\n" + rest if rest.strip() else data


def _is_quoted(data: bytes) -> bool:
    return (
        _SOFT_BREAK.search(data) is not None
        and sum(1 for _ in zip(range(3), _QUOTED.finditer(data), strict=False)) == 3
    )


def _html_in(part: Message) -> Message | None:
    """The first HTML in a part, which may be a part of parts."""
    for _, inner in zip(range(100), _walk(part), strict=False):
        if inner.get_content_type() == "text/html" and inner.get_content_disposition() != "attachment":
            return inner
    return None


def _walk(part: Message) -> Iterator[Message]:
    pending = [part]
    while pending:
        found = pending.pop(0)
        yield found
        payload = found.get_payload()
        if isinstance(payload, list) and found.get_content_maintype() == "multipart":
            pending[:0] = [inner for inner in payload if isinstance(inner, Message)]


def _shown(source: str) -> str:
    builder = DocumentBuilder()
    try:
        add_html(builder, source, site=False)
        return builder.finish("html").text
    except DocumentRefused:
        return ""


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_URL.sub(" ", text).lower()))
