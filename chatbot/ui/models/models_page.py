"""The Models page: who writes the answers, how is searched, and what all of it is made of."""

from __future__ import annotations

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui import choices
from chatbot.ui.models import backend_settings
from chatbot.ui.models.backend_cards import draw_backend_cards
from chatbot.ui.models.provenance import draw_provenance
from chatbot.ui.models.search_settings import draw_search_settings
from chatbot.ui.notices import quiet


def draw_models_page(config: Config, chatbot: Chatbot | None, say: Say) -> None:
    """Draw the page. Everything on it takes effect with the next question; nothing is loaded anew."""
    st.html(f'<div class="sl-head-line"><h1>{say("models")}</h1></div>')
    settings = choices.settings(config)
    llm = settings.llm
    if where := backend_settings.host(llm):
        place = llm.backend if where == llm.backend else f"{llm.backend} ({where})"
        quiet("remote", as_html(choices.what_leaves(config, settings, place, say)))
    else:
        quiet("local", as_html(say("stays")))
    _draw_head(say("answers"), say("answers_more"))
    if llm.backend != "extractive":
        st.button(
            say("back_to_quotes"), key="to_quotes", icon=":material/undo:", type="tertiary",
            on_click=backend_settings.view, args=(config, "extractive"),
        )  # fmt: skip
    draw_backend_cards(config, say)
    _draw_head(say("retrieval"), say("retrieval_more"))
    draw_search_settings(config, say)
    _draw_head(say("inside"), say("inside_more"))
    draw_provenance(config, chatbot, say)


def _draw_head(title: str, more: str) -> None:
    st.html(f'<div class="sl-section"><h2>{as_html(title)}</h2><p class="sl-fine">{as_html(more)}</p></div>')
