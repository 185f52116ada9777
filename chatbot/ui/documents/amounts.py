"""Counts, sizes and names, short enough to stand in a line."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from chatbot.rendering.safe import as_attribute, name_as_html
from chatbot.rendering.words import Say

_LONGEST = 46  # columns of a name; Hangul takes two
_NAMED = 3  # files that a sentence names


def counted(say: Say, one: str, more: str, count: int) -> str:
    """The text ``one`` for 1 and ``more`` for every other ``count``, which it may name."""
    return say(one) if count == 1 else say(more, count=f"{count:,}")


def size(count: int) -> str:
    """``1300000`` bytes -> "1.2 MB"."""
    if count < 1024:
        return f"{count} B"
    if count < 1024**2:
        return f"{count / 1024:.0f} KB"
    return f"{count / 1024**2:.1f} MB" if count < 100 * 1024**2 else f"{count / 1024**2:.0f} MB"


def name_html(name: str, whole: str = "", longest: int = _LONGEST) -> str:
    """HTML of a file's name, shortened in the middle so that its end still shows; ``whole`` is its tooltip."""
    return f'<b title="{as_attribute(whole or name)}">{name_as_html(shortened(name, longest))}</b>'


def shortened(name: str, longest: int = _LONGEST) -> str:
    """``name`` in at most ``longest`` columns, with … in its middle if it has more."""
    if name.isascii() and len(name) <= longest:
        return name
    name = unicodedata.normalize("NFC", name)
    if sum(map(_columns, name)) <= longest:
        return name
    tail = _first(name[::-1], longest * 2 // 5)[::-1]
    return f"{_first(name, longest - 1 - sum(map(_columns, tail)))}…{tail}"


def listed_names(names: Sequence[str]) -> str:
    """The first names, shortened, and … for the others."""
    shown = [shortened(name) for name in names[:_NAMED]]
    return ", ".join([*shown, "…"] if len(names) > _NAMED else shown)


def _first(text: str, columns: int) -> str:
    taken = 0
    for place, character in enumerate(text):
        taken += _columns(character)
        if taken > columns:
            return text[:place]
    return text


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
