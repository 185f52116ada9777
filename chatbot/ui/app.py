"""The page from top to bottom: three parts, and a sidebar that is the same beside all of them."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.engine import Chatbot
from chatbot.errors import StoreMissing
from chatbot.rendering.words import Say
from chatbot.ui import choices
from chatbot.ui.chat import address
from chatbot.ui.chat.chat_header import draw_chat_header
from chatbot.ui.chat.chat_page import draw_chat
from chatbot.ui.documents.document_rows import documents_of
from chatbot.ui.documents.documents_page import draw_documents_page
from chatbot.ui.documents.first_visit import draw_first_visit
from chatbot.ui.jobs import attempt
from chatbot.ui.library.current import Entered, also_asked, enter_notebook
from chatbot.ui.library.switcher import (
    draw_keys_button,
    draw_new_button,
    draw_no_notebook,
    draw_notebook_dialog,
    draw_switcher,
)
from chatbot.ui.models.models_page import draw_models_page
from chatbot.ui.notices import problem
from chatbot.ui.page_state import obey_clicks, page_state, write_address
from chatbot.ui.resources import chatbot_for, chatbot_over, config_from, keys_from_secrets
from chatbot.ui.sidebar.conversation_list import draw_delete_dialog, open_conversations
from chatbot.ui.sidebar.sidebar import chosen_language, draw_language_switch, draw_sidebar
from chatbot.ui.sign_in import draw_sign_out, owner, require_sign_in
from chatbot.ui.sources.panel import draw_panel

_ASSETS = Path(__file__).parent / "assets"


def draw_page() -> None:
    """Draw the page once, as Streamlit does for every event."""
    st.set_page_config("Second Look", str(_ASSETS / "icon.svg"), layout="centered")
    keys_from_secrets()
    say = chosen_language()
    if not require_sign_in(say):
        return
    read = attempt(lambda: config_from(sys.argv[1:]))
    if read.value is None:
        with st.sidebar:
            draw_language_switch(say)
        if read.error:
            problem(read.error, say)
        return
    _draw_in_notebook(read.value, say)


def _draw_in_notebook(given: Config, say: Say) -> None:
    """The page of the notebook in which this session is; ``given``: the configuration that the server was started with."""
    entered = attempt(lambda: enter_notebook(given))
    if entered.value is not None:
        _draw_with_config(given, entered.value, say)
        return
    if entered.error:
        problem(entered.error, say)
    else:
        draw_notebook_dialog(given, None, say)
        draw_no_notebook(say)
    with st.sidebar:
        if not entered.error:
            draw_switcher(given, None, say)
        draw_language_switch(say)
        draw_sign_out(say)


def _draw_with_config(given: Config, entered: Entered, say: Say) -> None:
    config = entered.config
    loaded = attempt(lambda: chatbot_for(config))
    if loaded.error and not isinstance(loaded.error, StoreMissing):
        problem(loaded.error, say)
        draw_notebook_dialog(given, entered, say)
        with st.sidebar:  # the way to another one
            draw_switcher(given, entered, say)
        return
    chatbot = loaded.value
    asked = _asked(given, entered, chatbot, say)
    rows = documents_of(asked)
    kept_in = _kept_in(config) if chatbot else None
    choices.restore(config, kept_in, {row.uri for row in rows})
    page = page_state(config, kept_in)

    def draw_chat_page() -> None:
        if asked and any(row.chunks for row in rows):
            is_beside = page.dialog is not None or page.panel is not None
            draw_chat_header(page.chat, kept_in, say)
            draw_chat(config, asked, page.chat, rows, say, is_beside)
        else:
            draw_first_visit(config, rows, say)

    def draw_documents_part() -> None:
        draw_documents_page(config, chatbot, say)
        draw_new_button(given, say)

    def draw_models_part() -> None:
        draw_models_page(config, chatbot, say)
        draw_keys_button(given, say)

    chat_part = st.Page(
        draw_chat_page, title=say("nav_chat"), icon=":material/forum:", url_path="chat", default=True
    )
    part = st.navigation([
        chat_part,
        st.Page(
            draw_documents_part,
            title=say("documents"), icon=":material/folder_open:", url_path="documents",
        ),
        st.Page(
            draw_models_part,
            title=say("nav_models"), icon=":material/tune:", url_path="models",
        ),
    ])  # fmt: skip
    if part.url_path != page.part:
        page.part = part.url_path
        page.close_dialog()
        page.close_panel()
        address.forget()
    obey_clicks(page, config, kept_in, say)  # before anything is drawn that they may change
    page.chat.catch_up(config)  # after the clicks, which mean what was shown before it
    if page.wants_chat and part is not chat_part:
        st.switch_page(chat_part)
    page.wants_chat = False
    write_address(page)
    if page.dialog is not None and kept_in is not None:
        draw_delete_dialog(page.dialog.conversation, page, kept_in, say)
    else:
        draw_notebook_dialog(given, entered, say)
    with st.sidebar:
        draw_switcher(given, entered, say)
        draw_sidebar(config, kept_in, page, chatbot is not None, say)
    part.run()
    if asked is not None:
        draw_panel(page, config, asked, say)  # last, so that what stands before it keeps its place


def _asked(given: Config, entered: Entered, chatbot: Chatbot | None, say: Say) -> Chatbot | None:
    """What questions go to: the notebook of this session, together with others where some are chosen."""
    if not (others := also_asked(given)):
        return chatbot
    together = attempt(lambda: chatbot_over(entered.config, [entered.notebook, *others]))
    if together.error:
        problem(together.error, say)
    return together.value or chatbot


def _kept_in(config: Config) -> Conversations | None:
    """Where conversations are kept; ``None``, and the sidebar says why, where they cannot be."""
    return attempt(lambda: open_conversations(config, owner())).value
