"""OpenDocument slides: which shapes are seen, and the colour behind their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import WHITE, Colour
from ingest.parsing.formats.ooxml.slides.stack import Box, Layer, Stack
from ingest.parsing.formats.opendocument.looks import Look, length
from ingest.parsing.xml_tree import Element, attribute, child, children, name

# what fills an area or shows words; lines paint nothing that words could be lost before
_SHAPES = frozenset(
    {"frame", "custom-shape", "rect", "polygon", "path", "ellipse", "circle", "regular-polygon", "caption"}
)
_RECTANGLES = frozenset({"rectangle", "ooxml-rect", "mso-spt202"})
_PICTURED = ("image", "table", "object", "object-ole", "plugin")

LookOf = Callable[[Element], Look]


class OdpStack:
    """The shapes of one slide; ``master`` is the page that lies below it, ``look`` tells how a shape is painted.

    Args:
        size: width and height of the slide in points, ``None`` where it is not known.
        ground: the colour behind all shapes, ``None`` where it is not known.
    """

    def __init__(
        self,
        page: Element,
        master: Element | None,
        look: LookOf,
        size: tuple[float, float] | None,
        ground: Colour | None,
    ) -> None:
        targets = (attribute(found, "targetElement") or attribute(found, "shape-id") for found in page.iter())
        moving = {target for target in targets if target}
        below = drawn_below(master) if master is not None else ()
        every = [*((shape, False) for shape in below), *_flat(page)]
        self._places = {shape: place for place, (shape, _) in enumerate(every)}
        self._stack = Stack(
            [_layer(shape, look(shape), is_off, moving) for shape, is_off in every],
            Box(0, 0, *size) if size is not None else None,
            ground,
        )

    def how_hidden(self, shape: Element) -> How | None:
        """How a shape is hidden as a whole, ``None`` where it is seen."""
        place = self._places.get(shape)
        return None if place is None else self._stack.how_hidden(place)

    def behind(self, shape: Element) -> Colour | None:
        """The colour behind a shape's words, ``None`` where it is not known for sure."""
        place = self._places.get(shape)
        return None if place is None else self._stack.behind(place)


def drawn_below(master: Element) -> list[Element]:
    """What a master page paints on its slides: everything but the frames that slides fill."""
    return [shape for shape, _ in _flat(master) if not attribute(shape, "class")]


def ground_of(look: Look, below: Look) -> Colour | None:
    """The background of a slide with this look, whose master has the one ``below``; white where neither says any."""
    return look.background(below.background(WHITE))


def _flat(parent: Element) -> Iterator[tuple[Element, bool]]:
    """Shapes from the lowest to the highest without their groups, and whether they are switched off."""
    pending = [(found, False) for found in reversed(list(children(parent)))]
    while pending:
        element, is_off = pending.pop()
        is_off = is_off or attribute(element, "display") == "none"
        if name(element) in ("g", "a"):
            pending += [(found, is_off) for found in reversed(list(children(element)))]
        elif name(element) in _SHAPES and attribute(element, "placeholder") != "true":
            yield element, is_off


def _layer(shape: Element, look: Look, is_off: bool, moving: set[str]) -> Layer:
    return Layer(
        _box(shape),
        look.is_filled,
        look.filling if look.is_filled else None,
        covers=look.is_opaque and _is_rectangle(shape),
        shows_more=next(children(shape, *_PICTURED), None) is not None,
        is_off=is_off,
        moves=attribute(shape, "id") in moving,
    )


def _box(shape: Element) -> Box | None:
    """In points; ``None`` where it is turned or not placed."""
    left, top, wide, high = (length(attribute(shape, key)) for key in ("x", "y", "width", "height"))
    if left is None or top is None or attribute(shape, "transform"):
        return None
    return Box(left, top, wide or 0.0, high or 0.0)


def _is_rectangle(shape: Element) -> bool:
    if name(shape) == "frame":
        return child(shape, "text-box") is not None
    if name(shape) == "custom-shape":
        geometry = child(shape, "enhanced-geometry")
        return geometry is not None and attribute(geometry, "type") in _RECTANGLES
    return name(shape) == "rect" and not any(
        length(attribute(shape, key)) for key in ("corner-radius", "rx", "ry")
    )
