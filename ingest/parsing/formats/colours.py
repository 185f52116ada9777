"""Colours and sizes of text, and what is behind it: whether a reader can tell the words from their background."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

from chatbot.text.hidden import How

Colour: TypeAlias = tuple[int, int, int]  # red, green, blue, 0-255 each

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
# points; the smallest print on contracts and medicine boxes is 4
SMALLEST = 2.0
# share of the opacity of text below which nobody sees it
CLEAR = 0.05
# Least distance at which letters of 11 points can be told from their ground, in units of CIE lightness (black 0, white
# 100); colour counts a third, since the eye tells letters apart by lightness far more than by hue. On white the limit lies
# between #efefef (5.55, contrast 1.15) and #eeeeee (5.90, 1.16), where APCA, the contrast planned for WCAG 3, ends too (0
# and 7.6 of 106). So #f2f2f2, Office's faintest grey, is not seen on white; a watermark's #dddddd (11.9), white on Office's
# light grey #e7e6e6 (8.6) and yellow on white (32) are. The same 16 of 255 in each channel are more in darker colours:
# #2f598d on #1f497d (6.5) can be read.
_LEAST_DISTANCE = 5.75
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


def unseen(colour: Colour | None, background: Colour | None, size: float | None = None) -> How | None:
    """Why nobody sees words of this colour on this background; ``None``: they are seen, or that is not known.

    Args:
        colour: ``None`` for the automatic one, which always differs from what is behind it.
        background: ``None`` where it is a picture, a gradient or unknown.
        size: of the font, in points; ``None`` for unknown.
    """
    if size is not None and size < SMALLEST:
        return "size"
    return "colour" if are_near(colour, background) else None


def are_near(text: Colour | None, ground: Colour | None) -> bool:
    """Whether text in the one colour cannot be read on the other; ``False`` where either is not known (``None``)."""
    return text is not None and ground is not None and _distance(text, ground) < _LEAST_DISTANCE


def over(colour: tuple[int, int, int, float], ground: Colour | None) -> Colour | None:
    """``colour`` with its opacity (0-1) painted over ``ground``; ``None`` where that cannot be known."""
    *parts, alpha = colour
    if alpha >= 1:
        return (parts[0], parts[1], parts[2])
    if ground is None:
        return None
    red, green, blue = (round(alpha * a + (1 - alpha) * b) for a, b in zip(parts, ground, strict=True))
    return (red, green, blue)


def from_hex(value: str | None) -> Colour | None:
    """``#RRGGBB`` or ``RRGGBB``; ``None`` for ``auto`` and everything else."""
    found = _HEX.fullmatch(value.strip()) if value else None
    if found is None:
        return None
    digits = found.group(1)
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))


def from_bgr(value: int) -> Colour:
    """From a Windows COLORREF, 0x00BBGGRR."""
    return value & 255, value >> 8 & 255, value >> 16 & 255


@lru_cache(maxsize=4096)
def _distance(one: Colour, other: Colour) -> float:
    light, green_red, blue_yellow = (a - b for a, b in zip(_lab(one), _lab(other), strict=True))
    return float((light**2 + (green_red**2 + blue_yellow**2) / 9) ** 0.5)


def _lab(colour: Colour) -> tuple[float, float, float]:
    """CIE 1976 L*a*b* of an sRGB colour in daylight (D65)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour)
    )
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116
        for part in (
            (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
            0.2126 * red + 0.7152 * green + 0.0722 * blue,
            (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)
