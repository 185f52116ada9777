"""Untrusted text on its way to the browser: as HTML text, or as a widget label that is not markdown."""

from __future__ import annotations

import re
from html import escape

from chatbot.prompts import clean, line

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # CommonMark lets exactly these be escaped
_LINK = re.compile(r"(://|(?<=www)\.|@)", re.IGNORECASE)


def as_html(text: str) -> str:
    """``text`` as HTML that shows it literally, without characters that no reader sees."""
    return escape(clean(text), quote=True)


def name_as_html(text: str) -> str:
    """A name, title or heading as HTML, on one line."""
    return escape(line(text), quote=True)


def as_text(text: str) -> str:
    """``text`` as markdown that shows it literally, for widget labels: Streamlit renders those as markdown.

    A word joiner (invisible) keeps addresses from being turned into links after the escapes are gone.
    """
    broken = _LINK.sub("\\1\u2060", line(text))
    return _PUNCTUATION.sub(r"\\\1", broken)
