"""The shapes of a slide: where they are, what is behind and over them, and in which order they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.ooxml.parts.drawing import alternatives, is_hidden_shape
from ingest.parsing.formats.ooxml.parts.package import number
from ingest.parsing.formats.ooxml.parts.theme import opacity
from ingest.parsing.formats.ooxml.slides.stack import Box, Layer, Stack
from ingest.parsing.formats.ooxml.slides.styles import Look
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# EMU; shapes whose tops differ by less stand on one line and are read from left to right
_SAME_LINE = 200_000
_MAX_DEPTH = 20
_KINDS = frozenset({"sp", "pic", "graphicFrame", "cxnSp", "contentPart"})


@dataclass(slots=True)
class Shape:
    """A shape, or a group of them (``members``). ``box`` (in EMU) is ``None`` where no place is given."""

    element: Element
    box: Box | None = None
    members: list[Shape] = field(default_factory=list)
    is_switched_off: bool = False

    @property
    def identifier(self) -> str:
        properties = next(descendants(self.element, "cNvPr"), None)
        return (attribute(properties, "id") or "") if properties is not None else ""


@dataclass(frozen=True, slots=True)
class _Scale:
    """From the coordinates of a group's members to those of the slide."""

    x: float = 0.0
    y: float = 0.0
    wide: float = 1.0
    high: float = 1.0

    def box(self, transform: Element | None) -> Box | None:
        offset, extent = child(transform, "off"), child(transform, "ext")
        if offset is None or extent is None:
            return None
        return Box(
            self.x + self.wide * number(attribute(offset, "x")),
            self.y + self.high * number(attribute(offset, "y")),
            self.wide * number(attribute(extent, "cx")),
            self.high * number(attribute(extent, "cy")),
        )

    def inside(self, transform: Element | None) -> _Scale:
        box, start, size = self.box(transform), child(transform, "chOff"), child(transform, "chExt")
        if box is None or start is None or size is None:
            return self
        wide = box.width / (number(attribute(size, "cx")) or 1)
        high = box.height / (number(attribute(size, "cy")) or 1)
        return _Scale(
            box.left - wide * number(attribute(start, "x")),
            box.top - high * number(attribute(start, "y")),
            wide,
            high,
        )


def shapes_of(tree: Element, look: Look) -> list[Shape]:
    """The shapes of a tree from the lowest to the highest, groups with their members."""
    return _members(tree, look, _Scale(), 0, False)


def _members(tree: Element, look: Look, scale: _Scale, depth: int, is_off: bool) -> list[Shape]:
    found: list[Shape] = []
    for element in children(tree):
        local = name(element)
        if local == "AlternateContent":
            for form in alternatives(element):
                found += _members(form, look, scale, depth, is_off)
        elif local == "grpSp" and depth < _MAX_DEPTH:
            transform = child(element, "grpSpPr", "xfrm")
            off = is_off or is_hidden_shape(child(element, "nvGrpSpPr", "cNvPr"))
            members = _members(element, look, scale.inside(transform), depth + 1, off)
            found.append(Shape(element, scale.box(transform), members, off))
        elif local in _KINDS:
            off = is_off or is_hidden_shape(next(descendants(element, "cNvPr"), None))
            found.append(Shape(element, _place(element, look, scale), is_switched_off=off))
    return found


def _place(shape: Element, look: Look, scale: _Scale) -> Box | None:
    """The shape's own place, else that of its placeholder on the layout or the master."""
    for item in (shape, *look.twins(shape)):
        transform = child(item, "spPr", "xfrm")
        transform = child(item, "xfrm") if transform is None else transform
        box = scale.box(transform) if transform is not None else None
        if box is not None:
            return box
    return None


def flat(shapes: list[Shape]) -> list[Shape]:
    """All shapes without their groups, from the lowest to the highest."""
    found: list[Shape] = []
    pending = list(reversed(shapes))
    while pending:
        shape = pending.pop()
        if shape.members:
            pending += reversed(shape.members)
        elif name(shape.element) != "grpSp":
            found.append(shape)
    return found


def in_reading_order(shapes: list[Shape]) -> Iterator[Shape]:
    """Shapes by line, then from left to right; a group's shapes stay together."""

    def place(shape: Shape) -> tuple[float, float]:
        box = shape.box
        return (box.top // _SAME_LINE, box.left) if box is not None else (0, 0)

    for shape in sorted(shapes, key=place):
        if shape.members:
            yield from in_reading_order(shape.members)
        elif name(shape.element) != "grpSp":
            yield shape


class SlideStack:
    """Which shapes of a slide are seen, and what is behind their text; ``below`` are those of layout and master."""

    def __init__(self, look: Look, shapes: list[Shape], below: list[Shape], width: int, height: int) -> None:
        # what moves may come into sight, or leave what it covers
        timing = child(look.sheets[0], "timing")
        targets = descendants(timing, "spTgt") if timing is not None else ()
        moving = {attribute(target, "spid") or "" for target in targets}
        every = [*below, *flat(shapes)]
        self._places = {id(shape): index for index, shape in enumerate(every)}
        page = Box(0, 0, width, height) if width > 0 and height > 0 else None
        self._stack = Stack([_layer(shape, look, moving) for shape in every], page, look.background)

    def how_hidden(self, shape: Shape) -> How | None:
        """How a shape is hidden as a whole, ``None`` where it is seen."""
        return self._stack.how_hidden(self._places[id(shape)])

    def behind(self, shape: Shape) -> Colour | None:
        """The colour behind a shape's text, ``None`` where it is not known for sure."""
        return self._stack.behind(self._places[id(shape)])


def _layer(shape: Shape, look: Look, moving: set[str]) -> Layer:
    is_filled, colour = _fill(shape.element, look)
    return Layer(
        shape.box,
        is_filled,
        colour,
        covers=_is_opaque(shape.element),
        shows_more=name(shape.element) != "sp",
        is_off=shape.is_switched_off,
        moves=shape.identifier in moving,
    )


def _is_opaque(shape: Element) -> bool:
    geometry, fill = child(shape, "spPr", "prstGeom"), child(shape, "spPr", "solidFill")
    return (
        name(shape) == "sp"
        and geometry is not None
        and attribute(geometry, "prst") == "rect"
        and fill is not None
        and opacity(fill) == 1
        and not number(attribute(child(shape, "spPr", "xfrm"), "rot"))
    )


def _fill(shape: Element, look: Look) -> tuple[bool, Colour | None]:
    """Whether a shape is filled, and with which colour (``None``: not known)."""
    for item in (shape, *look.twins(shape)):
        properties = child(item, "spPr")
        kinds = ("noFill", "solidFill", "gradFill", "blipFill", "pattFill", "grpFill")
        fill = next(children(properties, *kinds), None) if properties is not None else None
        if fill is not None:
            if name(fill) == "noFill" or opacity(fill) == 0:
                return False, None
            is_plain = name(fill) == "solidFill" and opacity(fill) == 1
            return True, look.colour(fill) if is_plain else None
        reference = child(item, "style", "fillRef")
        if reference is not None and number(attribute(reference, "idx")) > 0:
            # the first fill of a theme is plain; the others are gradients
            return True, look.colour(reference) if attribute(reference, "idx") == "1" else None
    return False, None
