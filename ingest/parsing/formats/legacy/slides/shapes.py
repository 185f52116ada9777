"""PPT: the drawing of a slide as shapes with their texts, places and fills. ``[MS-ODRAW]``, ``[MS-PPT]`` 2.7"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.parsing.formats.colours import Colour, from_bgr
from ingest.parsing.formats.legacy.slides.numbers import numbering_of
from ingest.parsing.formats.legacy.slides.records import Atom
from ingest.parsing.formats.legacy.slides.text import OUTLINE_REFERENCE, PptText, texts_of
from ingest.parsing.formats.ooxml.slides.stack import Box, Scale
from ingest.parsing.spans import Cell, spread

GROUP, SHAPE = 0xF003, 0xF004
_GROUP_PLACE, _KIND, _PROPERTIES, _MORE_PROPERTIES, _TEXT_BOX, _CHILD_ANCHOR, _ANCHOR, _CLIENT_DATA = (
    0xF009,
    0xF00A,
    0xF00B,
    0xF122,
    0xF00D,
    0xF00F,
    0xF010,
    0xF011,
)
_EXTERNAL_OBJECT, _PLACEHOLDER, _ANIMATION = 3009, 3011, 4116
# properties: how far it is turned; kind of fill, its colour and opacity, whether there is one; the shape of the master;
# description; whether it is shown; columns of a table
_TURNED, _FILL_KIND, _FILL_COLOUR, _OPACITY, _FILL_FLAGS, _MASTER, _DESCRIPTION, _SHAPE_FLAGS, _TABLE = (
    0x004,
    0x180,
    0x181,
    0x182,
    0x1BF,
    0x301,
    0x381,
    0x3BF,
    0x39F,
)
# flags of fills: whether the file says if there is one, and if there is
_SAYS_FILL, _IS_FILLED = 0x100000, 0x10
_OPAQUE = 0x10000
_BACKGROUND = 0x400
_RECTANGLES = frozenset({1, 202})
_SCHEME = 0x08
_MAX_DEPTH = 20

# properties of shapes by their numbers
Properties = Mapping[int, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class Around:
    """What the shapes of a drawing refer to.

    Attributes:
        outline: texts that they name by their number.
        scheme: the eight colours of the slide.
        master: the properties of the master's shapes, by the number of each.
    """

    outline: Sequence[PptText] = ()
    scheme: Sequence[Colour] = ()
    master: Properties = field(default_factory=dict)


@dataclass(slots=True)
class PptShape:
    """One shape of a drawing, or a table.

    Attributes:
        place: top, left, bottom, right in its parent's units. ``box`` is the same in those of the slide.
        is_filled: ``None`` if the file does not say. ``fill``: the colour, ``None`` if not known.
        is_opaque: whether it covers what is below: a rectangle that is filled and not turned.
        is_background: whether it is what lies behind the slide. ``is_placeholder``: whether it is a place of the master.
        moves: whether it is animated.
        is_too_deep: it stands for groups within groups that were not read.
        cells: of a table.
    """

    texts: list[PptText] = field(default_factory=list)
    place: tuple[int, int, int, int] = (0, 0, 0, 0)
    box: Box | None = None
    is_filled: bool | None = None
    fill: Colour | None = None
    is_opaque: bool = False
    is_hidden: bool = False
    is_object: bool = False
    is_background: bool = False
    is_placeholder: bool = False
    is_too_deep: bool = False
    moves: bool = False
    description: str = ""
    cells: list[PptShape] = field(default_factory=list)

    def behind(self, ground: Colour | None) -> Colour | None:
        """The colour behind its words, where ``ground`` lies behind it."""
        if self.is_filled is None:
            return None
        return self.fill if self.is_filled else ground


def shapes(drawing: Atom, around: Around) -> Iterator[PptShape]:
    """The shapes of a drawing from the lowest to the highest, tables as one."""
    yield from _shapes(drawing, around, Scale(), 0)


def _shapes(holder: Atom, around: Around, scale: Scale, depth: int) -> Iterator[PptShape]:
    inside = holder.inner()
    if holder.type == GROUP and (head := holder.first(SHAPE)) is not None:
        # the first shape of a group is the group itself, and says where it is
        scale = _inside(scale, head)
        inside = (atom for atom in inside if atom != head)
    for atom in inside:
        if atom.type == SHAPE:
            yield _shape(atom, around, scale)
        elif atom.is_container and depth >= _MAX_DEPTH:
            yield PptShape(is_too_deep=True)
        elif atom.type == GROUP and (table := _table(atom, around, scale)) is not None:
            table.cells = [cell for cell in _shapes(atom, around, scale, depth + 1) if cell.texts]
            yield table
        elif atom.is_container:
            yield from _shapes(atom, around, scale, depth + 1)


def _table(group: Atom, around: Around, scale: Scale) -> PptShape | None:
    """A group that is a table, still without its cells."""
    head = group.first(SHAPE)
    if head is None or _TABLE not in _properties(head)[0]:
        return None
    found = _shape(head, around, scale)
    found.is_filled = bool(found.is_filled)
    return found


def properties_of(drawing: Atom) -> dict[int, dict[int, int]]:
    """The properties of a master's shapes by their numbers, which the shapes of its slides name."""
    found: dict[int, dict[int, int]] = {}
    for atom in drawing.within(SHAPE):
        kind = atom.first(_KIND)
        if kind is not None:
            found.setdefault(kind.double(0), _properties(atom)[0])
    return found


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


