"""PPT: automatic numbers, which newer versions keep beside the looks of a text. ``[MS-PPT]`` 2.9.67, 2.13.35"""

from __future__ import annotations

import struct
from typing import TypeAlias

from ingest.parsing.formats.legacy.slides.records import Atom, atoms

_BLOB, _STYLES, _OUTLINE, _OUTLINE_HEADER = 5003, 4012, 4014, 4015
# by their numbers in PPT, as PPTX names them
_KINDS = (
    "alphaLcPeriod", "alphaUcPeriod", "arabicParenR", "arabicPeriod", "romanLcParenBoth", "romanLcParenR",
    "romanLcPeriod", "romanUcPeriod", "alphaLcParenBoth", "alphaLcParenR", "alphaUcParenBoth", "alphaUcParenR",
    "arabicParenBoth", "arabicPlain", "romanUcParenBoth", "romanUcParenR", "ea1ChsPlain", "ea1ChsPeriod",
    "circleNumDbPlain", "circleNumWdWhitePlain", "circleNumWdBlackPlain", "ea1ChtPlain", "ea1ChtPeriod", "arabic1Minus",
    "arabic2Minus", "hebrew2Minus", "ea1JpnKorPlain", "ea1JpnKorPeriod", "arabicDbPlain", "arabicDbPeriod",
)  # fmt: skip
# what a paragraph has that is numbered without saying how
_DEFAULT = ("arabicPeriod", 1)
_MAX_STYLES = 10_000

# the kind and the first number, ``None`` for what is not numbered; a run of text names one by its place
Numbering: TypeAlias = tuple[tuple[str, int] | None, ...]


def numbering_of(shape: Atom) -> Numbering:
    """What the data of a shape say of its own text."""
    for blob in shape.within(_BLOB):
        for atom in atoms(blob.data):
            if atom.type == _STYLES:
                return _read(atom.data)
    return ()


def outline_numbering(document: Atom) -> dict[tuple[int, int], Numbering]:
    """Of the texts in the outline, by the number of their slide and their kind."""
    found: dict[tuple[int, int], Numbering] = {}
    for blob in document.within(_BLOB):
        for holder in atoms(blob.data):
            if holder.type != _OUTLINE:
                continue
            key = (-1, -1)
            for atom in holder.inner():
                if atom.type == _OUTLINE_HEADER:
                    key = atom.double(0), atom.double(4)
                elif atom.type == _STYLES:
                    found.setdefault(key, _read(atom.data))
    return found


def _read(data: bytes) -> Numbering:
    """Of each style: a mask and what it says of paragraphs, of characters, and of their language."""
    found: list[tuple[str, int] | None] = []
    position = 0
    while position + 12 <= len(data) and len(found) < _MAX_STYLES:
        try:
            mask, position = _double(data, position)
            position += 2 if mask & 0x800000 else 0
            is_numbered = False
            if mask & 0x2000000:
                is_numbered = struct.unpack_from("<h", data, position)[0] > 0
                position += 2
            kind, start = _DEFAULT
            if mask & 0x1000000:
                scheme, start = struct.unpack_from("<HH", data, position)
                kind = _KINDS[scheme] if scheme < len(_KINDS) else kind
                position += 4
            position += 4 if mask & 0x4000000 else 0
            mask, position = _double(data, position)
            position += 4 if mask & 0x100000 else 0
            mask, position = _double(data, position)
            # spelling, two languages, an extension, the direction
            position += 2 * (mask & 7).bit_count() + (4 if mask & 0x20 else 0) + (2 if mask & 0x40 else 0)
        except struct.error:
            break
        found.append((kind, start) if is_numbered else None)
    return tuple(found)


def _double(data: bytes, position: int) -> tuple[int, int]:
    return struct.unpack_from("<I", data, position)[0], position + 4
