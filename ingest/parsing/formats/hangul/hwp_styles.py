"""HWP 5: what the stream ``DocInfo`` says of characters, paragraphs, numbering, styles and fills."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ingest.parsing.formats.colours import WHITE, Colour, from_bgr
from ingest.parsing.formats.hangul.hwp_numbers import Numbering
from ingest.parsing.formats.hangul.hwp_records import (
    BORDER_FILL,
    BULLET,
    CHAR_SHAPE,
    NUMBERING,
    PARA_SHAPE,
    STYLE,
    Record,
)

# "개요 1" is what Hangul calls outline level 1
_OUTLINE = re.compile(r"(?:개요|제목|title|outline|heading)\s*(\d+)?", re.I)
# those of the title of a document
_TITLES = frozenset({"제목", "title"})
_NO_COLOUR = 0xFFFFFFFF
# of the shapes of a line through text; those after it are three-dimensional, which Hangul writes where there is no line
_LAST_LINE = 12
_LEVELS = 7
_MORE_LEVELS = 3
# longer ones are none that Hangul wrote
_MAX_FORMAT = 100


@dataclass(frozen=True, slots=True)
class CharShape:
    """Attributes: ``size`` in points; ``shade``: the colour behind the characters, ``None`` for none; ``struck`` through."""

    size: float
    colour: Colour
    shade: Colour | None
    raised: bool
    lowered: bool
    struck: bool = False


@dataclass(frozen=True, slots=True)
class ParaShape:
    """Attributes: ``head``: 0 none, 1 outline, 2 numbering, 3 bullet; ``level`` from 0; ``list_id`` and ``fill`` from 1."""

    head: int
    level: int
    list_id: int
    fill: int


@dataclass(frozen=True, slots=True)
class Fill:
    """What fills a cell, paragraph or page: ``colour`` is ``None`` where it is a picture, a pattern or a gradient."""

    colour: Colour | None


Item = TypeVar("Item")


@dataclass(slots=True)
class Styles:
    """``headings``: the outline level (from 1) of each style, 0 for others; ``titles``: those of the document's title. Ids count from 0, those of lists and fills from 1."""

    characters: list[CharShape] = field(default_factory=list)
    paragraphs: list[ParaShape] = field(default_factory=list)
    numberings: list[Numbering] = field(default_factory=list)
    bullets: int = 0
    fills: list[Fill | None] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    titles: set[int] = field(default_factory=set)

    def character(self, number: int) -> CharShape | None:
        return _at(self.characters, number)

    def paragraph(self, number: int) -> ParaShape | None:
        return _at(self.paragraphs, number)

    def numbering(self, number: int) -> Numbering | None:
        return _at(self.numberings, number - 1)

    def heading(self, style: int) -> int:
        return _at(self.headings, style) or 0

    def background(self, fill: int, behind: Colour | None = WHITE) -> Colour | None:
        """The colour behind text in this fill, which lies before ``behind``; ``None``: not known."""
        found = _at(self.fills, fill - 1)
        return found.colour if found is not None else behind


def read_styles(records: Sequence[Record]) -> Styles:
    styles = Styles()
    for record in records:
        if record.tag == CHAR_SHAPE:
            styles.characters.append(_character(record))
        elif record.tag == PARA_SHAPE:
            attributes = record.double(0)
            styles.paragraphs.append(
                ParaShape(attributes >> 23 & 3, attributes >> 25 & 7, record.word(30), record.word(32))
            )
        elif record.tag == NUMBERING:
            styles.numberings.append(_numbering(record))
        elif record.tag == BULLET:
            styles.bullets += 1
        elif record.tag == BORDER_FILL:
            styles.fills.append(fill_at(record, 32))
        elif record.tag == STYLE:
            local, end = record.text(0)
            english, _ = record.text(end)
            match = _OUTLINE.fullmatch(local.strip()) or _OUTLINE.fullmatch(english.strip())
            if not _TITLES.isdisjoint((local.strip().casefold(), english.strip().casefold())):
                styles.titles.add(len(styles.headings))
            styles.headings.append(int(match.group(1) or 1) if match else 0)
    return styles


def fill_at(record: Record, offset: int) -> Fill | None:
    """A fill as it is stored in borders and shapes: kinds in 32 bits, then the colour; ``None`` where there is none.

    Kinds: 1 colour (with a pattern, -1 for none), 2 picture, 4 gradient.
    """
    kinds = record.double(offset)
    if not kinds & 7:
        return None
    colour, pattern = record.double(offset + 4, _NO_COLOUR), record.double(offset + 12, _NO_COLOUR)
    if kinds & 6 or (pattern != _NO_COLOUR and pattern & 0xFF not in (0, 0xFF)):
        return Fill(None)
    return Fill(from_bgr(colour)) if colour >> 24 == 0 else None


def _character(record: Record) -> CharShape:
    attributes, shade = record.double(46), record.double(60, _NO_COLOUR)
    # older versions write white for no shade
    shaded = shade >> 24 == 0 and shade != 0xFFFFFF
    return CharShape(
        size=record.double(42, 1000) / 100,
        colour=from_bgr(record.double(52)),
        shade=from_bgr(shade) if shaded else None,
        raised=bool(attributes >> 15 & 1),
        lowered=bool(attributes >> 16 & 1),
        struck=bool(attributes >> 18 & 7) and attributes >> 26 & 15 <= _LAST_LINE,
    )


def _numbering(record: Record) -> Numbering:
    """Seven levels of (attributes 32 bits, 8 bytes, format), the list's start, that of each level; then three more levels."""
    formats: list[str] = []
    kinds: list[int] = []
    position = 0
    for _ in range(_LEVELS):
        kinds.append(record.double(position) >> 5 & 15)
        text, position = record.text(position + 12)
        formats.append(text[:_MAX_FORMAT])
    start = record.word(position)
    position += 2
    starts = [record.double(position + 4 * level, 1) or 1 for level in range(_LEVELS)]
    position += 4 * _LEVELS
    for _ in range(_MORE_LEVELS):
        if position + 14 > len(record.data):
            break
        kinds.append(record.double(position) >> 5 & 15)
        text, position = record.text(position + 12)
        formats.append(text[:_MAX_FORMAT])
    starts += [record.double(position + 4 * level, 1) or 1 for level in range(len(formats) - _LEVELS)]
    if start > 1 and starts[0] == 1:
        starts[0] = start
    return Numbering(tuple(formats), tuple(kinds), tuple(starts), continues=start == 0)


def _at(items: Sequence[Item], number: int) -> Item | None:
    return items[number] if 0 <= number < len(items) else None
