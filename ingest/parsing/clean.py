"""Text that is safe to store: no NUL, no lone surrogate, one kind of newline."""

from __future__ import annotations

import re
import unicodedata

_NEWLINES = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
# C0/C1 controls other than tab and newline, lone surrogates and non-characters
_FORBIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# zero-width space, word joiner, byte order mark, soft hyphen: they split words for search and show nothing
_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff\u00ad]")
_CONJOINING_JAMO = re.compile(r"[\u1100-\u11ff]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def storable(text: str) -> str:
    """The same text with ``\\n`` newlines and without characters that SQLite or UTF-8 cannot keep."""
    return _FORBIDDEN.sub("", _NEWLINES.sub("\n", text).removeprefix("\ufeff"))


def readable(text: str) -> str:
    """``storable`` text without invisible characters; decomposed Hangul (as macOS writes it) is composed."""
    text = _INVISIBLE.sub("", storable(text))
    return unicodedata.normalize("NFC", text) if _CONJOINING_JAMO.search(text) else text


def squeezed(text: str) -> str:
    """``readable`` text on as many lines, each with single spaces and none at its ends."""
    lines = (_SPACES.sub(" ", line).strip() for line in readable(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """``readable`` text with every run of white space as one space."""
    return " ".join(readable(text).split())
