"""DOC: where things are in the file: the header (FIB), the pieces of the text, plexes. ``[MS-DOC]``"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass

from chatbot.errors import DocumentRefused
from ingest.parsing.formats.legacy.compound import CompoundFile

# places in the header of (offset, size) pairs in the table stream, by their number
STYLES, NOTE_REFS, NOTE_TEXTS, COMMENT_REFS, COMMENT_TEXTS, HEADERS, CHARACTERS, PARAGRAPHS = (
    1,
    2,
    3,
    4,
    5,
    11,
    12,
    13,
)
FONTS, PIECES, ENDNOTE_REFS, ENDNOTE_TEXTS, LISTS, LIST_OVERRIDES = 15, 33, 46, 47, 73, 74
_FIRST_PAIR = 154
_WORD_97 = 101
_ENCRYPTED, _FIRST_TABLE, _OBFUSCATED = 0x0100, 0x0200, 0x8000
_MAX_PIECES = 500_000
_MAX_CHARACTERS = 100_000_000
_DAMAGED = "The file is damaged. Open it in Word, save it again and retry."


@dataclass(frozen=True, slots=True)
class Parts:
    """Numbers of characters: the text is made of these documents, one after the other."""

    main: int
    notes: int
    headers: int
    macros: int
    comments: int
    endnotes: int
    boxes: int
    header_boxes: int

    def start(self, name: str) -> int:
        """The first character of one of them."""
        names = ("main", "notes", "headers", "macros", "comments", "endnotes", "boxes", "header_boxes")
        return sum(getattr(self, before) for before in names[: names.index(name)])


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters from ``start`` to ``end`` are at ``offset`` in the file, ``width`` bytes each; ``change`` alters their look."""

    start: int
    end: int
    offset: int
    width: int
    change: bytes


class DocFile:
    """A document's streams. Raises ``DocumentRefused`` for what is encrypted, older than Word 97, or damaged."""

    def __init__(self, compound: CompoundFile) -> None:
        self.stream = compound.read("WordDocument")
        if len(self.stream) < _FIRST_PAIR:
            raise DocumentRefused(_DAMAGED)
        magic, version = struct.unpack_from("<HH", self.stream)
        flags = struct.unpack_from("<H", self.stream, 10)[0]
        if flags & (_ENCRYPTED | _OBFUSCATED):
            raise DocumentRefused("The file is protected by a password. Save a copy without one.")
        if magic != 0xA5EC or version < _WORD_97:
            raise DocumentRefused(
                "This document is of Word 95 or older and cannot be read. Open it in Word and save it as .docx."
            )
        self.table = compound.read("1Table" if flags & _FIRST_TABLE else "0Table")
        self.data = compound.read_if_present("Data")
        self.has_objects = any(name.lower().startswith("objectpool/") for name in compound.names)
        counts = struct.unpack_from("<8i", self.stream, 0x4C)
        if min(counts) < 0 or sum(counts) > _MAX_CHARACTERS:
            raise DocumentRefused(_DAMAGED)
        self.parts = Parts(*counts)
        try:
            self.pieces = self._pieces()
        except (struct.error, IndexError) as error:
            raise DocumentRefused(_DAMAGED) from error
        if not self.pieces:
            raise DocumentRefused(_DAMAGED)
        self._starts = [piece.start for piece in self.pieces]

    def part(self, number: int) -> bytes:
        """One of the parts of the table stream, empty where there is none."""
        place = _FIRST_PAIR + 8 * number
        if place + 8 > len(self.stream):
            return b""
        offset, size = struct.unpack_from("<II", self.stream, place)
        return self.table[offset : offset + size] if size else b""

    def after(self, number: int) -> bytes:
        """What follows a part in the table stream."""
        offset, size = struct.unpack_from("<II", self.stream, _FIRST_PAIR + 8 * number)
        return self.table[offset + size :]

    def plex(self, number: int, size: int) -> tuple[list[int], list[bytes]]:
        """Positions, and the data of ``size`` bytes that belongs to each but the last."""
        return plex(self.part(number), size)

    def pieces_within(self, start: int, end: int) -> list[Piece]:
        """The pieces of the text, cut to these characters."""
        first = max(bisect_right(self._starts, start) - 1, 0)
        found: list[Piece] = []
        for piece in self.pieces[first:]:
            if piece.start >= end:
                break
            low, high = max(piece.start, start), min(piece.end, end)
            if low < high:
                offset = piece.offset + (low - piece.start) * piece.width
                found.append(Piece(low, high, offset, piece.width, piece.change))
        return found

    def characters(self, piece: Piece) -> str:
        """As many characters as 16-bit units or bytes; surrogates stay two."""
        raw = self.stream[piece.offset : piece.offset + (piece.end - piece.start) * piece.width]
        if piece.width == 1:
            return raw.decode("cp1252", "replace")
        return "".join(map(chr, struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])))

    def _pieces(self) -> list[Piece]:
        data, position = self.part(PIECES), 0
        changes: list[bytes] = []
        while position < len(data) and data[position] == 1:
            size = struct.unpack_from("<H", data, position + 1)[0]
            changes.append(data[position + 3 : position + 3 + size])
            position += 3 + size
        if position >= len(data) or data[position] != 2:
            return []
        positions, found = plex(data[position + 5 :], 8)
        pieces: list[Piece] = []
        for index, entry in enumerate(found[:_MAX_PIECES]):
            place, change = struct.unpack_from("<IH", entry, 2)
            width = 1 if place & 0x40000000 else 2
            offset = (place & 0x3FFFFFFF) // (2 if width == 1 else 1)
            if positions[index + 1] > positions[index]:
                known = changes[change >> 1] if change & 1 and change >> 1 < len(changes) else b""
                pieces.append(Piece(positions[index], positions[index + 1], offset, width, known))
        return pieces


def plex(data: bytes, size: int) -> tuple[list[int], list[bytes]]:
    """n + 1 positions of 32 bits, then n times ``size`` bytes."""
    count = max((len(data) - 4) // (4 + size), 0)
    if len(data) < 4:
        return [], []
    positions = list(struct.unpack_from(f"<{count + 1}I", data))
    start = 4 * (count + 1)
    return positions, [data[start + size * index : start + size * (index + 1)] for index in range(count)]
