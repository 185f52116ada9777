"""The chat page: the first questions, the conversation, the field to ask in."""

from __future__ import annotations

from typing import Any

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_text
from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.ui import choices
from chatbot.ui.bridge import Click
from chatbot.ui.chat import exchange_view
from chatbot.ui.chat.session import Conversation
from chatbot.ui.chat.suggestions import first_questions, suggest
from chatbot.ui.documents.documents_page import add_documents, no_documents, start_upload
from chatbot.ui.documents.uploads import Ingest
from chatbot.ui.inspector.dialog import inspector
from chatbot.ui.notices import notice
from chatbot.ui.sources import viewer as source
from chatbot.ui.sources.viewing import Viewing


def invite(config: Config, ingest: Ingest, say: Say) -> None:
    """Before there is anything to ask about."""
    _header(say)
    no_documents(say)
    add_documents(config, None, ingest, say)


def chat(
    config: Config,
    chatbot: Chatbot,
    current: Conversation,
    documents: list[DocumentRow],
    ingest: Ingest,
    say: Say,
) -> None:
    """The conversation, or where it may begin."""
    start, body = st.empty(), st.container()
    with st.container(key="ask"):
        given = st.chat_input(say("ask_placeholder"), key="question", max_chars=4000, accept_file="multiple")
    if given:
        _take(given, config, chatbot, current, ingest)
    if not current.exchanges:
        with start.container():
            _header(say)
            if clicked := suggest(first_questions(chatbot.store, documents, say), say):
                current.ask(clicked, choices.settings(config))
                st.rerun()
        return
    start.empty()  # now, or the suggestions would stay below the answer until it is finished
    with body:
        exchange_view.draw(current, chatbot, say)
        if current.not_kept:
            notice(say("not_kept"), say.error(current.not_kept))


def act(
    click: Click, config: Config, chatbot: Chatbot, current: Conversation, viewing: Viewing, say: Say
) -> None:
    """Do what was clicked in an exchange."""
    if not 0 <= click.exchange < len(current.exchanges):
        return  # of a conversation that was left meanwhile
    exchange = current.exchanges[click.exchange]
    if click.action == "rate":
        current.rate(click.exchange, click.number, click.value)
    elif click.action == "again" and exchange.settled:
        current.ask_again(click.exchange, settings=choices.settings(config))
    elif click.action == "edit" and exchange.settled:
        exchange_view.edit(click.exchange)
    elif click.action == "why" and exchange.trace is not None:
        _inspect(chatbot, exchange.trace, choices.settings(config), say)
    elif click.action == "open" and exchange.trace is not None:
        found = next((s for s in exchange.trace.sources if s.number == click.number), None)
        if found is not None:
            source.show(found, chatbot.store, viewing, say)


def _take(given: Any, config: Config, chatbot: Chatbot, current: Conversation, ingest: Ingest) -> None:
    """A question, files, or both."""
    if given.files:
        start_upload(list(given.files), config, chatbot, ingest)
    if given.text.strip():
        current.ask(given.text.strip(), choices.settings(config))


def _inspect(chatbot: Chatbot, trace: Any, settings: choices.Settings, say: Say) -> None:
    dialog = st.dialog(as_text(say("why") if trace.sources else say("why_none")), width="large")
    dialog(inspector)(trace, chatbot, settings, say)


def _header(say: Say) -> None:
    st.html(f'<div class="sl-title"><h1>Second Look</h1><p>{say("tagline")}</p></div>')
