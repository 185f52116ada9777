"""DOC: properties of characters and paragraphs (SPRM) on their pages of 512 bytes, and styles. ``[MS-DOC]`` 2.6, 2.9"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import BLACK, WHITE, Colour, from_bgr, unseen
from ingest.parsing.formats.legacy.doc_file import CHARACTERS, PARAGRAPHS, STYLES, DocFile, plex
from ingest.parsing.formats.scripts import Level

_PAGE = 512
_MAX_PARENTS = 20
_HEADING = re.compile(r"(?:heading|제목|개요)\s*([1-9])", re.I)
# bytes of an operand by the upper three bits of its number; 6: its first byte says
_SIZES = (1, 1, 2, 4, 2, 2, -1, 3)
# colours by number, 0 automatic
_COLOURS: tuple[Colour | None, ...] = (
    None, BLACK, (0, 0, 255), (0, 255, 255), (0, 255, 0), (255, 0, 255), (255, 0, 0), (255, 255, 0), WHITE,
    (0, 0, 128), (0, 128, 128), (0, 128, 0), (128, 0, 128), (128, 0, 0), (128, 128, 0), (128, 128, 128), (192, 192, 192),
)  # fmt: skip


class _Sprm:
    """Numbers of properties."""

    DELETED, HIDDEN, SPECIAL, PICTURE, FONT, SIZE, SCRIPT = (
        0x0800,
        0x083C,
        0x0855,
        0x6A03,
        0x4A4F,
        0x4A43,
        0x2A48,
    )
    STRUCK, STRUCK_TWICE, SHIFT = 0x0837, 0x2A53, 0x4845
    COLOUR_NUMBER, COLOUR, HIGHLIGHT, SHADE, OLD_SHADE, SYMBOL, STYLE = (
        0x2A42,
        0x6870,
        0x2A0C,
        0xCA71,
        0x4866,
        0x6A09,
        0x4A30,
    )
    IN_TABLE, ROW_END, DEPTH, INNER_CELL, INNER_ROW_END = 0x2416, 0x2417, 0x6649, 0x244B, 0x244C
    LEVEL, LIST, OUTLINE, ROW, PARAGRAPH_SHADE = 0x260A, 0x460B, 0x2640, 0xD608, 0xC64D


# shades of the cells from the 1st, 23rd and 45th on; with those of the table's style, for programs that know none
_CELL_SHADES = {0xD612: 0, 0xD616: 22, 0xD60C: 44}
# a style of the table, and shades in the words of Word 97 or for some of the cells: not looked up
_TABLE_STYLES = frozenset({0x563A, 0xD609, 0xD62D, 0xD62E, 0xD660})


def properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Numbers and operands; ends where they are cut off."""
    position = 0
    while position + 2 < len(data):
        number = data[position] | data[position + 1] << 8
        size = _SIZES[number >> 13]
        position += 2
        if size < 0:
            if number in (0xD606, _Sprm.ROW):  # its size in 16 bits, one more than there is
                size = int.from_bytes(data[position : position + 2], "little") + 1
            elif number == 0xC615 and data[position] == 255:  # tabs, by their numbers
                removed = data[position + 1 : position + 2]
                after = position + 2 + 4 * (removed[0] if removed else 0)
                size = after - position + 1 + 3 * (data[after] if after < len(data) else 0)
            else:
                size = data[position] + 1
        yield number, data[position : position + size]
        position += size


@dataclass(slots=True)
class Look:
    """Of characters. ``size`` and ``shift`` above the line in points; ``shade``: behind them; ``symbol``: font and character in place of its own;
    ``picture``: the place of a form field's data.
    """

    hidden: bool = False
    deleted: bool = False
    special: bool = False
    size: float = 10.0
    level: Level = 0
    shift: float = 0.0
    is_struck: bool = False
    colour: Colour | None = None
    shade: Colour | None = None
    is_shaded: bool = False
    symbol: tuple[int, int] | None = None
    picture: int = -1
    font: int = -1

    @property
    def height(self) -> Level:
        """Raised, lowered or on the line; characters that are moved count where they are small, too."""
        if self.level or abs(self.shift) < 2 or self.size > 8:
            return self.level
        return 1 if self.shift > 0 else -1

    def hides(self, behind: Colour | None) -> How | None:
        if self.hidden or self.deleted:
            return "marked"
        return unseen(self.colour, self.shade if self.is_shaded else behind, self.size or None)


