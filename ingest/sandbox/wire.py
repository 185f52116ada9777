"""Messages between the program and a worker in the sandbox: two lengths, JSON, and a body of bytes. Never pickle.

A document's body is its blocks, ten bytes each, then its text in UTF-8.
"""

from __future__ import annotations

import json
import re
import struct
from typing import IO, Any

from chatbot.errors import DocumentRefused, OcrMissing, Phrase
from chatbot.text.hidden import WAYS, HiddenText
from ingest.parsing.clean import one_line, storable
from ingest.parsing.document import Block, BlockKind, Page, ParsedDocument
from ingest.parsing.limits import (
    BLOCK_BYTES,
    MAX_DOCUMENT,
    MAX_HIDDEN,
    MAX_HIDDEN_PIECES,
    MAX_LABEL,
    MAX_PAGES,
    MAX_TEXT,
    MAX_TITLE,
    document_size,
    short_reason,
    text_size,
)

_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"\S")
_LENGTHS = struct.Struct(">II")
_BLOCK = struct.Struct(">BBII")  # kind, level, start, end
# 5,000 pages with names of their own, and hidden text
MAX_MESSAGE = 2 * 2**20
MAX_BODY = MAX_TEXT + MAX_DOCUMENT // BLOCK_BYTES * _BLOCK.size
_MAX_TRACEBACK = 20_000
# a worker that reads a long file part by part says so in place of its answer, and has its time again: so often at most.
# OCR does after 23 seconds of processor time or more
GOES_ON = {"goes on": True}
MORE_TIMES = 20
_KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "table", "code")


class WireError(Exception):
    """The other side sent something that is no message."""


def send(stream: IO[bytes], message: dict[str, Any], body: bytes = b"") -> None:
    """Write one message and its body, as ``receive`` reads them."""
    # names of files need not be UTF-8; json.loads takes lone surrogates back
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    stream.write(_LENGTHS.pack(len(data), len(body)))
    stream.write(data)
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes], max_body: int = 0) -> tuple[dict[str, Any], bytes] | None:
    """The next message and its body, ``None`` at the end of the stream; raises ``WireError``."""
    header = stream.read(_LENGTHS.size)
    if len(header) < _LENGTHS.size:
        return None
    length, size = _LENGTHS.unpack(header)
    if length > MAX_MESSAGE or size > max_body:
        raise WireError(f"a message of {length + size:,} bytes")
    data, body = stream.read(length), stream.read(size)
    if len(data) < length or len(body) < size:
        return None
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise WireError("a message that is not JSON") from error
    if not isinstance(message, dict):
        raise WireError("a message that is not an object")
    return message, body


def pack_document(document: ParsedDocument) -> tuple[dict[str, Any], bytes]:
    """A document as a message and a body: its text as UTF-8 behind its blocks of fixed size."""
    message = {
        "blocks": len(document.blocks),
        "pages": [[page.number, page.start, page.end, page.label] for page in document.pages],
        "title": document.title,
        "format": document.format,
        "partial": Phrase.to_stored(document.partial),
        "missing": document.missing,
        "hidden": [[piece.place, piece.text, piece.how] for piece in document.hidden],
        "hidden_words": document.hidden_words,
    }
    blocks = (_BLOCK.pack(_KINDS.index(b.kind), b.level, b.start, b.end) for b in document.blocks)
    return message, b"".join([*blocks, document.text.encode()])


