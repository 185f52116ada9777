"""HWP 5: compressed streams of records, each with a tag, a level and data; by their levels they are a tree.

The layouts here and in the other ``hwp`` modules are those of Hancom's "Hwp Document File Formats 5.0", revision 1.3.

    header of a record, 32 bits: tag 10 | level 10 | size 12; size 0xFFF: the size follows in 32 bits
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import TypeAlias

# tags
STYLE, CHAR_SHAPE, NUMBERING, BULLET, PARA_SHAPE, BORDER_FILL, FACE_NAME = 26, 21, 23, 24, 25, 20, 19
PARA_HEADER, PARA_TEXT, PARA_CHAR_SHAPE, CTRL_HEADER, LIST_HEADER = 66, 67, 68, 71, 72
PAGE_BORDER_FILL, SHAPE_COMPONENT, TABLE, EQEDIT, TEXTART, FORM_OBJECT, MEMO_LIST = 75, 76, 77, 88, 90, 91, 93
OLE_OBJECT, PICTURE, CHART_DATA, VIDEO = 84, 85, 95, 98

# a section of 1,000 pages has 10 MB and 60,000 records
MAX_SECTION = 100 * 2**20
MAX_RECORDS = 1_000_000
# tables within tables: real documents stay below ten
_MAX_LEVEL = 100
_BLOCK = 2**16


@dataclass(slots=True)
class Record:
    tag: int
    data: bytes
    children: list[Record] = field(default_factory=list)

    def first(self, tag: int) -> Record | None:
        return next((child for child in self.children if child.tag == tag), None)

    def word(self, offset: int, default: int = 0) -> int:
        """The unsigned 16 bits at ``offset``."""
        return _number("<H", self.data, offset, default)

    def double(self, offset: int, default: int = 0) -> int:
        """The unsigned 32 bits at ``offset``."""
        return _number("<I", self.data, offset, default)

    def text(self, offset: int) -> tuple[str, int]:
        """A string with its length before it in 16 bits, and where it ends."""
        start = offset + 2
        end = start + 2 * self.word(offset)
        return self.data[start:end].decode("utf-16-le", "replace"), end


# the records at the top, and whether the stream was whole
Tree: TypeAlias = tuple[list[Record], bool]


def unpacked(data: bytes, compressed: bool) -> tuple[bytes, bool]:
    """The stream's bytes, at most ``MAX_SECTION``, and whether they are all there."""
    if not compressed:
        return data[:MAX_SECTION], len(data) <= MAX_SECTION
    unpacker = zlib.decompressobj(-15)
    found = bytearray()
    try:
        # block by block: what comes before a damaged one is kept
        for start in range(0, len(data), _BLOCK):
            found += unpacker.decompress(data[start : start + _BLOCK], MAX_SECTION - len(found))
            if unpacker.eof or len(found) >= MAX_SECTION:
                break
            found += unpacker.decompress(unpacker.unconsumed_tail, max(MAX_SECTION - len(found), 1))
    except zlib.error:
        return bytes(found), False
    return bytes(found), unpacker.eof


def tree(data: bytes) -> Tree:
    """Records by their levels; what does not fit the limits or the data is cut off."""
    top: list[Record] = []
    # the open record of each level
    path: list[list[Record]] = [top]
    position = 0
    for _ in range(MAX_RECORDS):
        if position + 4 > len(data):
            return top, position == len(data)
        (header,) = struct.unpack_from("<I", data, position)
        tag, level, size = header & 0x3FF, header >> 10 & 0x3FF, header >> 20
        position += 4
        if size == 0xFFF:
            if position + 4 > len(data):
                return top, False
            (size,) = struct.unpack_from("<I", data, position)
            position += 4
        if position + size > len(data) or level > _MAX_LEVEL:
            return top, False
        record = Record(tag, data[position : position + size])
        position += size
        # a level may be left out: the record then belongs to the deepest open one
        del path[min(level, len(path) - 1) + 1 :]
        path[-1].append(record)
        path.append(record.children)
    return top, False


def _number(layout: str, data: bytes, offset: int, default: int) -> int:
    try:
        (number,) = struct.unpack_from(layout, data, offset)
    except struct.error:
        return default
    return int(number)