def _shape(atom: Atom, around: Around, scale: Scale) -> PptShape:
    found = PptShape()
    numbers, found.description = _properties(atom)
    kind = atom.first(_KIND)
    flags = numbers.get(_SHAPE_FLAGS, 0)
    found.is_hidden = bool(flags & 0x20000 and flags & 2)
    found.is_background = kind is not None and bool(kind.double(4) & _BACKGROUND)
    _paint(found, numbers, around)
    if (place := _place_of(atom)) is not None:
        found.place, found.box = place, _box(scale, place)
    is_rectangle = kind is not None and kind.instance in _RECTANGLES and not numbers.get(_TURNED)
    found.is_opaque = bool(found.is_filled) and found.fill is not None and is_rectangle
    for part in atom.inner():
        if part.type == _CLIENT_DATA:
            found.is_object = part.first(_EXTERNAL_OBJECT) is not None
            found.is_placeholder = part.first(_PLACEHOLDER) is not None
            found.moves = part.first(_ANIMATION) is not None
        elif part.type == _TEXT_BOX:
            inner = list(part.inner())
            found.texts = texts_of(inner, numbering_of(atom))
            for reference in inner:
                if reference.type == OUTLINE_REFERENCE and reference.double(0) < len(around.outline):
                    found.texts.append(around.outline[reference.double(0)])
    return found


def _paint(found: PptShape, numbers: Mapping[int, int], around: Around) -> None:
    """What fills a shape: by its own properties, else by those of the master's shape that it stands for."""
    twin = around.master.get(numbers.get(_MASTER, -1), {})
    said = next((item for item in (numbers, twin) if item.get(_FILL_FLAGS, 0) & _SAYS_FILL), None)
    if said is None:
        return
    opacity = numbers.get(_OPACITY, twin.get(_OPACITY, _OPAQUE))
    found.is_filled = bool(said[_FILL_FLAGS] & _IS_FILLED) and opacity > 0
    colour = numbers.get(_FILL_COLOUR, twin.get(_FILL_COLOUR))
    if colour is None or numbers.get(_FILL_KIND, twin.get(_FILL_KIND, 0)) or opacity < _OPAQUE:
        return
    if not colour >> 24:
        found.fill = from_bgr(colour)
    elif colour >> 24 == _SCHEME and colour & 0xFF < len(around.scheme):
        found.fill = around.scheme[colour & 0xFF]


def _box(scale: Scale, place: tuple[int, int, int, int]) -> Box:
    top, left, bottom, right = place
    return scale.box(left, top, right - left, bottom - top)


def _inside(scale: Scale, head: Atom) -> Scale:
    """That of the members of the group whose first shape is ``head``."""
    inner, place = head.first(_GROUP_PLACE), _place_of(head)
    if inner is None or place is None or len(inner.data) < 16:
        return scale
    left, top, right, bottom = struct.unpack_from("<4i", inner.data)
    return scale.inside(_box(scale, place), left, top, right - left, bottom - top)


def _place_of(atom: Atom) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right in the units of the parent."""
    for part in atom.inner():
        if part.type == _CHILD_ANCHOR and len(part.data) >= 16:
            left, top, right, bottom = struct.unpack_from("<4i", part.data)
            return top, left, bottom, right
        if part.type == _ANCHOR and len(part.data) >= 8:
            top, left, right, bottom = struct.unpack_from("<4i" if len(part.data) >= 16 else "<4h", part.data)
            return top, left, bottom, right
    return None


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
