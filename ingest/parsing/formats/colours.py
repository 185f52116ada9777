"""Colours of text and of what is behind it: which of them a reader can tell apart."""

from __future__ import annotations

import re
from typing import TypeAlias

RGB: TypeAlias = tuple[int, int, int]

WHITE: RGB = (255, 255, 255)
BLACK: RGB = (0, 0, 0)
# largest difference in one of red, green and blue (0-255): #e8e8e8 on white is beyond reading, #ddd is faint
_NEAR = 24
_HEX = re.compile(r"#?([0-9a-fA-F]{6})")


def are_near(text: RGB | None, ground: RGB | None) -> bool:
    """Whether text in the one colour cannot be read on the other; ``False`` where either is not known (``None``)."""
    if text is None or ground is None:
        return False
    return max(abs(a - b) for a, b in zip(text, ground, strict=True)) <= _NEAR


def over(colour: tuple[int, int, int, float], ground: RGB | None) -> RGB | None:
    """``colour`` with its opacity (0-1) painted over ``ground``; ``None`` where that cannot be known."""
    *parts, alpha = colour
    if alpha >= 1:
        return (parts[0], parts[1], parts[2])
    if ground is None:
        return None
    red, green, blue = (round(alpha * a + (1 - alpha) * b) for a, b in zip(parts, ground, strict=True))
    return (red, green, blue)


def from_hex(value: str | None) -> RGB | None:
    """``#RRGGBB`` or ``RRGGBB``; ``None`` for everything else."""
    found = _HEX.fullmatch(value.strip()) if value else None
    if found is None:
        return None
    digits = found.group(1)
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
