"""Limits of a document's size, so that the program that receives it stays small.

A text counts with the larger of its sizes in UTF-8 (on disk) and as a Python string (in memory: 1, 2 or 4
bytes for every character, by the widest one in it). 20 MB are 20 million ASCII characters, 6.6 million
Hangul syllables, 5 million characters with an emoji among them.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_left
from collections.abc import Iterable

from ingest.parsing.document import Block, ParsedDocument

MAX_TEXT = 20_000_000
MAX_PAGES = 5_000
# text and marks; two documents at once, the caller's and the next one with its bytes, stay below 70 MB
MAX_DOCUMENT = 22_500_000
# measured on CPython 3.11: an object of four fields in a tuple, with two integers of its own
BLOCK_BYTES = 136
PAGE_BYTES = 200
MAX_LABEL = 60
MAX_TITLE = 500
MAX_REASON = 2_000
# hidden text that is kept to be shown; all of it is counted
MAX_HIDDEN = 100_000
MAX_HIDDEN_PIECES = 2_000

_BEYOND_LATIN_1 = re.compile(r"[^\x00-\xff]")
_BEYOND_BMP = re.compile(r"[^\x00-\uffff]")


class TextMeter:
    """Counts a text that grows piece by piece and says how much of the next piece still fits."""

    def __init__(self, limit: int = MAX_TEXT) -> None:
        self._limit = limit
        self._chars = 0
        self._bytes = 0
        self._width = 1

    def take(self, text: str) -> str:
        """The longest start of ``text`` for which there is room; it is counted as taken."""
        text = text[: self._limit]
        counts = self._with(text)
        if not self._fits(*counts):
            ends = range(1, len(text))
            text = text[: bisect_left(ends, True, key=lambda end: not self._fits(*self._with(text[:end])))]
            counts = self._with(text)
        self._chars, self._bytes, self._width = counts
        return text

    def _with(self, text: str) -> tuple[int, int, int]:
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        return self._chars + len(text), self._bytes + size, max(self._width, _width(text))

    def _fits(self, chars: int, size: int, width: int) -> bool:
        return size <= self._limit and chars * width <= self._limit


def text_size(text: str) -> int:
    """Bytes of ``text`` as a Python string."""
    return len(text) * _width(text)


def document_size(document: ParsedDocument) -> int:
    """Bytes of text and marks in memory."""
    marks = BLOCK_BYTES * len(document.blocks) + PAGE_BYTES * len(document.pages)
    return text_size(document.text) + marks


def short_reason(reason: str) -> str:
    """``reason``; one that is longer than ``MAX_REASON`` is cut, and no phrase any more."""
    return reason if len(reason) <= MAX_REASON else reason[:MAX_REASON]


def fit_document(document: ParsedDocument) -> ParsedDocument:
    """The same text with as many blocks as ``MAX_DOCUMENT`` has room for, where it has more.

    Paragraphs that follow each other become one, at least as long as need be; if there are still too many
    blocks, headings and tables become paragraphs too. 20 MB of text keep 18,000 blocks, 10 MB 90,000.
    """
    pages = tuple(dataclasses.replace(page, label=page.label[:MAX_LABEL]) for page in document.pages)
    document = dataclasses.replace(
        document, pages=pages, title=document.title[:MAX_TITLE], partial=short_reason(document.partial)
    )
    most = (MAX_DOCUMENT - text_size(document.text) - PAGE_BYTES * len(pages)) // BLOCK_BYTES
    if len(document.blocks) <= most:
        return document
    least = 2 * len(document.text) // most + 1
    blocks = _joined(document.blocks, least, {"paragraph"})
    if len(blocks) > most:
        blocks = _joined(blocks, least, {"paragraph", "heading", "table", "code"})
    return dataclasses.replace(document, blocks=tuple(blocks))


def _joined(blocks: Iterable[Block], least: int, kinds: set[str]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        last = found[-1] if found else None
        if last is not None and last.end - last.start < least and {last.kind, block.kind} <= kinds:
            found[-1] = Block("paragraph", last.start, block.end)
        else:
            found.append(block)
    return found


def _width(text: str) -> int:
    """Bytes that each character of ``text`` takes in memory."""
    if text.isascii() or not _BEYOND_LATIN_1.search(text):
        return 1
    return 4 if _BEYOND_BMP.search(text) else 2
