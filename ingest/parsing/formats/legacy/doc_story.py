"""DOC: a stretch of the text as paragraphs: fields by their results, notes and comments by their marks, hidden words apart."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.colours import WHITE, Colour
from ingest.parsing.formats.legacy.doc_file import FONTS, DocFile
from ingest.parsing.formats.legacy.doc_looks import Look, Looks, Shape
from ingest.parsing.formats.ooxml.word import eq_field
from ingest.parsing.formats.scripts import Line
from ingest.parsing.formats.symbols import in_font, is_symbol_font, symbol

CELL_END = "\x07"
_ENDS = re.compile("[\r\x07\x0c]")
_FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_PICTURE, _NOTE, _COMMENT, _SYMBOL = "\x01", "\x02", "\x05", "("
# a control, or a run of plain characters
_PARTS = re.compile("[\x00-\x08\x0b\x0e-\x1f]|[^\x00-\x08\x0b\x0e-\x1f]+")
_PLAIN = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": ""}
_PASSING = re.compile(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|TIME)\b", re.I)
_UNREAD = re.compile(r"\s*(?:FORMDROPDOWN|EMBED|LINK)\b", re.I)
_CHECK_BOX = re.compile(r"\s*FORMCHECKBOX\b", re.I)
_MAX_FIELDS = 50
# paragraphs; a row without an end was made to cost memory
_MAX_ROW = 20_000

# the mark of a note, empty for a comment, and where its text begins and ends
Aside = tuple[str, int, int]


@dataclass(slots=True)
class Said:
    """A paragraph: ``text`` as people see it, the ``mark`` at its end, the notes and comments in it."""

    text: str
    mark: str
    shape: Shape
    asides: list[Aside]


@dataclass(slots=True)
class _Field:
    code: str = ""
    in_result: bool = False
    has_result: bool = False


@dataclass(slots=True)
class _Segment:
    """Characters of one look; ``start`` counts characters of the whole text."""

    text: str
    start: int
    properties: bytes
    change: bytes


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph before its words are read: what is behind them may be told later."""

    segments: list[_Segment]
    mark: str
    shape: Shape


