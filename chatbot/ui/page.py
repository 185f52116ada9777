"""The page from top to bottom."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.errors import StoreMissing
from chatbot.store.records import DocumentRow
from chatbot.ui import conversation
from chatbot.ui.attempt import attempt
from chatbot.ui.conversation import Exchange, exchanges
from chatbot.ui.documents import add_documents, choose_documents, manage_documents, no_documents
from chatbot.ui.launch import config_from, keys_from_secrets
from chatbot.ui.notices import problem, quiet
from chatbot.ui.resources import chatbot_for
from chatbot.ui.safe import as_html
from chatbot.ui.settings import Settings, choose_language, choose_settings
from chatbot.ui.suggestions import first_questions, suggest
from chatbot.ui.text import Say
from chatbot.ui.uploads import Ingest

_HERE = Path(__file__).parent


def show(ingest: Ingest) -> None:
    """Draw the page once, as Streamlit does for every event. ``ingest`` adds and removes documents."""
    st.set_page_config(
        "Second Look", str(_HERE / "icon.svg"), layout="centered", initial_sidebar_state="auto"
    )
    st.html(_HERE / "page.css")
    keys_from_secrets()
    with st.sidebar:
        say = choose_language()
    read = attempt(lambda: config_from(sys.argv[1:]))
    if read.error:
        problem(read.error, say)
    elif read.value:
        _with_config(read.value, ingest, say)


def _with_config(config: Config, ingest: Ingest, say: Say) -> None:
    waiting = st.empty()
    waiting.html(f'<p class="sl-busy">{say("loading")}</p>')
    loaded = attempt(lambda: chatbot_for(config))
    waiting.empty()
    if loaded.error and not isinstance(loaded.error, StoreMissing):
        problem(loaded.error, say)
        return
    chatbot = loaded.value
    documents = _documents(chatbot)
    with st.sidebar:
        if documents and chatbot:
            filters = _library(config, chatbot, documents, ingest, say)
        settings = choose_settings(config, filters if documents else [], say)
    if documents and chatbot:
        _chat(chatbot, documents, settings, say)
    else:
        _header(say)
        no_documents(say)
        add_documents(config, chatbot, ingest, say)


def _documents(chatbot: Chatbot | None) -> list[DocumentRow]:
    if chatbot is None:
        return []
    with chatbot.store.reading() as view:
        return view.documents()


def _library(
    config: Config, chatbot: Chatbot, documents: list[DocumentRow], ingest: Ingest, say: Say
) -> list[str]:
    st.subheader(say("documents"))
    chunks = sum(row.chunks for row in documents)
    quiet("count", as_html(say("documents_count", documents=len(documents), chunks=chunks)))
    filters = choose_documents(documents, say)
    manage_documents(documents, chatbot, ingest, say)
    add_documents(config, chatbot, ingest, say)
    return filters


def _chat(chatbot: Chatbot, documents: list[DocumentRow], settings: Settings, say: Say) -> None:
    start, body = st.empty(), st.container()
    with st.container(key="ask"):
        asked = st.chat_input(say("ask_placeholder"), key="question", max_chars=4000)
    if asked and str(asked).strip():
        exchanges().append(Exchange(str(asked).strip(), settings))
    if not exchanges():
        with start.container():
            _begin(chatbot, documents, settings, say)
        return
    start.empty()  # now, or the suggestions would stay below the answer until it is finished
    with body:
        conversation.draw(chatbot, say)
        st.button(say("new_chat"), key="new_chat", type="tertiary", on_click=exchanges().clear)


def _begin(chatbot: Chatbot, documents: list[DocumentRow], settings: Settings, say: Say) -> None:
    _header(say)
    if clicked := suggest(first_questions(chatbot.store, documents, say), say):
        exchanges().append(Exchange(clicked, settings))
        st.rerun()


def _header(say: Say) -> None:
    st.html(f'<div class="sl-title"><h1>Second Look</h1><p>{say("tagline")}</p></div>')
