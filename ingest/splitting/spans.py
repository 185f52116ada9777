"""Character spans into a document's text, and the pages that hold them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from chatbot.text.tables import is_rule
from ingest.parsing.document import Page, ParsedDocument

Span = tuple[int, int]

_HEADER_MAX = 400  # characters: a longer one would push the rows themselves out of the models' 512 tokens
_NON_SPACE = re.compile(r"\S")


def trim(text: str, start: int, end: int) -> Span | None:
    """``text[start:end]`` without outer whitespace; ``None`` when nothing else is there."""
    first = _NON_SPACE.search(text, start, end)
    if first is None:
        return None
    while text[end - 1].isspace():
        end -= 1
    return first.start(), end


class PageFinder:
    """Which page holds a position; pages are in order."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._starts = [page.start for page in pages]

    def index(self, position: int) -> int:
        """Index of the page that holds ``position``, -1 when none does."""
        i = bisect_right(self._starts, position) - 1
        while i >= 0 and self._pages[i].start == self._pages[i].end:  # an empty page holds nothing
            i -= 1
        return i if i >= 0 and position < self._pages[i].end else -1

    def number(self, position: int) -> int | None:
        """The page's own number, ``None`` when no page holds ``position``."""
        i = self.index(position)
        return self._pages[i].number if i >= 0 else None


class TableHeaders:
    """The header rows of a document's tables; a chunk that begins inside a table is read under its table's."""

    def __init__(self, document: ParsedDocument) -> None:
        self._tables = [block for block in document.blocks if block.kind == "table"]
        self._starts = [block.start for block in self._tables]
        self._text = document.text

    def above(self, position: int) -> str:
        """The header row, with the rule under it, of the table that ``position`` continues; or empty."""
        i = bisect_right(self._starts, position - 1) - 1
        if i < 0 or position >= self._tables[i].end:
            return ""
        table = self._tables[i]
        lines = self._text[table.start : min(table.end, table.start + 2 * _HEADER_MAX)].split("\n", 2)
        end = table.start + len(lines[0])
        if len(lines) > 1 and is_rule(lines[1]):
            end += 1 + len(lines[1])
        return self._text[table.start : end] if end <= min(position, table.start + _HEADER_MAX) else ""
