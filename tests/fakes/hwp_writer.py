"""Writes HWP 5 files for tests: records of the public format, compressed, in a compound file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fakes.compound_writer import compound_file

BLACK, WHITE, NONE = 0x000000, 0xFFFFFF, 0xFFFFFFFF
# a control: what stands for it among the characters, and its records
Control = tuple[str, bytes]


def record(tag: int, level: int, data: bytes = b"") -> bytes:
    size = len(data)
    head = tag | level << 10 | min(size, 0xFFF) << 20
    return struct.pack("<I", head) + (struct.pack("<I", size) if size >= 0xFFF else b"") + data


def string(text: str) -> bytes:
    units = text.encode("utf-16-le")
    return struct.pack("<H", len(units) // 2) + units


def control_id(kind: str) -> bytes:
    return kind.encode("ascii")[::-1]


def extended(code: int, kind: str) -> str:
    """The eight characters that stand for a control with a record."""
    low, high = struct.unpack("<2H", control_id(kind))
    return chr(code) + chr(low) + chr(high) + "\0" * 4 + chr(code)


def inline(code: int) -> str:
    return chr(code) + "\0" * 6 + chr(code)


def char_shape(size: float = 10, colour: int = BLACK, shade: int = NONE, attributes: int = 0) -> bytes:
    return bytes(42) + struct.pack("<iIHIIII", int(size * 100), attributes, 0, colour, 0, shade, 0)


def para_shape(head: int = 0, level: int = 0, list_id: int = 0, fill: int = 0) -> bytes:
    return (
        struct.pack("<I", head << 23 | level << 25)
        + bytes(26)
        + struct.pack("<HH", list_id, fill)
        + bytes(20)
    )


def numbering(
    formats: Sequence[str], kinds: Sequence[int], start: int = 0, starts: Sequence[int] = (1,) * 7
) -> bytes:
    levels = b"".join(
        struct.pack("<IHHI", kind << 5, 0, 0, NONE) + string(text)
        for text, kind in zip(formats, kinds, strict=True)
    )
    return levels + struct.pack("<H", start) + struct.pack("<7I", *starts)


def solid(colour: int) -> bytes:
    """A border that fills what it surrounds."""
    return bytes(32) + struct.pack("<IIIi", 1, colour, 0, -1)


def paragraph(
    text: str,
    level: int = 0,
    *,
    style: int = 0,
    shape: int = 0,
    runs: Sequence[tuple[int, int]] = ((0, 0),),
    controls: Iterable[bytes] = (),
) -> bytes:
    """``runs``: (first character, character shape); ``controls``: their records, one level below."""
    text += "\r"
    units = text.encode("utf-16-le")
    head = struct.pack("<IIHBBHHHI", len(units) // 2, 0, shape, style, 0, len(runs), 0, 0, 0)
    shapes = b"".join(struct.pack("<II", *run) for run in runs)
    return b"".join(
        [record(66, level, head), record(67, level + 1, units), record(68, level + 1, shapes), *controls]
    )


def control(kind: str, level: int, data: bytes = b"", inner: bytes = b"") -> bytes:
    return record(71, level, control_id(kind) + data) + inner


def listed(level: int, *paragraphs: bytes, data: bytes = b"") -> bytes:
    """A list: its paragraphs were made for the same level as its header, as Hangul writes them."""
    return record(72, level, struct.pack("<II", len(paragraphs), 0) + data) + b"".join(paragraphs)


@dataclass(frozen=True)
class TableCell:
    row: int
    column: int
    text: str = ""
    rows: int = 1
    columns: int = 1
    fill: int = 0
    runs: Sequence[tuple[int, int]] = ((0, 0),)
    content: bytes = b""


def table(level: int, cells: Sequence[TableCell]) -> bytes:
    """The records of a table whose control is at ``level``."""
    rows = max(cell.row + cell.rows for cell in cells)
    columns = max(cell.column + cell.columns for cell in cells)
    records = record(
        77, level + 1, struct.pack("<IHH", 0, rows, columns) + bytes(10) + bytes(2 * rows) + bytes(4)
    )
    for cell in cells:
        place = struct.pack(
            "<4H2I4HH", cell.column, cell.row, cell.columns, cell.rows, 0, 0, 0, 0, 0, 0, cell.fill
        )
        inner = cell.content or paragraph(cell.text, level + 1, runs=cell.runs)
        records += listed(level + 1, inner, data=place)
    return control("tbl ", level, bytes(40), records)


def with_table(cells: Sequence[TableCell], level: int = 0) -> bytes:
    return paragraph(extended(11, "tbl "), level, controls=[table(level + 1, cells)])


def section_start(outline: int = 0) -> bytes:
    """The first paragraph of a section; ``outline`` is the numbering of its headings, from 1."""
    data = bytes(14) + struct.pack("<H", outline) + bytes(20)
    return paragraph(extended(2, "secd"), controls=[control("secd", 1, data)])


@dataclass
class HwpFile:
    """The first shapes are plain: 10 points, black on nothing."""

    sections: list[bytes]
    characters: list[bytes] = field(default_factory=list)
    paragraphs: list[bytes] = field(default_factory=list)
    numberings: list[bytes] = field(default_factory=list)
    fills: list[bytes] = field(default_factory=list)
    styles: Sequence[str] = ("바탕글",)
    flags: int = 1

    def data(self) -> bytes:
        info = b"".join(
            [
                *(record(20, 0, data) for data in self.fills),
                *(record(21, 0, data) for data in [char_shape(), *self.characters]),
                *(record(23, 0, data) for data in self.numberings),
                *(record(25, 0, data) for data in [para_shape(), *self.paragraphs]),
                *(record(26, 0, string(name) + string("") + bytes(8)) for name in self.styles),
            ]
        )
        header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010100, self.flags)
        streams = {"FileHeader": header.ljust(256, b"\0"), "DocInfo": self._packed(info)}
        streams |= {
            f"BodyText/Section{number}": self._packed(data) for number, data in enumerate(self.sections)
        }
        return compound_file({**streams, "\x05HwpSummaryInformation": bytes(64)})

    def _packed(self, data: bytes) -> bytes:
        if not self.flags & 1:
            return data
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(data) + packer.flush()
