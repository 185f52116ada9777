"""Writes DOC files (Word 97) for tests: a header, the text in 16 bits, properties on a page of 512 bytes each."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from fakes.compound_writer import compound_file

_TEXT = 1024
_PAGE = 512


def sprm(number: int, operand: bytes) -> bytes:
    return struct.pack("<H", number) + operand


HIDDEN = sprm(0x083C, b"\1")
DELETED = sprm(0x0800, b"\1")
RAISED, LOWERED = sprm(0x2A48, b"\1"), sprm(0x2A48, b"\2")
WHITE = sprm(0x2A42, b"\x08")
TINY = sprm(0x4A43, struct.pack("<H", 2))
SPECIAL = sprm(0x0855, b"\1")
IN_TABLE, ROW_END = sprm(0x2416, b"\1"), sprm(0x2417, b"\1")


def listed(override: int, level: int = 0) -> bytes:
    return sprm(0x460B, struct.pack("<H", override)) + sprm(0x260A, bytes([level]))


def row(edges: Sequence[int], flags: Sequence[int]) -> bytes:
    """The columns of a row that ends here: their edges, and how each cell is merged."""
    body = bytes([len(flags)]) + struct.pack(f"<{len(edges)}h", *edges)
    body += b"".join(struct.pack("<H", flag) + bytes(18) for flag in flags)
    return IN_TABLE + ROW_END + sprm(0xD608, struct.pack("<H", len(body) + 1) + body)


@dataclass(frozen=True)
class Para:
    """``text`` with the mark at its end; ``runs``: (first, one after the last, properties)."""

    text: str
    shape: bytes = b""
    style: int = 0
    runs: Sequence[tuple[int, int, bytes]] = ()


@dataclass
class DocFileMaker:
    """``parts``: further documents behind the main one, by the place of their length in the header."""

    main: Sequence[Para]
    parts: dict[int, Sequence[Para]] = field(default_factory=dict)
    tables: dict[int, bytes] = field(default_factory=dict)
    after: dict[int, bytes] = field(default_factory=dict)
    styles: Sequence[int] = (0, 1, 2)
    flags: int = 0
    version: int = 193
    eight_bits: bool = False
    streams: dict[str, bytes] = field(default_factory=dict)

    def data(self) -> bytes:
        groups = [self.main, *(self.parts[place] for place in sorted(self.parts))]
        paragraphs = [paragraph for group in groups for paragraph in group]
        units = [
            paragraph.text.encode("cp1252" if self.eight_bits else "utf-16-le") for paragraph in paragraphs
        ]
        width = 1 if self.eight_bits else 2
        text = b"".join(units)
        first_page = -(-(_TEXT + len(text)) // _PAGE)
        pages, starts, position = b"", [], _TEXT
        for paragraph, encoded in zip(paragraphs, units, strict=True):
            end = position + len(encoded)
            starts.append(position)
            pages += _characters(paragraph, position, end, width) + _paragraph(paragraph, position, end)
            position = end
        count = len(paragraphs)
        plexes = {
            kind: struct.pack(f"<{count + 1}I", *starts, position)
            + struct.pack(f"<{count}I", *(first_page + 2 * index + half for index in range(count)))
            for kind, half in ((12, 0), (13, 1))
        }
        length = len(text) // width
        place = _TEXT * 2 | 0x40000000 if self.eight_bits else _TEXT
        pieces = struct.pack("<II", 0, length) + struct.pack("<HIH", 0, place, 0)
        tables = {
            1: _styles(self.styles),
            **plexes,
            33: b"\2" + struct.pack("<I", len(pieces)) + pieces,
            **self.tables,
        }
        header = bytearray(_TEXT)
        struct.pack_into("<HH", header, 0, 0xA5EC, self.version)
        struct.pack_into("<H", header, 10, 0x0200 | self.flags)
        struct.pack_into("<I", header, 0x4C, sum(len(paragraph.text) for paragraph in self.main))
        for at, group in self.parts.items():
            struct.pack_into("<I", header, at, sum(len(paragraph.text) for paragraph in group))
        table = b"\0" * 16
        for number, data in tables.items():
            struct.pack_into("<II", header, 154 + 8 * number, len(table), len(data))
            table += data + self.after.get(number, b"")
        stream = bytes(header) + text
        stream = stream.ljust(first_page * _PAGE, b"\0") + pages
        return compound_file({"WordDocument": stream, "1Table": table, **self.streams})


def positions(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}I", *values)


def _characters(paragraph: Para, start: int, end: int, width: int) -> bytes:
    marks = [(first, last, data) for first, last, data in paragraph.runs]
    bounds, found, at = [start], [], 0
    for first, last, data in marks:
        if first > at:
            bounds.append(start + first * width)
            found.append(b"")
        bounds.append(start + last * width)
        found.append(data)
        at = last
    if bounds[-1] < end:
        bounds.append(end)
        found.append(b"")
    return _page(bounds, [bytes([len(data)]) + data if data else b"" for data in found], 1)


def _paragraph(paragraph: Para, start: int, end: int) -> bytes:
    data = struct.pack("<H", paragraph.style) + paragraph.shape
    data += b"\0" * (len(data) % 2)
    return _page([start, end], [bytes([0, len(data) // 2]) + data], 13)


def _page(bounds: Sequence[int], entries: Sequence[bytes], size: int) -> bytes:
    page = bytearray(_PAGE)
    struct.pack_into(f"<{len(bounds)}I", page, 0, *bounds)
    place = 510
    for index, entry in enumerate(entries):
        if entry:
            place = (place - len(entry)) // 2 * 2
            page[place : place + len(entry)] = entry
            page[4 * len(bounds) + size * index] = place // 2
    page[511] = len(entries)
    return bytes(page)


def _styles(built_in: Sequence[int]) -> bytes:
    """Paragraph styles by the numbers that Word has for its own: 0 the plain one, 1 to 9 headings."""
    found = struct.pack("<HHH", 18, len(built_in), 10) + bytes(14)
    for number in built_in:
        name = f"s{number}"
        body = (
            struct.pack("<5H", number, 1 | 0xFFF << 4, 0, 0, 0)
            + struct.pack("<H", len(name))
            + name.encode("utf-16-le")
        )
        body += b"\0\0"
        found += struct.pack("<H", len(body)) + body
    return found