def unpack_document(message: dict[str, Any], body: bytes) -> ParsedDocument:
    """The document of an answer. The worker is not trusted.

    Raises ``WireError`` unless every mark lies inside the text, in order.
    """
    try:
        count = int(message["blocks"])
        if not 0 <= count <= MAX_DOCUMENT // BLOCK_BYTES or len(message["pages"]) > MAX_PAGES:
            raise WireError("a document beyond the limits")
        start = count * _BLOCK.size
        view = memoryview(body)  # a slice of bytes would be another copy of the text
        document = ParsedDocument(
            text=str(view[start:], "utf-8"),
            blocks=tuple(
                Block(_KINDS[kind], first, last, level)
                for kind, level, first, last in _BLOCK.iter_unpack(view[:start])
            ),
            pages=tuple(
                Page(int(number), int(first), int(last), str(label))
                for number, first, last, label in message["pages"]
            ),
            title=str(message["title"]),
            format=str(message["format"]),
            partial=_reason(message["partial"]),
            missing="ocr" if message["missing"] == "ocr" else "",
            hidden=tuple(HiddenText(int(place), str(text), how) for place, text, how in message["hidden"]),
            hidden_words=int(message["hidden_words"]),
        )
    except UnicodeDecodeError as error:
        raise WireError("text that is not UTF-8") from error
    except IndexError as error:
        raise WireError("a block of unknown kind") from error
    except (KeyError, TypeError, ValueError, OverflowError, struct.error) as error:
        raise WireError("a document with missing fields") from error
    if problem := fault(document):
        raise WireError(problem)
    return document


def fault(document: ParsedDocument) -> str:
    """What is wrong with a document's text or marks; empty when nothing is."""
    text = document.text
    if (
        len(document.pages) > MAX_PAGES
        or text_size(text) > MAX_TEXT
        or document_size(document) > MAX_DOCUMENT
    ):
        return "a document beyond the limits"
    for words in (text, document.title, document.format, document.partial):
        if "\0" in words or "\r" in words or _SURROGATE.search(words):
            return "text that cannot be stored"
    if len(document.title) > MAX_TITLE or len(document.format) > MAX_LABEL:
        return "a title beyond the limits"
    position = 0
    for block in document.blocks:
        if block.kind not in _KINDS or not 0 <= block.level <= 6:
            return f"a block of unknown kind {block.kind!r}"
        if not position <= block.start < block.end <= len(text):
            return f"a block at {block.start}-{block.end} out of place"
        if not _WORD.search(text, block.start, block.end):  # a slice would copy the text
            return f"a block at {block.start}-{block.end} without words"
        position = block.end
    position = 0
    for page in document.pages:
        if not 0 < page.number < 2**31:
            return "a page number that cannot be stored"
        if not position <= page.start < page.end <= len(text):
            return f"page {page.number} at {page.start}-{page.end} out of place"
        if len(page.label) > MAX_LABEL or _SURROGATE.search(page.label):
            return f"page {page.number} has a name that cannot be stored"
        position = page.end
    return _hidden_fault(document) or ("" if document.blocks else "a document without blocks")


def _hidden_fault(document: ParsedDocument) -> str:
    size = sum(len(piece.text) for piece in document.hidden)
    if len(document.hidden) > MAX_HIDDEN_PIECES or size > MAX_HIDDEN or document.hidden_words < 0:
        return "hidden text beyond the limits"
    for piece in document.hidden:
        if piece.how not in WAYS or not 0 <= piece.place <= len(document.text):
            return f"hidden text out of place at {piece.place}"
        if "\0" in piece.text or _SURROGATE.search(piece.text):
            return "text that cannot be stored"
    return ""


def refusal_of(answer: dict[str, Any]) -> DocumentRefused:
    """The reason in an answer, as one line without anything a terminal would act upon."""
    kind = OcrMissing if answer.get("missing") == "ocr" else DocumentRefused
    return kind(_reason(answer["refused"]))


def pack_refusal(refusal: DocumentRefused) -> dict[str, Any]:
    """Why there is no document, as a message."""
    return {"refused": Phrase.to_stored(str(refusal)), "missing": refusal.missing}


def _reason(sent: object) -> str:
    """A reason as the worker sent it, clean and short; one line of text in each of its parts."""
    reason = Phrase.from_stored(str(sent))
    return short_reason(Phrase.cleaned(reason, lambda text: _SURROGATE.sub("", one_line(text))))


def pack_crash(traceback: str) -> dict[str, Any]:
    """What the parser died of, as a message; the last ``_MAX_TRACEBACK`` characters of it."""
    return {"crashed": storable(traceback)[-_MAX_TRACEBACK:]}
