"""The chat page: the first questions, the conversation, the field to ask in."""

from __future__ import annotations

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.words import Say
from chatbot.text.asking import LONGEST_QUESTION
from chatbot.ui import choices
from chatbot.ui.chat.asking.given_files import given_with
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.chat.conversation_view import draw_conversation
from chatbot.ui.chat.suggestions import draw_next_questions, draw_suggestions
from chatbot.ui.documents.documents_page import draw_no_documents, draw_uploaders, take_files
from chatbot.ui.documents.work import first_under_way
from chatbot.ui.notices import notice

_LOOK_S = 2.0  # between two looks whether what was not kept is kept now
_TOO_LONG = "too_long_question"


def draw_invitation(config: Config, say: Say) -> None:
    """Before there is anything to ask about: no documents yet, or the first of them are being read."""
    _draw_header(say)
    if first_under_way() is not None:
        notice(say("first_document"), say("first_document_more"), "calm")
    else:
        draw_no_documents(say)
    draw_uploaders(config, None, say)


def draw_chat(
    config: Config,
    chatbot: Chatbot,
    chat: ChatSession,
    say: Say,
    is_beside: bool = False,
) -> None:
    """The conversation, or where it may begin.

    Args:
        is_beside: a dialog is open over it, or a panel beside it.
    """
    start, body = st.empty(), st.container()
    with st.container(key="ask"):
        # no max_chars, which cuts a paste without a word: asking.js counts, and what it lets through is refused here
        given = st.chat_input(say("ask_placeholder"), key="question", accept_file="multiple")
    if given:
        files = None
        if given.files:
            names = [file.name for file in given.files]  # they are let go of when they are taken
            files = given_with(take_files(list(given.files), config, chatbot), names)
        question = given.text.strip()
        st.session_state[_TOO_LONG] = question if len(question) > LONGEST_QUESTION else ""
        if 0 < len(question) <= LONGEST_QUESTION:
            chat.ask(question, choices.settings(config), files)
    _give_back_what_is_too_long(say)
    if not chat.exchanges:
        with start.container():
            _draw_header(say)
            if clicked := draw_suggestions(chatbot, say, may_wait=not is_beside):
                chat.ask(clicked, choices.settings(config))
                st.rerun()
        return
    start.empty()  # now, or the suggestions would stay below the answer until it is finished
    with body:
        draw_conversation(chat, chatbot, say, is_beside)
        if chat.not_kept:
            st.fragment(_draw_not_kept, run_every=_LOOK_S)(chat, say)
        newest = chat.exchanges[-1]
        if newest.settled and (clicked := draw_next_questions(newest, say, may_wait=not is_beside)):
            chat.ask(clicked, choices.settings(config))
            st.rerun()


def _draw_not_kept(chat: ChatSession, say: Say) -> None:
    """That something waits to be kept, until it is."""
    if chat.not_kept:
        notice(say("not_kept_yet"), f"{say.error(chat.not_kept)} {say('kept_later')}")
    else:
        st.rerun()


def _give_back_what_is_too_long(say: Say) -> None:
    """A question that was not asked, with how much too long it is, so that nothing that was written is lost."""
    if question := st.session_state.get(_TOO_LONG):
        count, most = len(question), LONGEST_QUESTION
        said = say("too_long", count=f"{count:,}", most=f"{most:,}", over=f"{count - most:,}")
        notice(say("not_asked"), said)
        st.code(question, language=None, height=160)


def _draw_header(say: Say) -> None:
    st.html(f'<div class="sl-title"><h1>Second Look</h1><p>{say("tagline")}</p></div>')
