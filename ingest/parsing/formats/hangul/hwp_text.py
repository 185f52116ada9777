"""HWP 5: the characters of a paragraph, with the controls among them.

| characters | in 16-bit units |
|---|---|
| 0, 10 line feed, 13 end, 24-31 | 1 |
| 4 end of field, 5-9 (9: tab), 19, 20 | 8: the character, six of its own, the character again |
| 1-3, 11, 12, 14-18, 21-23 | 8, and a record CTRL_HEADER of its own |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

_INLINE = frozenset({4, 5, 6, 7, 8, 9, 19, 20})
_EXTENDED = frozenset({1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23})
_SINGLE = {10: "\n", 13: "", 24: "-", 30: "\u00a0", 31: " "}
_TAB = 9
# Hangul's boxed numbers 1-20, which no other font has
_BOXED = {0xF02B1 + number: f"[{number + 1}]" for number in range(20)}
_PRIVATE_USE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")

# where it starts in 16-bit units, and text, or ``None`` for the next control that has a record
Piece: TypeAlias = tuple[int, str | None]


def pieces(data: bytes) -> Iterator[Piece]:
    """Text and controls in order."""
    position, end = 0, len(data) - len(data) % 2
    start = 0
    while position < end:
        code = data[position] | data[position + 1] << 8
        if code >= 32:
            position += 2
            continue
        if position > start:
            yield start // 2, data[start:position].decode("utf-16-le", "replace")
        if code in _EXTENDED:
            yield position // 2, None
        elif code == _TAB:
            yield position // 2, "\t"
        elif text := _SINGLE.get(code, ""):
            yield position // 2, text
        position += 16 if code in _EXTENDED or code in _INLINE else 2
        start = position
    if end > start:
        yield start // 2, data[start:end].decode("utf-16-le", "replace")


def readable(text: str) -> str:
    """Without characters that only Hangul's own fonts have; its boxed numbers as ``[1]``."""
    return _PRIVATE_USE.sub(lambda found: _BOXED.get(ord(found.group()), ""), text)
