"""Records of Excel 97-2003 (BIFF8) and Excel 5 (BIFF5): ``[MS-XLS]``; a record is (number 16 bits, size 16 bits, data).

Data beyond 8,224 bytes goes on in records CONTINUE; a string that is cut there says anew whether it has 8 or 16 bits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.parsing.formats.ooxml.sheets.strings import Run, Text
from ingest.parsing.formats.ooxml.sheets.styles import Font
from ingest.parsing.formats.scripts import Level

BOF, END = 0x809, 0x0A
CONTINUE = 0x3C
_MAX_RECORDS = 5_000_000


@dataclass(frozen=True, slots=True)
class Biff:
    """A record with those that continue it; ``parts[0]`` is its own data."""

    number: int
    parts: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        return self.parts[0]


def records(data: bytes, start: int) -> Iterator[Biff]:
    """Records from ``start`` on; ends at the first that is cut off."""
    number = -1
    parts: list[bytes] = []
    position = start
    for _ in range(_MAX_RECORDS):
        if position + 4 > len(data):
            break
        following, size = struct.unpack_from("<HH", data, position)
        chunk = data[position + 4 : position + 4 + size]
        if len(chunk) < size:
            break
        position += 4 + size
        if following == CONTINUE and parts:
            parts.append(chunk)
            continue
        if parts:
            yield Biff(number, tuple(parts))
        number, parts = following, [chunk]
    if parts:
        yield Biff(number, tuple(parts))


class Reader:
    """Reads the parts of one record as one; raises ``struct.error`` at its end."""

    def __init__(self, parts: tuple[bytes, ...], position: int = 0) -> None:
        self._parts = parts
        self._at = 0
        self._position = position

    def number(self, layout: str) -> int:
        size = struct.calcsize(layout)
        (value,) = struct.unpack(layout, self.bytes(size))
        return int(value)

    def bytes(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            part = self._parts[self._at]
            piece = part[self._position : self._position + size - len(found)]
            found += piece
            self._position += len(piece)
            if len(found) < size:
                self._next()
        return found

    def characters(self, count: int, is_wide: bool) -> str:
        """Each part that a string goes on in begins with a flag of its own."""
        found: list[str] = []
        while count:
            part = self._parts[self._at]
            width = 2 if is_wide else 1
            taken = min(count, (len(part) - self._position) // width)
            piece = part[self._position : self._position + taken * width]
            found.append(piece.decode("utf-16-le" if is_wide else "latin-1", "replace"))
            self._position += len(piece)
            count -= taken
            if count:
                self._next()
                is_wide = bool(self.number("<B") & 1)
        return "".join(found)

    def _next(self) -> None:
        self._at, self._position = self._at + 1, 0
        if self._at >= len(self._parts):
            raise struct.error("the record ends too early")


@dataclass(slots=True)
class Texts:
    """How strings are stored: BIFF8 in Unicode, BIFF5 in the ``codec`` of its computer. ``fonts`` are for runs of text."""

    is_biff8: bool
    codec: str
    fonts: list[tuple[Font, Level]]

    def short(self, data: bytes, position: int, length: int = 1) -> str:
        """A plain string with its length in 8 or 16 bits (``length`` in bytes) before it."""
        count = int.from_bytes(data[position : position + length], "little")
        if not self.is_biff8:
            return self._decoded(data[position + length : position + length + count])
        start = position + length + 1
        is_wide = bool(data[start - 1 : start] and data[start - 1] & 1)
        return data[start : start + (2 if is_wide else 1) * count].decode(
            "utf-16-le" if is_wide else "latin-1", "replace"
        )

    def rich(self, reader: Reader) -> Text:
        """A string of BIFF8 with the fonts of its runs."""
        count, flags = reader.number("<H"), reader.number("<B")
        runs = reader.number("<H") if flags & 8 else 0
        extra = reader.number("<I") if flags & 4 else 0
        text = reader.characters(count, bool(flags & 1))
        formats = [(reader.number("<H"), reader.number("<H")) for _ in range(runs)]
        # phonetic readings above the characters
        while extra > 0:
            reader.bytes(min(extra, 4096))
            extra -= 4096
        return self._styled(text, formats)

    def labelled(self, biff: Biff) -> Text:
        """The text of a LABEL or RSTRING, which stands in its cell."""
        if self.is_biff8:
            return self.rich(Reader(biff.parts, 6))
        return self.short(biff.data, 6, 2)

    def _styled(self, text: str, formats: list[tuple[int, int]]) -> Text:
        if not formats:
            return text
        units = text.encode("utf-16-le", "surrogatepass")
        starts = [0, *(2 * place for place, _ in formats)]
        fonts = [None, *(self._font(number) for _, number in formats)]
        runs: list[Run] = []
        for start, end, font in zip(starts, [*starts[1:], len(units)], fonts, strict=True):
            if part := units[start:end].decode("utf-16-le", "replace"):
                runs.append(Run(part) if font is None else Run(part, font[1], font[0]))
        return tuple(runs)

    def _font(self, number: int) -> tuple[Font, Level] | None:
        # there is no font 4
        place = number - (number > 4)
        return self.fonts[place] if 0 <= place < len(self.fonts) else None

    def _decoded(self, data: bytes) -> str:
        try:
            return data.decode(self.codec, "replace")
        except LookupError:
            return data.decode("cp1252", "replace")


def rk(value: int) -> float:
    """The number in 30 bits: whole or the upper half of a float, by 100 or not."""
    if value & 2:
        number = float((value >> 2) - (1 << 30 if value & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<Q", (value & 0xFFFFFFFC) << 32))
    return number / 100 if value & 1 else number
