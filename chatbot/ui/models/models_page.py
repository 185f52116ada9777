"""The Models page: who writes the answers, how is searched, and what all of it is made of."""

from __future__ import annotations

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui import choices
from chatbot.ui.models import backends
from chatbot.ui.models.backend_cards import backend_cards
from chatbot.ui.models.provenance import inside
from chatbot.ui.models.search_settings import search_settings
from chatbot.ui.notices import quiet


def page(config: Config, chatbot: Chatbot | None, say: Say) -> None:
    """Draw the page. Everything on it takes effect with the next question; nothing is loaded anew."""
    st.html(f'<div class="sl-head-line"><h1>{say("models")}</h1></div>')
    llm = choices.settings(config).llm
    if where := backends.host(llm):
        place = llm.backend if where == llm.backend else f"{llm.backend} ({where})"
        quiet("remote", as_html(say("leaves", where=place)))
    else:
        quiet("local", as_html(say("stays")))
    _head(say("answers"), say("answers_more"))
    backend_cards(config, say)
    _head(say("retrieval"), say("retrieval_more"))
    search_settings(config, say)
    _head(say("inside"), say("inside_more"))
    inside(config, chatbot, say)


def _head(title: str, more: str) -> None:
    st.html(f'<div class="sl-section"><h2>{as_html(title)}</h2><p class="sl-fine">{as_html(more)}</p></div>')
