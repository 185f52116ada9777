"""What lies over what on a slide: which shapes are seen, and the colour behind their words. For PPTX, ODP and PPT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import Colour

# shapes of one slide that are compared with each other
_MAX_COMPARED = 500


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the slide, in the units of its format."""

    left: float
    top: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether the two have some of their areas in common."""
        return (
            self.left < other.left + other.width
            and other.left < self.left + self.width
            and self.top < other.top + other.height
            and other.top < self.top + self.height
        )

    def holds(self, other: Box) -> bool:
        """Whether the other lies wholly in this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.left + self.width >= other.left + other.width
            and self.top + self.height >= other.top + other.height
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """From the coordinates of a group's members to those of the slide."""

    x: float = 0.0
    y: float = 0.0
    wide: float = 1.0
    high: float = 1.0

    def box(self, left: float, top: float, width: float, height: float) -> Box:
        return Box(self.x + self.wide * left, self.y + self.high * top, self.wide * width, self.high * height)

    def inside(self, group: Box, left: float, top: float, width: float, height: float) -> Scale:
        """That of the members of a ``group`` on the slide, whose own coordinates are the others."""
        wide, high = group.width / (width or 1), group.height / (height or 1)
        return Scale(group.left - wide * left, group.top - high * top, wide, high)


@dataclass(frozen=True, slots=True)
class Layer:
    """What one shape paints.

    Attributes:
        box: ``None`` where no place is given.
        is_filled: whether the shape has a fill that is seen. Its ``colour`` is ``None`` where it is not known.
        covers: whether nothing is seen through it: an opaque rectangle that is not turned.
        shows_more: whether it shows more than its fill and its words, as a picture or a table does.
        is_off: whether it is switched off.
        moves: whether an animation may move it, or take it away.
    """

    box: Box | None = None
    is_filled: bool = False
    colour: Colour | None = None
    covers: bool = False
    shows_more: bool = False
    is_off: bool = False
    moves: bool = False


class Stack:
    """The layers of one slide from the lowest to the highest; each is named by its place in that order.

    Args:
        page: what is shown of the slide, ``None`` where its size is not known.
        ground: the colour behind all layers, ``None`` where it is a picture or not known.
    """

    def __init__(self, layers: Sequence[Layer], page: Box | None, ground: Colour | None) -> None:
        self._layers = layers
        self._page = page
        self._ground = ground

    def how_hidden(self, place: int) -> How | None:
        """How a shape is hidden as a whole, ``None`` where it is seen."""
        layer = self._layers[place]
        if layer.is_off:
            return "marked"
        if layer.box is None or layer.moves:
            return None
        if self._page is not None and not self._page.meets(_grown(layer.box)):
            return "outside"
        above = self._layers[place + 1 :][:_MAX_COMPARED]
        return "covered" if any(_covers(other, layer.box) for other in above) else None

    def behind(self, place: int) -> Colour | None:
        """The colour behind a shape's words, ``None`` where it is not known for sure."""
        layer = self._layers[place]
        if layer.is_filled:
            return layer.colour
        if layer.box is None:
            return None
        for lower in reversed(self._layers[:place][-_MAX_COMPARED:]):
            if lower.box is None:
                return None
            if not lower.is_off and lower.box.meets(layer.box) and (lower.is_filled or lower.shows_more):
                return lower.colour if lower.box.holds(layer.box) else None
        return self._ground


def _covers(layer: Layer, box: Box) -> bool:
    return (
        layer.covers
        and not layer.is_off
        and not layer.moves
        and layer.box is not None
        and layer.box.holds(box)
    )


def _grown(box: Box) -> Box:
    """A line of no height still has a place."""
    return Box(box.left, box.top, max(box.width, 1), max(box.height, 1))
