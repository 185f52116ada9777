"""The shapes of a slide: where they are, what is behind and over them, and in which order they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.ooxml.parts.drawing import alternatives, is_hidden_shape
from ingest.parsing.formats.ooxml.parts.package import number
from ingest.parsing.formats.ooxml.parts.theme import opacity
from ingest.parsing.formats.ooxml.slides.stack import Box, Layer, Scale, Stack
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


def shapes_of(tree: Element, look: Look) -> list[Shape]:
    """The shapes of a tree from the lowest to the highest, groups with their members."""
    return _members(tree, look, Scale(), 0, False)


def _members(tree: Element, look: Look, scale: Scale, depth: int, is_off: bool) -> list[Shape]:
    found: list[Shape] = []
    for element in children(tree):
        local = name(element)
        if local == "AlternateContent":
            for form in alternatives(element):
                found += _members(form, look, scale, depth, is_off)
        elif local == "grpSp" and depth < _MAX_DEPTH:
            transform = child(element, "grpSpPr", "xfrm")
            off = is_off or is_hidden_shape(child(element, "nvGrpSpPr", "cNvPr"))
            members = _members(element, look, _inside(scale, transform), depth + 1, off)
            found.append(Shape(element, _box(scale, transform), members, off))
        elif local in _KINDS:
            off = is_off or is_hidden_shape(next(descendants(element, "cNvPr"), None))
            found.append(Shape(element, _place(element, look, scale), is_switched_off=off))
    return found


def _box(scale: Scale, transform: Element | None) -> Box | None:
    place = _place_in(transform, "off", "ext")
    return scale.box(*place) if place is not None else None


def _inside(scale: Scale, transform: Element | None) -> Scale:
    """That of the members of the group with this ``transform``."""
    box, inner = _box(scale, transform), _place_in(transform, "chOff", "chExt")
    return scale.inside(box, *inner) if box is not None and inner is not None else scale


def _place_in(
    transform: Element | None, offset: str, extent: str
) -> tuple[float, float, float, float] | None:
    """Left, top, width and height, as the two elements of these names say them."""
    start, size = child(transform, offset), child(transform, extent)
    if start is None or size is None:
        return None
    x, y = (number(attribute(start, key)) for key in ("x", "y"))
    wide, high = (number(attribute(size, key)) for key in ("cx", "cy"))
    return x, y, wide, high


def _place(shape: Element, look: Look, scale: Scale) -> Box | None:
    """The shape's own place, else that of its placeholder on the layout or the master."""
    for item in (shape, *look.twins(shape)):
        transform = child(item, "spPr", "xfrm")
        transform = child(item, "xfrm") if transform is None else transform
        box = _box(scale, transform) if transform is not None else None
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
