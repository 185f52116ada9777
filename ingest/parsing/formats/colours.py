"""Whether words can be told from what is behind them, and other signs that nobody sees them."""

from __future__ import annotations

from typing import TypeAlias

from chatbot.text.hidden import How

# red, green, blue; 0-255 each
Colour: TypeAlias = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
# white on #f2f2f2 differs by 13; grey on white that people do read, #d9d9d9, by 38
_LEAST_CONTRAST = 20
# points; readers ask for 4 at least, marks of tracking and the like have 1
_LEAST_SIZE = 2.0


def unseen(colour: Colour | None, background: Colour | None, size: float | None = None) -> How | None:
    """Why nobody sees words of this colour on this background; ``None``: they are seen, or that is not known.

    Args:
        colour: ``None`` for the automatic one, which always differs.
        background: ``None`` where it is a picture, a gradient or unknown.
        size: of the font, in points.
    """
    if size is not None and 0 < size < _LEAST_SIZE:
        return "size"
    if colour is None or background is None:
        return None
    return (
        "colour"
        if max(abs(a - b) for a, b in zip(colour, background, strict=True)) <= _LEAST_CONTRAST
        else None
    )


def from_bgr(value: int) -> Colour:
    """From a Windows COLORREF, 0x00BBGGRR."""
    return value & 255, value >> 8 & 255, value >> 16 & 255
