"""Messages between the program and its parser process: four bytes of length, then JSON. Never pickle."""

from __future__ import annotations

import json
import re
import struct
from typing import Any, BinaryIO

from chatbot.errors import DocumentRefused
from ingest.parsing.builder import MAX_CHARS, MAX_PAGES
from ingest.parsing.document import Block, Page, ParsedDocument

_SURROGATE = re.compile("[\ud800-\udfff]")
_LENGTH = struct.Struct(">I")
# 20 million characters of three bytes each, and their marks
MAX_MESSAGE = 256 * 2**20


class WireError(Exception):
    """The other side sent something that is no message."""


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message, ``None`` at the end of the stream; raises ``WireError``."""
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    if length > MAX_MESSAGE:
        raise WireError(f"a message of {length:,} bytes")
    data = stream.read(length)
    if len(data) < length:
        return None
    try:
        message = json.loads(data)
    except ValueError as error:
        raise WireError("a message that is not JSON") from error
    if not isinstance(message, dict):
        raise WireError("a message that is not an object")
    return message


def pack_document(document: ParsedDocument) -> dict[str, Any]:
    return {
        "text": document.text,
        "blocks": [[block.kind, block.start, block.end, block.level] for block in document.blocks],
        "pages": [[page.number, page.start, page.end, page.label] for page in document.pages],
        "title": document.title,
        "format": document.format,
        "partial": document.partial,
    }


def unpack_document(message: dict[str, Any]) -> ParsedDocument:
    """Raises ``WireError`` unless every mark lies inside the text, in order: the parser process is not trusted."""
    try:
        document = ParsedDocument(
            text=str(message["text"]),
            blocks=tuple(
                Block(kind, int(start), int(end), int(level)) for kind, start, end, level in message["blocks"]
            ),
            pages=tuple(
                Page(int(number), int(start), int(end), str(label))
                for number, start, end, label in message["pages"]
            ),
            title=str(message["title"]),
            format=str(message["format"]),
            partial=str(message["partial"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WireError("a document with missing fields") from error
    if problem := fault(document):
        raise WireError(problem)
    return document


def fault(document: ParsedDocument) -> str:
    """What is wrong with a document's text or marks; empty when nothing is."""
    text = document.text
    if len(text) > MAX_CHARS or len(document.pages) > MAX_PAGES:
        return "a document beyond the limits"
    if "\0" in text or "\r" in text or _SURROGATE.search(text):
        return "text that cannot be stored"
    position = 0
    for block in document.blocks:
        if block.kind not in ("heading", "paragraph", "table", "code") or not 0 <= block.level <= 6:
            return f"a block of unknown kind {block.kind!r}"
        if not position <= block.start < block.end <= len(text) or not text[block.start : block.end].strip():
            return f"a block at {block.start}-{block.end} out of place"
        position = block.end
    position = 0
    for page in document.pages:
        if not position <= page.start < page.end <= len(text):
            return f"page {page.number} at {page.start}-{page.end} out of place"
        position = page.end
    return "" if document.blocks else "a document without blocks"


def pack_refusal(refusal: DocumentRefused) -> dict[str, Any]:
    return {"refused": str(refusal)}
