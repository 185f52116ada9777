"""Lines of a PDF page with their place and size."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import Any

_BOLD = re.compile(rb"bold|black|heavy", re.I)
# between two columns: clearly more than the widest space of justified text, relative to the font size
COLUMN_GAP = 1.2
# between two cells of a row whose columns are known from the rows around it
NARROW_GAP = 0.5
# a line of a table of contents
_LEADER = re.compile(r"(?:[.·…_] ?){4}")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands between two wide gaps of a line."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` keeps the space before its line break; coordinates in points, y upwards; size 0 = unknown.

    PDFium joins a line that ends in a hyphen with the next: ``first`` and ``last`` are then base lines of two.
    ``cells`` are what stands between gaps as wide as a column's, ``pieces`` between gaps wider than a space.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    last: float = 0.0
    size: float = 0.0
    placed: bool = False
    bold: bool = False
    cells: tuple[Cell, ...] = ()
    pieces: tuple[Cell, ...] = ()


def page_lines(page: Any) -> list[Line]:
    """The page's lines in the order of its content; blank ones are left out."""
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    try:
        handle = textpage.raw
        sideways = page.get_rotation() in (90, 270)
        lines: list[Line] = []
        indices: list[int] = []
        units: list[int] = []
        for index in range(textpage.count_chars()):
            unit = raw.FPDFText_GetUnicode(handle, index)
            if unit == 0x0A:
                lines.append(_line(raw, handle, units, indices, sideways))
                units, indices = [], []
            elif unit not in (0, 0x0D):  # 0: the glyph has no character
                units.append(unit)
                indices.append(index)
        lines.append(_line(raw, handle, units, indices, sideways))
    finally:
        textpage.close()
    return [line for line in lines if line.text.strip()]


def _line(raw: Any, handle: Any, units: list[int], indices: list[int], sideways: bool) -> Line:
    text = _text(units)
    seen = [index for index, unit in zip(indices, units, strict=True) if unit not in (0x20, 0xFFFE, 0xA0)]
    if not seen:
        return Line(text)
    size = round(raw.FPDFText_GetFontSize(handle, seen[len(seen) // 2]), 1)
    first, last = _box(raw, handle, seen[0]), _box(raw, handle, seen[-1])
    # fonts scaled by a matrix claim size 1: the height of the box is the better measure then
    if size < 3:
        size = round(first[3] - first[1], 1)
    bold = _is_bold(raw, handle, seen[0]) and _is_bold(raw, handle, seen[-1])
    if sideways:
        return Line(text, size=size, bold=bold)
    placed = first[3] > first[1]
    # a line that runs over two base lines is no row
    row = placed and abs(first[1] - last[1]) < 0.5 * size and not _LEADER.search(text)
    words = _words(raw, handle, units, indices, size) if row else []
    cells = _cut(units, words, COLUMN_GAP * size)
    pieces = _cut(units, words, NARROW_GAP * size)
    return Line(text, first[0], last[2], first[1], last[1], size, placed, bold, cells, pieces)


def _text(units: list[int]) -> str:
    text = "".join(map(chr, units))
    if any(0xD800 <= unit < 0xE000 for unit in units):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _words(
    raw: Any, handle: Any, units: list[int], indices: list[int], size: float
) -> list[tuple[int, int, float, float]]:
    """First and last place in ``units``, left and right; none where the line does not run from left to right."""
    places: list[list[int]] = [[]]
    for place, unit in enumerate(units):
        if unit not in (0x20, 0xA0, 0xFFFE):
            places[-1].append(place)
        elif places[-1]:
            places.append([])
    words: list[tuple[int, int, float, float]] = []
    for word in filter(None, places):
        left = _box(raw, handle, indices[word[0]])[0]
        right = _box(raw, handle, indices[word[-1]])[2]
        if right < left or (words and left < words[-1][3] - size):
            return []
        words.append((word[0], word[-1], left, right))
    return words


def _cut(units: list[int], words: list[tuple[int, int, float, float]], gap: float) -> tuple[Cell, ...]:
    """Words with less than ``gap`` points between them are one cell."""
    spans: list[tuple[int, int, float, float]] = []
    for first, last, left, right in words:
        if spans and left - spans[-1][3] < gap:
            spans[-1] = (spans[-1][0], last, spans[-1][2], max(right, spans[-1][3]))
        else:
            spans.append((first, last, left, right))
    return tuple(Cell(_text(units[first : last + 1]), left, right) for first, last, left, right in spans)


def _is_bold(raw: Any, handle: Any, index: int) -> bool:
    """By the font's name, as viewers do: the weight that PDFium reports is a guess for most embedded fonts."""
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(handle, index, name, 128, ctypes.byref(ctypes.c_int()))
    return bool(_BOLD.search(name.value))


def _box(raw: Any, handle: Any, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top; the loose box is as high as the font, whatever the letter."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(handle, index, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top
