"""Web pages saved as one MIME file (MHTML, also under the name of a Word document): the page, its frames and sheets.

Documents that are shown within the page, a PDF in a frame say, are read below it.
"""

from __future__ import annotations

from email.message import Message
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.detect import BINARY_SUFFIXES
from ingest.parsing.formats.mail.attachments import Attachments
from ingest.parsing.formats.mail.bodies import data_of, text_of_part
from ingest.parsing.formats.mail.headers import file_name, header
from ingest.parsing.formats.web.html_page import add_html

_MAX_PARTS = 2_000
_MAX_SHEET = 500_000  # bytes


def is_saved_page(message: Message) -> bool:
    """Whether nobody sent this to anybody, and it holds a page."""
    sender = header(message, "From").lower().strip("<> ")
    if any(message.get(name) for name in ("To", "Cc", "Bcc", "Received", "Return-Path", "X-Unsent")):
        return False
    if sender and not sender.startswith("saved by"):
        return False
    first = next(iter(_leaves(message)[0]), None)
    return first is not None and first.get_content_type() in ("text/html", "application/xhtml+xml")


def add_page(builder: DocumentBuilder, message: Message) -> str:
    """Adds the page, its frames and documents in order; returns the title of the first that has one."""
    parts, cut = _leaves(message)
    sheets = _sheets(parts)

    def linked(address: str) -> str | None:
        return sheets.get(address) or sheets.get(address.rpartition("/")[2])

    title = ""
    documents = Attachments(builder)
    for part in parts:
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            if name := _document_name(part):
                documents.add(data_of(part), name)
            continue
        try:
            title = add_html(builder, text_of_part(part), linked=linked) or title
        except DocumentRefused:
            name = str(part.get("Content-Location") or part.get_content_type())
            builder.problem(Phrase("its part {part} cannot be read", part=name[:100]))
    documents.finish()
    if cut:
        builder.problem(
            Phrase("only the first {count} parts of the message were read", count=f"{_MAX_PARTS:,}")
        )
    return title


def _document_name(part: Message) -> str:
    """The name of a document; empty for pictures, fonts, scripts and whatever else makes a page."""
    place = urlsplit(str(part.get("Content-Location") or "")[:2_000]).path
    name = file_name(part) or unquote(place).rstrip("/").rpartition("/")[2]
    if part.get_content_type() == "application/pdf":
        return name or "pdf"
    kind = BINARY_SUFFIXES.get(PurePath(name.replace("\0", "")).suffix.lower(), "image")
    return name if kind != "image" and part.get_content_maintype() == "application" else ""


def _sheets(parts: list[Message]) -> dict[str, str]:
    """Style sheets by their address, the last piece of it, and their content id."""
    found: dict[str, str] = {}
    for part in parts:
        if part.get_content_type() == "text/css":
            css = data_of(part)[:_MAX_SHEET].decode("utf-8", "replace")
            address = str(part.get("Content-Location") or "").strip()
            found[address] = found[address.rpartition("/")[2]] = css
            found["cid:" + str(part.get("Content-ID") or "").strip("<> ")] = css
    return found


def _leaves(message: Message) -> tuple[list[Message], bool]:
    """The parts that have no parts themselves, and whether there were more than are looked at."""
    pending, found = [message], []
    for _ in range(_MAX_PARTS):
        if not pending:
            break
        part = pending.pop()
        payload = part.get_payload()
        if isinstance(payload, list):
            pending += reversed([inner for inner in payload if isinstance(inner, Message)])
        else:
            found.append(part)
    return found, bool(pending)
