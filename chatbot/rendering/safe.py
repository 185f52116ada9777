"""Untrusted text on its way to the browser: as HTML text, as an attribute, or as a widget label that is not markdown.

Characters that nobody sees become chips with their code points, or ``⟨U+202E⟩`` where there can be no chip: so they
are noticed, and can reorder nothing.
"""

from __future__ import annotations

import re
from html import escape

from chatbot.text.invisible import code_points, description, on_one_line, pieces, visible

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # CommonMark lets exactly these be escaped
_LINK = re.compile(r"(://|(?<=www)\.|@)", re.IGNORECASE)


def as_html(text: str) -> str:
    """``text`` as HTML that shows it literally."""
    return "".join(_chip(piece) if is_run else escape(piece, quote=True) for piece, is_run in pieces(text))


def name_as_html(text: str) -> str:
    """A name, title or heading as HTML, on one line."""
    return as_html(on_one_line(text))


def as_attribute(text: str) -> str:
    """``text`` as the value of an HTML attribute."""
    return escape(as_label(text), quote=True)


def as_label(text: str) -> str:
    """``text`` on one line for widgets that show labels as they are."""
    return visible(on_one_line(text))


def as_text(text: str) -> str:
    """``text`` as markdown that shows it literally, for widget labels: Streamlit renders those as markdown.

    A word joiner (invisible) keeps addresses from being turned into links after the escapes are gone.
    """
    broken = _LINK.sub("\\1\u2060", as_label(text))
    return _PUNCTUATION.sub(r"\\\1", broken)


def _chip(run: str) -> str:
    title = escape(description(run), quote=True)
    return f'<span class="sl-invisible" title="{title}">{code_points(run)}</span>'
