"""Messages as text: Streamlit's own ``st.error`` and ``st.caption`` would render them as markdown."""

from __future__ import annotations

import streamlit as st

from chatbot.errors import ChatbotError
from chatbot.rendering.safe import as_html
from chatbot.ui.words import Say


def notice(title: str, message: str, kind: str = "warn") -> None:
    """A calm box: what is the matter, and a sentence more."""
    st.html(notice_html(title, message, kind))


def notice_html(title: str, message: str, kind: str = "warn") -> str:
    return f'<div class="sl-notice sl-{kind}" role="status"><b>{as_html(title)}</b><p>{as_html(message)}</p></div>'


def problem(error: ChatbotError, say: Say) -> None:
    """The one sentence of an error."""
    notice(say("problem"), say.error(str(error)))


def quiet(kind: str, html: str) -> None:
    """A small line; ``html`` is already escaped."""
    st.html(f'<p class="sl-quiet sl-{kind}">{html}</p>')
