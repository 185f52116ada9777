"""The characters that OCR reads on a scanned page, and about where they stand: for pages without text of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cachetools import LRUCache

from ingest.parsing.ocr import Recogniser
from ingest.parsing.pdf.lines import Cell, Line
from ingest.parsing.pdf.pdf import page_picture
from ingest.viewing.boxes import CharBox

# OCR gives a line's base and the size of its words: their letters reach so far above and below it
_ABOVE, _BELOW = 1.05, 0.3
_FIRST_WIDE = "\u1100"  # Hangul and Chinese characters are twice as wide as others
_MOST_PAGES = 50


class ScannedPage:
    """Lines that were read on a page turned by ``quarters``; each letter has its share of its cell's width."""

    def __init__(self, number: int, size: tuple[float, float], lines: Iterable[Line], quarters: int) -> None:
        self.number = number
        self.size = size
        self._quarters = quarters
        self._boxes: list[CharBox | None] = []
        parts: list[str] = []
        for line in lines:
            for cell in line.cells:
                self._boxes += self._of_cell(line, cell, len(self._boxes))
                self._boxes.append(None)
                parts.append(cell.text)
        self.text = "\n".join(parts)

    def boxes(self, orders: Iterable[int]) -> list[CharBox]:
        """As those of a printed page, but straight across each line."""
        found = (self._boxes[order] for order in orders if 0 <= order < len(self._boxes))
        return [box for box in found if box is not None]

    def _of_cell(self, line: Line, cell: Cell, first: int) -> Iterator[CharBox | None]:
        widths = [2 if char >= _FIRST_WIDE else 1 for char in cell.text]
        unit = (cell.right - cell.left) / max(sum(widths), 1)
        base = -line.first
        left = cell.left
        for order, (char, width) in enumerate(zip(cell.text, widths, strict=True), first):
            right = left + unit * width
            box = CharBox(order, left, base - _ABOVE * line.size, right, base + _BELOW * line.size)
            yield None if char.isspace() else self._turned_back(box)
            left = right

    def _turned_back(self, box: CharBox) -> CharBox:
        """A box of the page as it was read, on the page as it is shown."""
        width, height = self.size
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        if self._quarters == 1:
            return CharBox(box.order, width - bottom, left, width - top, right, "down")
        if self._quarters == 2:
            return CharBox(box.order, width - right, height - bottom, width - left, height - top)
        if self._quarters == 3:
            return CharBox(box.order, top, height - right, bottom, height - left, "down")
        return box


class ScannedPages:
    """Pages that were read lately: reading one takes seconds."""

    def __init__(self) -> None:
        self._read: LRUCache[tuple[str, int], ScannedPage] = LRUCache(_MOST_PAGES)

    def read(self, recogniser: Recogniser, sha256: str, page: Any, number: int) -> ScannedPage | None:
        """``None`` where there is nothing to read, or no time left to do it."""
        if (known := self._read.get((sha256, number))) is not None:
            return known
        if not recogniser.has_time() or (picture := page_picture(page)).blank():
            return None
        lines = recogniser.lines(picture)
        if lines is None:
            return None
        scanned = ScannedPage(number, page.get_size(), lines, recogniser.quarters)
        self._read[sha256, number] = scanned
        return scanned
