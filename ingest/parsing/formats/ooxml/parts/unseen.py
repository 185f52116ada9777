"""Words of binary and OpenDocument files that nobody sees: white on white, or too small."""

from __future__ import annotations

from chatbot.text.hidden import How
from ingest.parsing.formats.ooxml.parts.colours import SMALLEST, Colour, near


def unseen(colour: Colour | None, background: Colour | None, size: float | None = None) -> How | None:
    """Why nobody sees words of this colour on this background; ``None``: they are seen, or that is not known.

    Args:
        colour: ``None`` for the automatic one, which always differs from what is behind it.
        background: ``None`` where it is a picture, a gradient or unknown.
        size: of the font, in points; 0 for unknown.
    """
    if size and size < SMALLEST:
        return "size"
    return "colour" if near(colour, background) else None


def from_bgr(value: int) -> Colour:
    """From a Windows COLORREF, 0x00BBGGRR."""
    return value & 255, value >> 8 & 255, value >> 16 & 255
