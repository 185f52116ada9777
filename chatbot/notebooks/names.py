"""Names of notebooks: what can be one, and how two of them are compared."""

from __future__ import annotations

import unicodedata

from chatbot.errors import LibraryError
from chatbot.text.invisible import on_one_line, without_invisible

LONGEST_NAME = 80  # characters


def checked_name(name: str) -> str:
    """``name`` on one line, composed; ``LibraryError`` where nobody could read or type it."""
    clean = without_invisible(on_one_line(unicodedata.normalize("NFC", name))).strip()
    if not clean or len(clean) > LONGEST_NAME or clean.startswith("#"):
        raise LibraryError(
            "{name} cannot be a notebook's name; give 1 to {most} characters that do not begin with #",
            name=repr(name[:LONGEST_NAME]),
            most=LONGEST_NAME,
        )
    return clean


def folded(name: str) -> str:
    """As names are compared."""
    return unicodedata.normalize("NFC", name).strip().casefold()


def number_in(name: str) -> int:
    """7 for ``#7``; 0, which no notebook has, for anything else."""
    digits = name.strip().removeprefix("#")
    return int(digits) if name.strip().startswith("#") and digits.isdecimal() and len(digits) < 18 else 0
