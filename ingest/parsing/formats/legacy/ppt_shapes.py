"""PPT: the drawing of a slide as shapes with their texts, places and fills. ``[MS-ODRAW]``, ``[MS-PPT]`` 2.7"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.parsing.formats.colours import Colour, from_bgr
from ingest.parsing.formats.legacy.ppt_records import Atom
from ingest.parsing.formats.legacy.ppt_text import OUTLINE_REFERENCE, PptText, texts_of
from ingest.parsing.spans import Cell, spread

GROUP, SHAPE = 0xF003, 0xF004
_PROPERTIES, _MORE_PROPERTIES, _TEXT_BOX, _CHILD_ANCHOR, _ANCHOR, _CLIENT_DATA = (
    0xF00B,
    0xF122,
    0xF00D,
    0xF00F,
    0xF010,
    0xF011,
)
_EXTERNAL_OBJECT = 3009
# properties: kind of fill, its colour, whether there is one; description; whether it is shown; columns of a table
_FILL_KIND, _FILL_COLOUR, _FILL_FLAGS, _DESCRIPTION, _SHAPE_FLAGS, _TABLE = (
    0x180,
    0x181,
    0x1BF,
    0x381,
    0x3BF,
    0x39F,
)
_MAX_DEPTH = 20


@dataclass(slots=True)
class PptShape:
    """``place``: top, left, bottom, right in its parent's units. ``rows`` for a table. ``fill``: ``None`` if not known.
    ``is_too_deep``: it stands for groups within groups that were not read.
    """

    texts: list[PptText] = field(default_factory=list)
    place: tuple[int, int, int, int] = (0, 0, 0, 0)
    fill: Colour | None = None
    is_hidden: bool = False
    is_object: bool = False
    is_too_deep: bool = False
    description: str = ""
    cells: list[PptShape] = field(default_factory=list)


def shapes(drawing: Atom, outline: list[PptText], depth: int = 0) -> Iterator[PptShape]:
    """The shapes of a drawing (or group), tables as one; ``outline`` are the texts that shapes name by their number."""
    for atom in drawing.inner():
        if atom.type == SHAPE:
            yield _shape(atom, outline)
        elif atom.type == GROUP and depth < _MAX_DEPTH:
            inner = list(shapes(atom, outline, depth + 1))
            # the first shape of a group is the group itself
            head = atom.first(SHAPE)
            if head is not None and _TABLE in _properties(head)[0] and inner:
                yield PptShape(place=inner[0].place, cells=[cell for cell in inner[1:] if cell.texts])
            else:
                yield from inner
        elif atom.is_container and depth < _MAX_DEPTH:
            yield from shapes(atom, outline, depth + 1)
        elif atom.is_container:
            yield PptShape(is_too_deep=True)


def grid(cells: list[tuple[tuple[int, int, int, int], str]]) -> tuple[list[list[str]], bool]:
    """A table's cells (top, left, bottom, right; text) as rows, and whether all of them are there."""
    tops = sorted({place[0] for place, _ in cells} | {place[2] for place, _ in cells})
    lefts = sorted({place[1] for place, _ in cells} | {place[3] for place, _ in cells})
    rows, columns = ({edge: index for index, edge in enumerate(edges)} for edges in (tops, lefts))
    return spread(
        Cell(
            rows[top],
            columns[left],
            max(rows[bottom] - rows[top], 1),
            max(columns[right] - columns[left], 1),
            text,
        )
        for (top, left, bottom, right), text in cells
    )


def _shape(atom: Atom, outline: list[PptText]) -> PptShape:
    found = PptShape()
    numbers, described = _properties(atom)
    found.description = described
    flags = numbers.get(_SHAPE_FLAGS, 0)
    found.is_hidden = bool(flags & 0x20000 and flags & 2)
    filled, colour = numbers.get(_FILL_FLAGS, 0), numbers.get(_FILL_COLOUR)
    if filled & 0x10 and colour is not None and not colour >> 24 and not numbers.get(_FILL_KIND):
        found.fill = from_bgr(colour)
    for part in atom.inner():
        if part.type == _TEXT_BOX:
            inner = list(part.inner())
            found.texts = texts_of(inner)
            for reference in inner:
                if reference.type == OUTLINE_REFERENCE and reference.double(0) < len(outline):
                    found.texts.append(outline[reference.double(0)])
        elif part.type == _CHILD_ANCHOR and len(part.data) >= 16:
            left, top, right, bottom = struct.unpack_from("<4i", part.data)
            found.place = top, left, bottom, right
        elif part.type == _ANCHOR and len(part.data) >= 8:
            top, left, right, bottom = struct.unpack_from("<4i" if len(part.data) >= 16 else "<4h", part.data)
            found.place = top, left, bottom, right
        elif part.type == _CLIENT_DATA and part.first(_EXTERNAL_OBJECT) is not None:
            found.is_object = True
    return found


def _properties(atom: Atom) -> tuple[dict[int, int], str]:
    """Numbers by property, and the description: entries of 6 bytes, then the data of the long ones in their order."""
    numbers: dict[int, int] = {}
    description = ""
    for part in atom.inner():
        if part.type not in (_PROPERTIES, _MORE_PROPERTIES):
            continue
        position = 6 * part.instance
        for index in range(min(part.instance, len(part.data) // 6)):
            key, value = struct.unpack_from("<HI", part.data, 6 * index)
            numbers.setdefault(key & 0x3FFF, value)
            if key & 0x8000:
                if key & 0x3FFF == _DESCRIPTION:
                    raw = part.data[position : position + value]
                    description = raw.decode("utf-16-le", "replace").rstrip("\0")
                position += value
    return numbers, description
