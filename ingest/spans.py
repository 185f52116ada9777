"""Character spans into a document's text, and the pages that hold them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from ingest.parsing.document import Page

Span = tuple[int, int]

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
