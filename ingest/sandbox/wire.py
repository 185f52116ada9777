"""Messages between the program and its parser process: four bytes of length, then JSON. Never pickle.

A document's message is followed by its blocks (a byte each for kind and level, then where each starts, then
where each ends) and its text in UTF-8, both read in pieces: the receiver never holds the text twice.
"""

from __future__ import annotations

import codecs
import ctypes
import json
import re
import struct
from array import array
from typing import IO, Any

from chatbot.errors import DocumentRefused
from ingest.parsing.clean import one_line, storable
from ingest.parsing.document import Block, BlockKind, Page, ParsedDocument
from ingest.parsing.limits import (
    BLOCK_SIZE,
    MAX_DOCUMENT,
    MAX_LABEL,
    MAX_PAGES,
    MAX_REASON,
    MAX_TEXT,
    MAX_TITLE,
    PAGE_SIZE,
    WIDTHS,
    text_size,
    widest_character,
)

_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"\S")
_LENGTH = struct.Struct(">I")
# 5,000 pages with names of their own
MAX_MESSAGE = 2 * 2**20
_MAX_TRACEBACK = 20_000
_PIECE = 2**18
# the documented way to fill a string piece by piece, as long as nothing else holds it (docs.python.org, c-api/unicode)
_new_string = ctypes.pythonapi.PyUnicode_New
_new_string.restype, _new_string.argtypes = ctypes.py_object, (ctypes.c_ssize_t, ctypes.c_uint32)
_copy_characters = ctypes.pythonapi.PyUnicode_CopyCharacters
_copy_characters.restype = ctypes.c_ssize_t
_copy_characters.argtypes = (
    ctypes.c_void_p, ctypes.c_ssize_t, ctypes.py_object, ctypes.c_ssize_t, ctypes.c_ssize_t
)  # fmt: skip
_KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "table", "code")


class WireError(Exception):
    """The other side sent something that is no message."""


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    # names of files need not be UTF-8; json.loads takes lone surrogates back
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
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
    except (ValueError, RecursionError) as error:
        raise WireError("a message that is not JSON") from error
    if not isinstance(message, dict):
        raise WireError("a message that is not an object")
    return message


def send_document(stream: IO[bytes], document: ParsedDocument, **more: Any) -> None:
    """``more`` goes into the message as it is."""
    text, blocks = document.text, document.blocks
    pieces = range(0, len(text), _PIECE)
    header = {
        "bytes": sum(len(text[at : at + _PIECE].encode()) for at in pieces),
        "chars": len(text),
        "widest": widest_character(text),
        "blocks": len(blocks),
        "pages": [[page.number, page.start, page.end, page.label] for page in document.pages],
        "title": document.title,
        "format": document.format,
        "partial": document.partial,
        **more,
    }
    send(stream, header)
    stream.write(bytes(8 * _KINDS.index(block.kind) + block.level for block in blocks))
    stream.write(array("I", (block.start for block in blocks)).tobytes())
    stream.write(array("I", (block.end for block in blocks)).tobytes())
    for at in pieces:
        stream.write(text[at : at + _PIECE].encode())
    stream.flush()


def is_document(header: dict[str, Any]) -> bool:
    return "bytes" in header


def document_size(header: dict[str, Any]) -> int:
    """Bytes that the announced document will take in memory; raises ``WireError`` where that is too many."""
    try:
        numbers = [header[key] for key in ("bytes", "chars", "widest", "blocks")] + [len(header["pages"])]
    except (KeyError, TypeError) as error:
        raise WireError("a document with missing fields") from error
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise WireError("a document with missing fields")
    encoded, chars, widest, blocks, pages = numbers
    if widest not in WIDTHS:
        raise WireError("a document with missing fields")
    size = chars * WIDTHS[widest]
    total = int(size + BLOCK_SIZE * blocks + PAGE_SIZE * pages)
    if encoded > MAX_TEXT or size > MAX_TEXT or pages > MAX_PAGES or total > MAX_DOCUMENT:
        raise WireError("a document beyond the limits")
    return total


def receive_document(stream: IO[bytes], header: dict[str, Any]) -> ParsedDocument:
    """The document that follows ``header``. The parser process is not trusted.

    Raises ``WireError`` unless every mark lies inside the text, in order; ``EOFError`` at the end of the stream.
    """
    document_size(header)
    blocks = _receive_blocks(stream, header["blocks"])
    text = _receive_text(stream, header["bytes"], header["chars"], header["widest"])
    try:
        document = ParsedDocument(
            text=text,
            blocks=blocks,
            pages=tuple(
                Page(int(number), int(start), int(end), str(label))
                for number, start, end, label in header["pages"]
            ),
            title=str(header["title"]),
            format=str(header["format"]),
            partial=str(header["partial"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WireError("a document with missing fields") from error
    if problem := fault(document):
        raise WireError(problem)
    return document


def _receive_blocks(stream: IO[bytes], count: int) -> tuple[Block, ...]:
    codes = _exactly(stream, count)
    starts, ends = array("I"), array("I")
    for numbers in (starts, ends):
        numbers.frombytes(_exactly(stream, count * numbers.itemsize))
    if any(code >= 8 * len(_KINDS) for code in codes):
        raise WireError("a block of unknown kind")
    return tuple(
        Block(_KINDS[code // 8], start, end, code % 8)
        for code, start, end in zip(codes, starts, ends, strict=True)
    )


def _receive_text(stream: IO[bytes], encoded: int, chars: int, widest: int) -> str:
    """Decoded piece by piece into one string of the right size.

    A buffer to decode from, or a string that grows, would take the text's size a second time while it is received;
    with the document that the caller still has, that breaks the promise of 50 MB.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    text, filled = _new_string(chars, widest), 0
    try:
        for at in range(0, encoded, _PIECE):
            data = _exactly(stream, min(_PIECE, encoded - at))
            piece = decoder.decode(data, final=at + _PIECE >= encoded)
            if filled + len(piece) > chars or widest_character(piece) > widest:
                raise WireError("a text of another size than announced")
            _copy_characters(id(text), filled, piece, 0, len(piece))
            filled += len(piece)
    except UnicodeDecodeError as error:
        raise WireError("text that is not UTF-8") from error
    if filled != chars or widest_character(text) != widest:
        raise WireError("a text of another size than announced")
    return str(text)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def fault(document: ParsedDocument) -> str:
    """What is wrong with a document's text or marks; empty when nothing is."""
    text = document.text
    if len(document.pages) > MAX_PAGES or text_size(text) > MAX_TEXT:
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
        if not position <= page.start < page.end <= len(text):
            return f"page {page.number} at {page.start}-{page.end} out of place"
        if len(page.label) > MAX_LABEL or _SURROGATE.search(page.label):
            return f"page {page.number} has a name that cannot be stored"
        position = page.end
    return "" if document.blocks else "a document without blocks"


def refusal_of(answer: dict[str, Any]) -> DocumentRefused:
    """The reason in an answer, as one line without anything a terminal would act upon."""
    return DocumentRefused(_SURROGATE.sub("", one_line(str(answer["refused"])))[:MAX_REASON])


def pack_refusal(refusal: DocumentRefused) -> dict[str, Any]:
    return {"refused": str(refusal)[:MAX_REASON]}


def pack_crash(traceback: str) -> dict[str, Any]:
    return {"crashed": storable(traceback)[-_MAX_TRACEBACK:]}
