"""PPT: a text with the looks of its runs -> lines. ``[MS-PPT]`` 2.9.44 (StyleTextPropAtom), 2.9.14 (TextCFException)"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import Colour, unseen
from ingest.parsing.formats.legacy.ppt_records import Atom
from ingest.parsing.formats.scripts import Line

HEADER, CHARACTERS, STYLES, BYTES, OUTLINE_REFERENCE = 3999, 4000, 4001, 4008, 3998
# the number of the slide, dates, headers: a "*" in the text stands for them
_PASSING = frozenset({4056, 4087, 4088, 4089, 4090, 4117})
TITLES = frozenset({0, 6})
# paragraph properties in their order: mask -> bytes
_PARAGRAPH = (
    (0xF, 2), (1 << 7, 2), (1 << 4, 2), (1 << 6, 2), (1 << 5, 4), (1 << 11, 2), (1 << 12, 2), (1 << 13, 2), (1 << 14, 2),
    (1 << 8, 2), (1 << 10, 2), (1 << 15, 2), (1 << 20, -1), (1 << 16, 2), (0xE0000, 2), (1 << 21, 2),
)  # fmt: skip
_CHARACTER = (
    (0xFFFF, 2),
    (1 << 16, 2),
    (1 << 21, 2),
    (1 << 22, 2),
    (1 << 23, 2),
    (1 << 17, 2),
    (1 << 18, 4),
    (1 << 19, 2),
)
_SIZE, _COLOUR, _POSITION = 1 << 17, 1 << 18, 1 << 19
_RGB = 0xFE


@dataclass(frozen=True, slots=True)
class PptLine:
    """A paragraph: its text, how deep it is in a list (0 for the first level), and whether it has a bullet."""

    text: str
    depth: int
    has_bullet: bool


@dataclass(frozen=True, slots=True)
class _Run:
    end: int
    size: int = 0
    colour: Colour | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class PptText:
    """One text of a shape. ``kind``: 0 and 6 titles, 1, 5, 7, 8 bodies, 2 notes, 4 others."""

    kind: int
    text: str
    styles: bytes = b""
    passing: frozenset[int] = frozenset()

    def lines(self, behind: Colour | None, hidden: list[tuple[str, How]]) -> list[PptLine]:
        """Its paragraphs; what nobody sees before ``behind`` goes to ``hidden``."""
        paragraphs, runs = self._styled()
        found: list[PptLine] = []
        start = 0
        for number, text in enumerate(self.text.split("\r")):
            depth, bullet = paragraphs[number] if number < len(paragraphs) else (0, self.kind in (1, 5, 7, 8))
            line = Line()
            for low, high, run in _cut(runs, start, start + len(text)):
                part = self.text[low:high]
                part = "".join("" if low + at in self.passing else char for at, char in enumerate(part))
                part = part.replace("\x0b", "\n")
                how = unseen(run.colour, behind, run.size or None) if part.strip() else None
                if how is not None:
                    hidden.append((part, how))
                else:
                    line.add(part, 1 if run.position > 0 else -1 if run.position < 0 else 0)
            found.append(PptLine(line.text(), depth, bullet))
            start += len(text) + 1
        return found

    def _styled(self) -> tuple[list[tuple[int, bool]], list[_Run]]:
        """Depth and bullet of each paragraph, and the runs; nothing where the styles are damaged."""
        total = len(self.text) + 1
        try:
            paragraphs, position = self._paragraphs(total)
            return paragraphs, _runs(self.styles, position, total)
        except (struct.error, IndexError):
            return [], []

    def _paragraphs(self, total: int) -> tuple[list[tuple[int, bool]], int]:
        found: list[tuple[int, bool]] = []
        position = covered = 0
        ends = [at for at, char in enumerate(self.text) if char == "\r"] + [len(self.text)]
        default = self.kind in (1, 5, 7, 8)
        while covered < total:
            count, depth, mask = struct.unpack_from("<IHI", self.styles, position)
            position += 10
            bullet = default
            for flag, size in _PARAGRAPH:
                if not mask & flag:
                    continue
                if flag == 0xF and mask & 1:
                    bullet = bool(self.styles[position] & 1)
                if size < 0:
                    size = 2 + 4 * struct.unpack_from("<H", self.styles, position)[0]
                position += size
            covered += max(count, 1)
            while len(found) < len(ends) and ends[len(found)] < covered:
                found.append((depth, bullet))
        return found, position


def _runs(styles: bytes, position: int, total: int) -> list[_Run]:
    found: list[_Run] = []
    covered = 0
    while covered < total:
        count, mask = struct.unpack_from("<II", styles, position)
        position += 8
        size, colour, raised = 0, None, 0
        for flag, width in _CHARACTER:
            if not mask & flag:
                continue
            operand = styles[position : position + width]
            if flag == _SIZE:
                size = int.from_bytes(operand, "little")
            elif flag == _COLOUR and operand[3] == _RGB:
                colour = operand[0], operand[1], operand[2]
            elif flag == _POSITION:
                raised = int.from_bytes(operand, "little", signed=True)
            position += width
        covered += max(count, 1)
        found.append(_Run(covered, size, colour, raised))
    return found


def _cut(runs: Sequence[_Run], start: int, end: int) -> Iterator[tuple[int, int, _Run]]:
    position = start
    for run in runs:
        if run.end > position and position < end:
            yield position, min(run.end, end), run
            position = min(run.end, end)
    if position < end:
        yield position, end, _Run(end)


def texts_of(records: Sequence[Atom]) -> list[PptText]:
    """The texts in a row of records, each of which begins with a header."""
    found: list[PptText] = []
    kind, text, styles = 4, None, b""
    passing: set[int] = set()
    for atom in [*records, Atom(HEADER, 0, b"", False)]:
        if atom.type == HEADER:
            if text is not None:
                found.append(PptText(kind, text, styles, frozenset(passing)))
            kind, text, styles, passing = atom.double(0), None, b"", set()
        elif atom.type in (CHARACTERS, BYTES):
            text = atom.data.decode("utf-16-le" if atom.type == CHARACTERS else "latin-1", "replace")
        elif atom.type == STYLES:
            styles = atom.data
        elif atom.type in _PASSING:
            passing.add(atom.double(0))
    return found
