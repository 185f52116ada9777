"""The page from top to bottom: three parts, and a sidebar that is the same beside all of them."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.errors import StoreMissing
from chatbot.rendering.words import Say
from chatbot.ui.bridge import clicked
from chatbot.ui.chat import chat_page as chat
from chatbot.ui.chat import history
from chatbot.ui.chat.session import current
from chatbot.ui.documents import documents_page as documents
from chatbot.ui.documents.listing import documents_of
from chatbot.ui.documents.uploads import Ingest
from chatbot.ui.jobs import attempt
from chatbot.ui.models import models_page as models
from chatbot.ui.notices import problem
from chatbot.ui.resources import chatbot_for, config_from, keys_from_secrets
from chatbot.ui.sidebar import choose_language, language, sidebar
from chatbot.ui.sign_in import owner, signed_in
from chatbot.ui.sources.viewing import Viewing

_ASSETS = Path(__file__).parent / "assets"


def show(ingest: Ingest, viewing: Viewing) -> None:
    """Draw the page once, as Streamlit does for every event.

    Args:
        ingest: adds and removes documents.
        viewing: opens them.
    """
    st.set_page_config("Second Look", str(_ASSETS / "icon.svg"), layout="centered")
    for sheet in ("page.css", "inspector.css", "documents.css"):
        st.html(_ASSETS / sheet)
    keys_from_secrets()
    say = language()
    if not signed_in(say):
        return
    read = attempt(lambda: config_from(sys.argv[1:]))
    if read.value is None:
        with st.sidebar:
            choose_language(say)
        if read.error:
            problem(read.error, say)
        return
    _with_config(read.value, ingest, viewing, say)


def _with_config(config: Config, ingest: Ingest, viewing: Viewing, say: Say) -> None:
    loaded = attempt(lambda: chatbot_for(config))
    if loaded.error and not isinstance(loaded.error, StoreMissing):
        problem(loaded.error, say)
        return
    chatbot = loaded.value
    rows = documents_of(chatbot)
    kept_in = _kept_in(config) if chatbot else None

    def chat_page() -> None:
        if chatbot and any(row.chunks for row in rows):
            chat.chat(config, chatbot, current(config, kept_in), rows, ingest, say)
        else:
            chat.invite(config, ingest, say)

    pages = [
        st.Page(chat_page, title=say("nav_chat"), icon=":material/forum:", url_path="chat", default=True),
        st.Page(
            lambda: documents.page(config, chatbot, ingest, say),
            title=say("documents"), icon=":material/folder_open:", url_path="documents",
        ),
        st.Page(
            lambda: models.page(config, chatbot, say),
            title=say("nav_models"), icon=":material/tune:", url_path="models",
        ),
    ]  # fmt: skip
    page = st.navigation(pages)
    if click := clicked(say):  # before anything is drawn that it may change
        if chatbot:
            chat.act(click, config, chatbot, current(config, kept_in), viewing, say)
        history.act(click, config, kept_in, say)
        if click.action in history.TO_THE_CHAT and page is not pages[0]:
            st.switch_page(pages[0])
    with st.sidebar:
        sidebar(config, kept_in, current(config, kept_in), say)
    page.run()


def _kept_in(config: Config) -> Conversations | None:
    """Where conversations are kept; ``None``, and the sidebar says why, where they cannot be."""
    return attempt(lambda: history.opened(config.store, owner())).value
