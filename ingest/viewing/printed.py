"""The characters that are printed on PDF pages and where they stand, for the process that draws them."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable
from typing import Any

from ingest.viewing.boxes import CharBox, Direction, Sides

# characters of a page that are looked at: a page full of small print has 10,000
_MAX_CHARS = 60_000
# PDFium gives whole numbers: on a picture of this many pixels they are exact enough
_FINE = 1_000_000
# degrees by which a line may lean and still count as straight
_LEAN = 10
# of a page's characters that are letters or figures: with fewer its fonts have no character map
_READABLE = 0.3


class PrintedPage:
    """The characters of one page in the order of its content, ``text``, and the box of each.

    Args:
        page: of pypdfium2, with its textpage; both stay open as long as boxes are asked for.
    """

    def __init__(self, page: Any, textpage: Any, number: int) -> None:
        self.number = number
        self.size: tuple[float, float] = page.get_size()  # points, as it is shown
        self._page = page
        self._textpage = textpage
        self.text, self._indices = _read(textpage)

    def is_readable(self) -> bool:
        """Whether there is text on it, and not only pictures or glyphs of unknown meaning."""
        found = "".join(self.text.split())
        return bool(found) and sum(map(str.isalnum, found)) >= _READABLE * len(found)

    def boxes(self, orders: Iterable[int]) -> list[CharBox]:
        """Of these characters, those that can be seen; in points from the top left of the page as it is shown."""
        found = (self._box(order) for order in orders if 0 <= order < len(self._indices))
        return [box for box in found if box is not None]

    def _box(self, order: int) -> CharBox | None:
        import pypdfium2.raw as raw

        index = self._indices[order]
        # as high as the font, whatever the letter
        sides = self._as_shown(self._textpage.get_charbox(index, loose=True))
        if not _has_extent(sides):
            sides = self._as_shown(self._textpage.get_charbox(index))
        x, y = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
        if not _has_extent(sides) or not (0 < x < self.size[0] and 0 < y < self.size[1]):
            return None
        angle = math.degrees(raw.FPDFText_GetCharAngle(self._textpage.raw, index))
        return CharBox(order, *sides, _direction(angle - self._page.get_rotation()))

    def _as_shown(self, box: Sides) -> Sides:
        """A box in the PDF's coordinates (left, bottom, right, top)."""
        import pypdfium2.raw as raw

        x, y = ctypes.c_int(), ctypes.c_int()
        width, height = self.size
        corners = []
        for corner in (box[:2], box[2:]):
            raw.FPDF_PageToDevice(
                self._page.raw, 0, 0, _FINE, _FINE, 0, *corner, ctypes.byref(x), ctypes.byref(y)
            )
            corners.append((x.value / _FINE * width, y.value / _FINE * height))
        (x1, y1), (x2, y2) = corners
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _read(textpage: Any) -> tuple[str, list[int]]:
    """The characters, at most ``_MAX_CHARS``, and PDFium's index of each; it has two for those beyond U+FFFF."""
    import pypdfium2.raw as raw

    chars: list[str] = []
    indices: list[int] = []
    high = 0
    for index in range(min(textpage.count_chars(), _MAX_CHARS)):
        unit = raw.FPDFText_GetUnicode(textpage.raw, index)
        if 0xD800 <= unit < 0xDC00:
            high = unit
            continue
        if 0xDC00 <= unit < 0xE000:
            unit = 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00) if high else 0xFFFD
        high = 0
        chars.append(chr(unit))
        indices.append(index)
    return "".join(chars), indices


def _has_extent(sides: Sides) -> bool:
    return sides[0] < sides[2] and sides[1] < sides[3]


def _direction(angle: float) -> Direction:
    turned = angle % 180
    if min(turned, 180 - turned) < _LEAN:
        return "across"
    return "down" if abs(turned - 90) < _LEAN else "slanted"