@dataclass(slots=True)
class Shape:
    """Of a paragraph. ``row``: the columns' edges (twips) and cells of the row that ends with it; ``depth`` of tables;
    ``fills``: the colours of the row's first cells, ``has_style``: whether a style may paint them where none is told.
    """

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    depth: int = 0
    inner_cell: bool = False
    inner_row_end: bool = False
    level: int = 0
    list_id: int = -1
    outline: int = -1
    row: Row | None = None
    behind: Colour | None = WHITE
    fills: list[Colour | None] = field(default_factory=list)
    has_style: bool = False

    def fill(self, cell: int) -> Colour | None:
        """The colour behind a cell (from 0) of the row that ends here; ``None`` where that is not known."""
        if self.row is None or (self.has_style and not self.fills):
            return None
        return self.fills[cell] if cell < len(self.fills) else WHITE


@dataclass(frozen=True, slots=True)
class Row:
    """Edges of the columns from the left, one more than cells; whether each cell goes on from the left or from above."""

    edges: tuple[int, ...]
    from_left: tuple[bool, ...]
    from_above: tuple[bool, ...]


@dataclass(slots=True)
class Style:
    parent: int = 0xFFF
    heading: int = 0
    characters: bytes = b""
    paragraphs: bytes = b""


class Looks:
    """Looks and shapes by places in the file."""

    def __init__(self, file: DocFile) -> None:
        self._file = file
        self._styles = _styles(file.part(STYLES))
        self._characters = _Pages(file, CHARACTERS)
        self._paragraphs = _Pages(file, PARAGRAPHS)
        self._known: dict[tuple[int, bytes, bytes], Look] = {}

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
        """Stretches of the file with the same properties of characters: start, end, properties."""
        return self._characters.within(start, end)

    def look(self, data: bytes, change: bytes, style: int) -> Look:
        """Of characters in a paragraph of ``style``; ``change`` comes with their piece."""
        key = style, data, change
        if key not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            look = Look()
            for said in (*self._inherited(style, "characters"), data, change):
                self._apply(look, said)
            self._known[key] = look
        return self._known[key]

    def shape(self, offset: int) -> Shape:
        """Of the paragraph whose end is at ``offset``."""
        data = self._paragraphs.at(offset)
        shape = Shape(style=int.from_bytes(data[:2], "little") if len(data) >= 2 else 0)
        for said in (*self._inherited(shape.style, "paragraphs"), data[2:]):
            _arrange(shape, said)
        return shape

    def heading(self, shape: Shape) -> int:
        """1-9 for a heading, else 0."""
        if 0 <= shape.outline < 9:
            return shape.outline + 1
        style = self._styles.get(shape.style)
        return style.heading if style is not None else 0

    def _inherited(self, number: int, kind: str) -> list[bytes]:
        found: list[bytes] = []
        for _ in range(_MAX_PARENTS):
            style = self._styles.get(number)
            if style is None:
                break
            found.append(getattr(style, kind))
            number = style.parent
        return found[::-1]

    def _apply(self, look: Look, data: bytes, depth: int = 0) -> None:
        for number, operand in properties(data):
            value = int.from_bytes(operand, "little")
            if number == _Sprm.STYLE and not depth:  # a style of characters names no other one
                for said in self._inherited(value, "characters"):
                    self._apply(look, said, 1)
            elif number == _Sprm.HIDDEN:
                # 0x80: as the style says, 0x81: the opposite of it
                look.hidden = (
                    bool(value) if value < 0x80 else look.hidden if value == 0x80 else not look.hidden
                )
            elif number == _Sprm.DELETED:
                look.deleted = value == 1
            elif number == _Sprm.SPECIAL:
                look.special = value == 1
            elif number == _Sprm.PICTURE:
                look.picture = value
            elif number == _Sprm.FONT:
                look.font = value
            elif number == _Sprm.SIZE:
                look.size = value / 2
            elif number == _Sprm.SCRIPT:
                look.level = 1 if value == 1 else -1 if value == 2 else 0
            elif number == _Sprm.SHIFT:
                look.shift = int.from_bytes(operand, "little", signed=True) / 2
            elif number in (_Sprm.STRUCK, _Sprm.STRUCK_TWICE):
                # 0x80: as the style says, 0x81: the opposite of it
                look.is_struck = value == 1 if value < 0x80 else look.is_struck != (value == 0x81)
            elif number == _Sprm.COLOUR_NUMBER:
                look.colour = _COLOURS[value] if value < len(_COLOURS) else None
            elif number == _Sprm.COLOUR:
                look.colour = None if value >> 24 else from_bgr(value)
            elif number == _Sprm.HIGHLIGHT and value:
                look.shade, look.is_shaded = (_COLOURS[value] if value < len(_COLOURS) else None), True
            elif number == _Sprm.SHADE and (shade := _shade(operand)) is not None:
                look.shade, look.is_shaded = shade[0], True
            elif number == _Sprm.OLD_SHADE and value:
                look.is_shaded = True
            elif number == _Sprm.SYMBOL and len(operand) == 4:
                look.symbol = value & 0xFFFF, value >> 16


