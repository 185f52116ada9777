"""Rectangles around printed characters: one for each stretch of a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Direction = Literal["across", "down", "slanted"]
Sides = tuple[float, float, float, float]  # left, top, right, bottom

# characters of a stretch follow each other with at most a space, a hyphen and a line end between them
_STEP = 4
# as shares of the line's height: a wider gap is that between two cells; lower stretches stand on another line
_GAP = 1.0
_OVERLAP = 0.5


@dataclass(frozen=True, slots=True)
class CharBox:
    """A character's box in pixels from the top left; ``order`` counts characters as the page's content has them."""

    order: int
    left: float
    top: float
    right: float
    bottom: float
    direction: Direction = "across"

    def turned(self) -> CharBox:
        """With x and y exchanged."""
        return replace(self, left=self.top, top=self.left, right=self.bottom, bottom=self.right)


def line_boxes(chars: Iterable[CharBox]) -> list[CharBox]:
    """A box for each stretch of a line, in the order of the characters; slanted ones keep each their own.

    Boxes of lines that stand close are cut where they meet, so that none covers another line's letters.
    """
    boxes = list(_joined(chars))
    across = _apart([box for box in boxes if box.direction == "across"])
    down = [box.turned() for box in _apart([box.turned() for box in boxes if box.direction == "down"])]
    return sorted(
        [*across, *down, *(box for box in boxes if box.direction == "slanted")], key=lambda box: box.order
    )


def _joined(chars: Iterable[CharBox]) -> Iterator[CharBox]:
    box: CharBox | None = None
    last = 0
    for char in chars:
        if box is not None and char.order - last <= _STEP and _in_line(box, char):
            box = _around(box, char)
        else:
            if box is not None:
                yield box
            box = char
        last = char.order
    if box is not None:
        yield box


def _in_line(box: CharBox, char: CharBox) -> bool:
    if box.direction != char.direction or box.direction == "slanted":
        return False
    if box.direction == "down":
        box, char = box.turned(), char.turned()
    height = min(box.bottom - box.top, char.bottom - char.top)
    overlap = min(box.bottom, char.bottom) - max(box.top, char.top)
    gap = max(box.left, char.left) - min(box.right, char.right)
    return overlap >= _OVERLAP * height and gap <= _GAP * max(box.bottom - box.top, char.bottom - char.top)


def _around(box: CharBox, other: CharBox) -> CharBox:
    return replace(
        box,
        left=min(box.left, other.left),
        top=min(box.top, other.top),
        right=max(box.right, other.right),
        bottom=max(box.bottom, other.bottom),
    )


def _apart(boxes: list[CharBox]) -> list[CharBox]:
    """Of two boxes one above the other that overlap a little, each gives up half."""
    ordered = sorted(boxes, key=lambda box: (box.top + box.bottom, box.left))
    cut = {box.order: box for box in ordered}
    for number, above in enumerate(ordered):
        for below in ordered[number + 1 :]:
            overlap = above.bottom - below.top
            if overlap <= 0:
                break
            smaller = min(above.bottom - above.top, below.bottom - below.top)
            side_by_side = min(above.right, below.right) <= max(above.left, below.left)
            if overlap >= _OVERLAP * smaller or side_by_side:
                continue
            middle = (above.bottom + below.top) / 2
            upper, lower = cut[above.order], cut[below.order]
            cut[above.order] = replace(upper, bottom=min(upper.bottom, middle))
            cut[below.order] = replace(lower, top=max(lower.top, middle))
    return list(cut.values())
