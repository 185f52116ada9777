"""Messages as text: Streamlit's own ``st.error`` and ``st.caption`` would render them as markdown."""

from __future__ import annotations

from typing import Any

import streamlit as st

from chatbot.errors import ChatbotError
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say


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


def set_widget(key: str, value: Any, is_live: bool = False) -> str:
    """``key``, under which the widget that is drawn next shows ``value``.

    Set in every run: a run that is ended between the two leaves a value that the next one would not find.

    Args:
        is_live: runs start while somebody types into it; text that came meanwhile must not be taken back.
    """
    if not is_live or key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key
