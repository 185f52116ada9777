"""PPT: a text with the looks of its runs -> lines. ``[MS-PPT]`` 2.9.44 (StyleTextPropAtom), 2.9.14 (TextCFException)"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import Colour, unseen
from ingest.parsing.formats.legacy.slides.numbers import Numbering
from ingest.parsing.formats.legacy.slides.records import Atom
from ingest.parsing.formats.ooxml.slides.numbers import SlideNumbers
from ingest.parsing.formats.scripts import Line
from ingest.parsing.formats.symbols import in_font

HEADER, CHARACTERS, STYLES, BYTES, OUTLINE_REFERENCE = 3999, 4000, 4001, 4008, 3998
# the number of the slide, dates, headers: a "*" in the text stands for them
_PASSING = frozenset({4056, 4087, 4088, 4089, 4090, 4117})
TITLES = frozenset({0, 6})
# paragraph properties in their order: mask -> bytes
_PARAGRAPH = (
    (0xF, 2), (1 << 7, 2), (1 << 4, 2), (1 << 6, 2), (1 << 5, 4), (1 << 11, 2), (1 << 12, 2), (1 << 13, 2), (1 << 14, 2),
    (1 << 8, 2), (1 << 10, 2), (1 << 15, 2), (1 << 20, -1), (1 << 16, 2), (0xE0000, 2), (1 << 21, 2),
)  # fmt: skip
_FLAGS = 0xFFFF
_CHARACTER = (
    (_FLAGS, 2),
    (1 << 16, 2),
    (1 << 21, 2),
    (1 << 22, 2),
    (1 << 23, 2),
    (1 << 17, 2),
    (1 << 18, 4),
    (1 << 19, 2),
)
_FONT, _SYMBOLS, _SIZE, _COLOUR, _POSITION = 1 << 16, 1 << 23, 1 << 17, 1 << 18, 1 << 19
# bits of the flags, and of their mask, that hold the place of the run's numbering
_NUMBERING, _FIRST_BIT = 0x3C00, 10
_RGB = 0xFE
_PRIVATE = re.compile("[\uf020-\uf0ff]")


@dataclass(frozen=True, slots=True)
class PptLine:
    """A paragraph: its text, how deep it is in a list (0 for the first level), whether it has a bullet, its number."""

    text: str
    depth: int
    has_bullet: bool
    label: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a text stands on: the colour ``behind`` it (``None``: not known), the slide's ``scheme`` of eight colours, the
    presentation's ``fonts`` by their numbers.
    """

    behind: Colour | None = None
    scheme: Sequence[Colour] = ()
    fonts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Run:
    """``colour`` is an index into the scheme, or its value; ``symbols`` the font of signs in the private area; ``style`` the place of its numbering."""

    end: int
    size: int = 0
    colour: Colour | int | None = None
    position: int = 0
    font: int = -1
    symbols: int = -1
    style: int = 0

    def colour_in(self, scheme: Sequence[Colour]) -> Colour | None:
        if isinstance(self.colour, int):
            return scheme[self.colour] if self.colour < len(scheme) else None
        return self.colour


@dataclass(frozen=True, slots=True)
class PptText:
    """One text of a shape. ``kind``: 0 and 6 titles, 1, 5, 7, 8 bodies, 2 notes, 4 others."""

    kind: int
    text: str
    styles: bytes = b""
    passing: frozenset[int] = frozenset()
    numbering: Numbering = ()

    def lines(self, ground: Ground, hidden: list[tuple[str, How]]) -> list[PptLine]:
        """Its paragraphs; what nobody sees on this ground goes to ``hidden``."""
        paragraphs, runs = self._styled()
        found: list[PptLine] = []
        numbers = SlideNumbers()
        start = 0
        for number, text in enumerate(self.text.split("\r")):
            depth, bullet = paragraphs[number] if number < len(paragraphs) else (0, self.kind in (1, 5, 7, 8))
            line = Line()
            label = ""
            for low, high, run in _cut(runs, start, start + len(text)):
                if low == start and text.strip():
                    numbered = self.numbering[run.style : run.style + 1] if bullet else ()
                    label = numbers.next(depth, *(numbered[0] if numbered and numbered[0] else (None,)))
                part = self.text[low:high]
                part = "".join("" if low + at in self.passing else char for at, char in enumerate(part))
                font = run.symbols if run.symbols >= 0 and _PRIVATE.search(part) else run.font
                part = in_font(part.replace("\x0b", "\n"), ground.fonts.get(font))
                colour = run.colour_in(ground.scheme)
                how = unseen(colour, ground.behind, run.size or None) if part.strip() else None
                if how is not None:
                    hidden.append((part, how))
                else:
                    line.add(part, 1 if run.position > 0 else -1 if run.position < 0 else 0)
            found.append(PptLine(line.text(), depth, bullet, label))
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
        size, raised, font, symbols, style = 0, 0, -1, -1, 0
        colour: Colour | int | None = None
        for flag, width in _CHARACTER:
            if not mask & flag:
                continue
            operand = styles[position : position + width]
            value = int.from_bytes(operand, "little")
            if flag == _SIZE:
                size = value
            elif flag == _COLOUR:
                colour = (operand[0], operand[1], operand[2]) if operand[3] == _RGB else operand[3]
            elif flag == _POSITION:
                raised = int.from_bytes(operand, "little", signed=True)
            elif flag == _FONT:
                font = value
            elif flag == _SYMBOLS:
                symbols = value
            elif flag == _FLAGS and mask & _NUMBERING:
                style = (value & _NUMBERING) >> _FIRST_BIT
            position += width
        covered += max(count, 1)
        found.append(_Run(covered, size, colour, raised, font, symbols, style))
    return found


def _cut(runs: Sequence[_Run], start: int, end: int) -> Iterator[tuple[int, int, _Run]]:
    position = start
    for run in runs:
        if run.end > position and position < end:
            yield position, min(run.end, end), run
            position = min(run.end, end)
    if position < end:
        yield position, end, _Run(end)


def texts_of(records: Sequence[Atom], numbering: Numbering = ()) -> list[PptText]:
    """The texts in a row of records, each of which begins with a header."""
    found: list[PptText] = []
    kind, text, styles = 4, None, b""
    passing: set[int] = set()
    for atom in [*records, Atom(HEADER, 0, b"", False)]:
        if atom.type == HEADER:
            if text is not None:
                found.append(PptText(kind, text, styles, frozenset(passing), numbering))
            kind, text, styles, passing = atom.double(0), None, b"", set()
        elif atom.type in (CHARACTERS, BYTES):
            text = atom.data.decode("utf-16-le" if atom.type == CHARACTERS else "latin-1", "replace")
        elif atom.type == STYLES:
            styles = atom.data
        elif atom.type in _PASSING:
            passing.add(atom.double(0))
    return found
