"""How large a document may be, so that the program that receives it stays small.

A text counts with the larger of its sizes in UTF-8 (on disk) and as a Python string (in memory: 1, 2 or 4
bytes for every character, by the widest one in it). 20 MB are 20 million ASCII characters, 6.6 million
Hangul syllables, 5 million characters with an emoji among them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from ingest.parsing.document import Block, ParsedDocument

MAX_TEXT = 20_000_000
MAX_PAGES = 5_000
# text and marks; two documents at once stay below 50 MB: the caller's and the one being received
MAX_DOCUMENT = 22_500_000
# measured on CPython 3.11: an object of four fields in a tuple, with two integers of its own
BLOCK_SIZE = 136
PAGE_SIZE = 200
MAX_LABEL = 60
MAX_TITLE = 500
MAX_REASON = 2_000

# bytes that a string in memory has for each character, by what its widest one may be
WIDTHS = {0x7F: 1, 0xFF: 1, 0xFFFF: 2, 0x10FFFF: 4}

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
        more = len(text)
        if text.isascii() and max((self._chars + more) * self._width, self._bytes + more) <= self._limit:
            self._chars += more  # the usual case, for a million paragraphs
            self._bytes += more
            return text
        end, width = self._fitting(text)
        size = end if text.isascii() else len(text[:end].encode("utf-8", "surrogatepass"))
        if size > self._limit - self._bytes:
            text = _first_bytes(text[:end], max(self._limit - self._bytes, 0))
            return self.take(text)
        self._chars += end
        self._bytes += size
        self._width = width
        return text[:end]

    def _fitting(self, text: str) -> tuple[int, int]:
        """How many characters fit into the string in memory, and the bytes each character then takes."""
        wide, astral = (len(text), len(text)) if text.isascii() else _first_wide(text)
        ends = {1: wide, 2: astral, 4: len(text)}
        fitting = [
            (max(min(end, self._limit // width - self._chars), 0), width)
            for width, end in ends.items()
            if width >= self._width
        ]
        # the narrowest string among those that hold the most
        return max(fitting, key=lambda found: (found[0], -found[1]))


def text_size(text: str) -> int:
    """Bytes of ``text`` as a Python string."""
    return len(text) * WIDTHS[widest_character(text)]


def widest_character(text: str) -> int:
    """The smallest key of ``WIDTHS`` that no character of ``text`` is beyond."""
    if text.isascii():
        return 0x7F
    wide, astral = _first_wide(text)
    return 0x10FFFF if astral < len(text) else 0xFFFF if wide < len(text) else 0xFF


def compact(document: ParsedDocument) -> ParsedDocument:
    """The same text with as many blocks as ``MAX_DOCUMENT`` has room for, where it has more.

    Paragraphs that follow each other become one, at least as long as need be; if there are still too many
    blocks, headings and tables become paragraphs too. 20 MB of text keep 18,000 blocks, 10 MB 90,000.
    """
    pages = tuple(dataclasses.replace(page, label=page.label[:MAX_LABEL]) for page in document.pages)
    document = dataclasses.replace(
        document, pages=pages, title=document.title[:MAX_TITLE], partial=document.partial[:MAX_REASON]
    )
    most = (MAX_DOCUMENT - text_size(document.text) - PAGE_SIZE * len(pages)) // BLOCK_SIZE
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


def _first_wide(text: str) -> tuple[int, int]:
    """Where the first character beyond Latin-1 and the first beyond the basic plane stand; else the length."""
    wide = _BEYOND_LATIN_1.search(text)
    astral = _BEYOND_BMP.search(text, wide.start()) if wide else None
    return wide.start() if wide else len(text), astral.start() if astral else len(text)


def _first_bytes(text: str, size: int) -> str:
    return text.encode("utf-8", "surrogatepass")[:size].decode("utf-8", "ignore")