class _Pages:
    """Properties by places in the file: a plex of pages, each with its own runs."""

    def __init__(self, file: DocFile, number: int) -> None:
        self._stream = file.stream
        self._is_paragraphs = number == PARAGRAPHS
        self._starts, entries = plex(file.part(number), 4)
        self._pages = [int.from_bytes(entry, "little") & 0x3FFFFF for entry in entries]
        self._read: dict[int, tuple[list[int], list[bytes]]] = {}

    def within(self, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
        position = start
        page = max(bisect_right(self._starts, start) - 1, 0)
        while position < end and page < len(self._pages):
            starts, found = self._page(self._pages[page])
            for index in range(max(bisect_right(starts, position) - 1, 0), len(found)):
                low, high = max(starts[index], position), min(starts[index + 1], end)
                if low >= end:
                    break
                if low < high:
                    if low > position:
                        yield position, low, b""
                    yield low, high, found[index]
                    position = high
            page += 1
        if position < end:
            yield position, end, b""

    def at(self, offset: int) -> bytes:
        page = bisect_right(self._starts, offset) - 1
        if not 0 <= page < len(self._pages):
            return b""
        starts, found = self._page(self._pages[page])
        index = bisect_right(starts, offset) - 1
        return found[index] if 0 <= index < len(found) else b""

    def _page(self, number: int) -> tuple[list[int], list[bytes]]:
        if number not in self._read:
            if len(self._read) > 64:
                self._read.clear()
            page = self._stream[_PAGE * number : _PAGE * (number + 1)]
            self._read[number] = self._runs(page) if len(page) == _PAGE else ([], [])
        return self._read[number]

    def _runs(self, page: bytes) -> tuple[list[int], list[bytes]]:
        count = page[511]
        size = 13 if self._is_paragraphs else 1
        if 4 * (count + 1) + size * count > 511:
            return [], []
        starts = list(struct.unpack_from(f"<{count + 1}I", page))
        if starts != sorted(starts):
            return [], []
        found: list[bytes] = []
        for index in range(count):
            place = 2 * page[4 * (count + 1) + size * index]
            length = page[place] if place else 0
            if self._is_paragraphs and place and not length:
                place, length = place + 1, 2 * page[place + 1]
            elif self._is_paragraphs and place:
                length = 2 * length - 1
            found.append(page[place + 1 : place + 1 + length] if place else b"")
        return starts, found


def _arrange(shape: Shape, data: bytes) -> None:
    for number, operand in properties(data):
        value = int.from_bytes(operand, "little")
        if number == _Sprm.IN_TABLE:
            shape.in_table = bool(value)
        elif number == _Sprm.ROW_END:
            shape.row_end = bool(value)
        elif number == _Sprm.DEPTH:
            shape.depth = value
        elif number == _Sprm.INNER_CELL:
            shape.inner_cell = bool(value)
        elif number == _Sprm.INNER_ROW_END:
            shape.inner_row_end = bool(value)
        elif number == _Sprm.LEVEL:
            shape.level = value
        elif number == _Sprm.LIST:
            shape.list_id = value
        elif number == _Sprm.OUTLINE:
            shape.outline = value
        elif number == _Sprm.ROW:
            shape.row = _row(operand)
        elif number == _Sprm.PARAGRAPH_SHADE and (shade := _shade(operand)) is not None:
            shape.behind = shade[0]
        elif number in _CELL_SHADES:
            _fill_cells(shape.fills, _CELL_SHADES[number], operand[1:])
        elif number in _TABLE_STYLES:
            shape.has_style = True


def _fill_cells(fills: list[Colour | None], first: int, data: bytes) -> None:
    """Ten bytes for each cell from ``first`` on, as for a paragraph."""
    fills += [WHITE] * (first - len(fills))
    del fills[first:]
    for place in range(0, len(data) - 9, 10):
        shade = _shade(b"\x0a" + data[place : place + 10])
        fills.append(WHITE if shade is None else shade[0])


def _shade(operand: bytes) -> tuple[Colour | None] | None:
    """What is behind: (colour,), (None,) for a pattern of two, ``None`` for none. Size, front, back, pattern."""
    if len(operand) < 11:
        return None
    front, back, pattern = struct.unpack_from("<IIH", operand, 1)
    if pattern == 0:
        return None if back >> 24 else (from_bgr(back),)
    return (from_bgr(front),) if pattern == 1 and not front >> 24 else (None,)


def _row(operand: bytes) -> Row | None:
    """Size, number of cells, edges of 16 bits, then 20 bytes for each cell."""
    count = operand[2] if len(operand) > 2 else 0
    if not count or len(operand) < 3 + 2 * (count + 1):
        return None
    edges = struct.unpack_from(f"<{count + 1}h", operand, 3)
    start = 3 + 2 * (count + 1)
    flags = [
        int.from_bytes(operand[start + 20 * index : start + 20 * index + 2], "little")
        for index in range(count)
    ]
    # 2: merged with the cell to its left; 0x20: with the one above, 0x40: the first of those
    return Row(edges, tuple(bool(flag & 2) for flag in flags), tuple(flag & 0x60 == 0x20 for flag in flags))


def _styles(data: bytes) -> dict[int, Style]:
    found: dict[int, Style] = {}
    if len(data) < 6:
        return found
    position = 2 + int.from_bytes(data[:2], "little")
    count, base = struct.unpack_from("<HH", data, 2)
    for number in range(count):
        if position + 2 > len(data):
            break
        size = int.from_bytes(data[position : position + 2], "little")
        if size:
            found[number] = _style(data[position + 2 : position + 2 + size], base)
        position += 2 + size + size % 2
    return found


def _style(data: bytes, base: int) -> Style:
    """Built-in number and flags, kind and parent, ...; the name; the properties, each with its size before it."""
    style = Style()
    if len(data) < base + 2:
        return style
    built_in, second, third = struct.unpack_from("<HHH", data)
    kind, style.parent = second & 15, second >> 4
    length = int.from_bytes(data[base : base + 2], "little")
    label = data[base + 2 : base + 2 + 2 * length].decode("utf-16-le", "replace")
    named = _HEADING.match(label)
    if kind == 1 and 1 <= built_in & 0xFFF <= 9:
        style.heading = built_in & 0xFFF
    elif kind == 1 and named:
        style.heading = int(named.group(1))
    position = base + 4 + 2 * length
    parts: list[bytes] = []
    for _ in range(min(third & 15, 3)):
        position += position % 2
        size = int.from_bytes(data[position : position + 2], "little")
        parts.append(data[position + 2 : position + 2 + size])
        position += 2 + size
    if kind == 1 and parts:
        style.paragraphs = parts[0][2:]
        style.characters = parts[1] if len(parts) > 1 else b""
    elif kind == 2 and parts:
        style.characters = parts[0]
    return style
