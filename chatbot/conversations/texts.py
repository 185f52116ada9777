"""Text as SQLite can take it, as a search compares it, and as a title."""

from __future__ import annotations

import unicodedata

from chatbot.text.invisible import on_one_line, without_invisible

TITLE_CHARS = 60


def folded(text: str) -> str:
    """``text`` as search compares it: composed Hangul, without case and what nobody sees."""
    return unicodedata.normalize("NFC", without_invisible(storable(text))).casefold()


def storable(text: str) -> str:
    """``text`` with what SQLite cannot take replaced: half a surrogate pair, as a model may send."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def shortened(question: str) -> str:
    """A title made of a question: one line, at most ``TITLE_CHARS`` characters."""
    title = on_one_line(question)
    return title if len(title) <= TITLE_CHARS else f"{title[: TITLE_CHARS - 1].rstrip()}…"
