"""Web pages saved as one MIME file (MHTML, also under the name of a Word document): the page, its frames and sheets."""

from __future__ import annotations

from email.message import Message

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.mail.bodies import data_of, text_of_part
from ingest.parsing.formats.mail.headers import header
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
    first = next((part for part in _leaves(message)), None)
    return first is not None and first.get_content_type() in ("text/html", "application/xhtml+xml")


def add_page(builder: DocumentBuilder, message: Message) -> str:
    """Adds the page and its frames in order; returns the title of the first that has one."""
    parts = list(_leaves(message))
    sheets = _sheets(parts)

    def linked(address: str) -> str | None:
        return sheets.get(address) or sheets.get(address.rpartition("/")[2])

    title = ""
    for part in parts:
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        try:
            title = add_html(builder, text_of_part(part), linked=linked) or title
        except DocumentRefused:
            name = str(part.get("Content-Location") or part.get_content_type())
            builder.problem(Phrase("its part {part} cannot be read", part=name[:100]))
    return title


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


def _leaves(message: Message) -> list[Message]:
    pending, found = [message], []
    for _ in range(_MAX_PARTS):
        if not pending:
            break
        part = pending.pop(0)
        payload = part.get_payload()
        if isinstance(payload, list):
            pending[:0] = [inner for inner in payload if isinstance(inner, Message)]
        else:
            found.append(part)
    return found
