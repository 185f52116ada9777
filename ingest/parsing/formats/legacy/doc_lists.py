"""DOC: automatic numbers of paragraphs, by lists and their levels. ``[MS-DOC]`` 2.9.131 (LFO), 2.9.147 (LSTF), 2.9.150 (LVL)"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from ingest.parsing.formats.legacy.doc_file import LIST_OVERRIDES, LISTS, DocFile
from ingest.parsing.formats.numbering import counter

_LEVELS = 9
_MAX_LISTS = 5_000
_BULLET = 23
# Word's numbers of the formats, by the names that DOCX gives them
_KINDS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 5: "ordinal", 6: "cardinalText",
    7: "ordinalText", 10: "ideographDigital", 11: "japaneseCounting", 12: "aiueo", 13: "iroha", 14: "decimalFullWidth",
    18: "decimalEnclosedCircle", 19: "decimalFullWidth2", 22: "decimalZero", 24: "ganada", 25: "chosung",
    26: "decimalEnclosedFullstop", 27: "decimalEnclosedParen", 28: "decimalEnclosedCircleChinese",
    30: "ideographTraditional", 31: "ideographZodiac", 37: "chineseCounting", 41: "koreanDigital",
    42: "koreanCounting", 43: "koreanLegal", 44: "koreanDigital2", 57: "numberInDash", 58: "russianLower",
    59: "russianUpper", 255: "none",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    """``text`` holds characters 0-8 for the numbers of the levels."""

    start: int
    kind: int
    text: str


@dataclass(slots=True)
class _List:
    levels: list[_Level] = field(default_factory=list)
    counts: list[int] = field(default_factory=lambda: [0] * _LEVELS)


class Lists:
    """The lists of a document, with the numbers that they have reached."""

    def __init__(self, file: DocFile) -> None:
        self._lists: dict[int, _List] = {}
        self._overrides: list[tuple[int, dict[int, int]]] = []
        self._begun: set[tuple[int, int]] = set()
        try:
            self._read_lists(file)
            self._read_overrides(file)
        except (struct.error, IndexError):
            pass  # what was read until there numbers its paragraphs

    def label(self, override: int, level: int) -> tuple[str, bool]:
        """What stands before the next paragraph of list ``override`` (from 1), and whether that is a bullet."""
        if not 0 < override <= len(self._overrides) or not 0 <= level < _LEVELS:
            return "", False
        identifier, starts = self._overrides[override - 1]
        found = self._lists.get(identifier)
        if found is None or level >= len(found.levels):
            return "", False
        form = found.levels[level]
        if form.kind == _BULLET:
            return "", True
        counts = found.counts
        if level in starts and (override, level) not in self._begun:
            self._begun.add((override, level))
            counts[level] = starts[level]
        else:
            counts[level] = counts[level] + 1 if counts[level] else max(form.start, 0)
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)
        label = ""
        for char in form.text:
            of = ord(char)
            if of < _LEVELS:
                if of <= level and of < len(found.levels):
                    counts[of] = counts[of] or max(found.levels[of].start, 0)
                    label += counter(counts[of], _KINDS.get(found.levels[of].kind, "decimal"))
            else:
                label += char
        return label.strip(), False

    def _read_lists(self, file: DocFile) -> None:
        """LSTF of 28 bytes each; the levels of all of them follow the part."""
        data, levels = file.part(LISTS), file.after(LISTS)
        if len(data) < 2:
            return
        position = 0
        for number in range(min(struct.unpack_from("<H", data)[0], _MAX_LISTS)):
            start = 2 + 28 * number
            (identifier,) = struct.unpack_from("<i", data, start)
            found = self._lists.setdefault(identifier, _List())
            for _ in range(1 if data[start + 26] & 1 else _LEVELS):
                level, position = _level(levels, position)
                found.levels.append(level)

    def _read_overrides(self, file: DocFile) -> None:
        """LFO of 16 bytes each, then for each its changes: new starts, or levels of its own."""
        data = file.part(LIST_OVERRIDES)
        if len(data) < 4:
            return
        count = min(struct.unpack_from("<I", data)[0], _MAX_LISTS)
        changes: list[int] = []
        for number in range(count):
            (identifier,) = struct.unpack_from("<i", data, 4 + 16 * number)
            self._overrides.append((identifier, {}))
            changes.append(data[4 + 16 * number + 12])
        position = 4 + 16 * count
        for number, of in enumerate(changes):
            position += 4
            for _ in range(of):
                start, flags = struct.unpack_from("<iI", data, position)
                position += 8
                level = flags & 15
                if flags & 0x20:
                    own, position = _level(data, position)
                    start = own.start
                if flags & 0x30:
                    self._overrides[number][1][level] = start


def _level(data: bytes, position: int) -> tuple[_Level, int]:
    """28 bytes; properties of paragraph and number; the text with its length in 16 bits before it."""
    start, kind = struct.unpack_from("<iB", data, position)
    characters, paragraphs = data[position + 24], data[position + 25]
    position += 28 + paragraphs + characters
    (length,) = struct.unpack_from("<H", data, position)
    end = position + 2 + 2 * length
    return _Level(start, kind, data[position + 2 : end].decode("utf-16-le", "replace")), end