@dataclass(slots=True)
class Story:
    """Reads stretches of one document.

    Attributes:
        notes, comments: what is anchored at a character of the text.
        unread_fields: whether there are fields whose result nobody stored.
    """

    file: DocFile
    looks: Looks
    builder: DocumentBuilder
    notes: Mapping[int, Aside]
    comments: Mapping[int, Aside]
    unread_fields: bool = False
    _fields: list[_Field] = field(default_factory=list)
    _fonts: list[str] | None = None

    def paragraphs(self, start: int, end: int, in_box: bool = False) -> Iterator[Said]:
        """Those from character ``start`` to ``end``. ``in_box``: what is behind them is not known."""
        row: list[_Paragraph] = []
        for found in self._between(start, end):
            row.append(found)
            # the end of a row tells what fills its cells
            if not found.shape.in_table or found.shape.row_end or len(row) >= _MAX_ROW:
                yield from self._row(row, in_box)
                row = []
        yield from self._row(row, in_box)

    def _between(self, start: int, end: int) -> Iterator[_Paragraph]:
        segments: list[_Segment] = []
        for piece in self.file.pieces_within(start, end):
            text, width = self.file.characters(piece), piece.width
            for low, high, found in self.looks.runs(piece.offset, piece.offset + width * len(text)):
                first, last = (low - piece.offset) // width, (high - piece.offset) // width
                position = first
                for match in _ENDS.finditer(text, first, last):
                    segments.append(
                        _Segment(text[position : match.start()], piece.start + position, found, piece.change)
                    )
                    shape = self.looks.shape(piece.offset + width * match.start())
                    yield _Paragraph(segments, match.group(), shape)
                    segments = []
                    position = match.end()
                if position < last:
                    segments.append(
                        _Segment(text[position:last], piece.start + position, found, piece.change)
                    )
        if segments:
            yield _Paragraph(segments, "\r", self.looks.shape(-1))

    def _row(self, row: list[_Paragraph], in_box: bool) -> Iterator[Said]:
        """The paragraphs of a row, or one that is in none."""
        cell = 0
        for found in row:
            shape = found.shape
            behind = shape.behind
            if behind == WHITE and (in_box or shape.depth > 1):
                behind = None
            elif behind == WHITE and shape.in_table:
                behind = row[-1].shape.fill(cell)
            cell += found.mark == CELL_END and shape.depth <= 1
            yield self._said(found, behind)

    def _said(self, paragraph: _Paragraph, behind: Colour | None) -> Said:
        shape = paragraph.shape
        line, asides = Line(), list[Aside]()
        for segment in paragraph.segments:
            look = self.looks.look(segment.properties, segment.change, shape.style)
            for part in _PARTS.finditer(segment.text):
                text = part.group()
                if text[0] < " " and text != "\t" and text != "\n" and len(text) == 1:
                    self._control(line, text, segment.start + part.start(), look, asides)
                elif self._is_shown(text):
                    text = self._drawn(text, look)
                    if text.strip() and (how := look.hides(behind)):
                        self.builder.hidden(_joined(text), how)
                    else:
                        self._mark_result(text)
                        line.add(text, look.height, look.is_struck)
        return Said(_joined(line.text()), paragraph.mark, shape, asides)

    def _is_shown(self, text: str) -> bool:
        """Whether text is outside of the codes of fields; a code is kept as it tells what its result is."""
        for open_field in self._fields:
            if not open_field.in_result:
                open_field.code += text if len(open_field.code) < eq_field.MAX_CODE else ""
                return False
        return not any(_PASSING.match(open_field.code) for open_field in self._fields)

    def _mark_result(self, text: str) -> None:
        if self._fields and text.strip():
            self._fields[-1].has_result = True

    def _control(self, line: Line, char: str, position: int, look: Look, asides: list[Aside]) -> None:
        if char == _FIELD_BEGIN and len(self._fields) < _MAX_FIELDS:
            self._fields.append(_Field())
        elif char == _FIELD_RESULT and self._fields:
            self._fields[-1].in_result = True
        elif char == _FIELD_END and self._fields:
            closed = self._fields.pop()
            self.unread_fields = self.unread_fields or _UNREAD.match(closed.code) is not None
            if not closed.has_result and (equation := eq_field.text_of(closed.code)) and self._is_shown(""):
                line.add(equation)
        elif char == _PICTURE and self._fields and _CHECK_BOX.match(self._fields[-1].code):
            ticked = _is_ticked(self.file.data, look.picture)
            self.unread_fields = self.unread_fields or ticked is None
            line.add("" if ticked is None else "☑" if ticked else "☐")
        elif position in self.notes and char == _NOTE:
            line.add(f" [{self.notes[position][0]}]")
            asides.append(self.notes[position])
        elif position in self.comments and char == _COMMENT:
            asides.append(self.comments[position])
        elif char in _PLAIN and self._is_shown(_PLAIN[char]):
            line.add(_PLAIN[char])

    def _drawn(self, text: str, look: Look) -> str:
        """Characters of symbol fonts as the signs that these draw."""
        if look.symbol is not None and look.special and text.strip(_SYMBOL) == "":
            return symbol(f"{look.symbol[1]:04X}", self._font(look.symbol[0])) * len(text)
        name = self._font(look.font) if look.font >= 0 else ""
        return in_font(text, name) if is_symbol_font(name) else text

    def _font(self, number: int) -> str:
        if self._fonts is None:
            self._fonts = _fonts(self.file.part(FONTS))
        return self._fonts[number] if number < len(self._fonts) else ""


def _joined(text: str) -> str:
    """16-bit units as characters."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _is_ticked(data: bytes, place: int) -> bool | None:
    """Of a check box by its data: 68 bytes of a picture's header, a version, flags, sizes, a name, what it was at first."""
    if place < 0 or place + 84 > len(data):
        return None
    header = int.from_bytes(data[place + 4 : place + 6], "little")
    start = place + header
    try:
        flags, _, _, length = struct.unpack_from("<4H", data, start + 4)
        if flags & 3 != 1:
            return None
        result = flags >> 2 & 31
        (at_first,) = struct.unpack_from("<H", data, start + 12 + 2 * length + 2)
    except struct.error:
        return None
    return bool(at_first if result == 25 else result)


def _fonts(data: bytes) -> list[str]:
    """A count and a size; each font: its size less one, 39 bytes, its name."""
    found: list[str] = []
    position = 4
    for _ in range(int.from_bytes(data[:2], "little")):
        if position >= len(data):
            break
        size = data[position] + 1
        found.append(data[position + 40 : position + size].decode("utf-16-le", "replace").split("\0")[0])
        position += size
    return found
