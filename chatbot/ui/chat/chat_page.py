"""The chat page: the first questions, the conversation, the field to ask in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.notebooks import Action
from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.ui import choices
from chatbot.ui.chat.asking.taking import draw_not_asked, take_sent
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.chat.composer import draw_composer, draw_stop
from chatbot.ui.chat.conversation_view import draw_conversation
from chatbot.ui.chat.suggestions import draw_next_questions, draw_suggestions
from chatbot.ui.library.current import may
from chatbot.ui.notices import notice

_LOOK_S = 2.0  # between two looks whether what was not kept is kept now


def draw_chat(
    config: Config,
    chatbot: Chatbot,
    chat: ChatSession,
    documents: Sequence[DocumentRow],
    say: Say,
    is_beside: bool = False,
) -> None:
    """The conversation, or where it may begin.

    Args:
        documents: those of the index.
        is_beside: a dialog is open over it, or a panel beside it.
    """
    start, body = st.empty(), st.container()
    stop = draw_composer(config, documents, may(config, Action.ADD), say)
    take_sent(chat, config, chatbot)
    if not chat.exchanges:
        with start.container():
            _draw_header(say)
            draw_not_asked(say)
            if clicked := draw_suggestions(chatbot, say, may_wait=not is_beside):
                chat.ask(clicked, choices.settings(config))
                st.rerun()
        return
    start.empty()  # now, or the suggestions would stay below the answer until it is finished
    draw_stop(stop, chat, say)
    with body:
        draw_conversation(chat, chatbot, say, is_beside)
        if chat.not_kept:
            st.fragment(_draw_not_kept, run_every=_LOOK_S)(chat, say)
        draw_not_asked(say)
        newest = chat.exchanges[-1]
        if newest.settled and (clicked := draw_next_questions(newest, say, may_wait=not is_beside)):
            chat.ask(clicked, choices.settings(config))
            st.rerun()


def _draw_not_kept(chat: ChatSession, say: Say) -> None:
    """That something waits to be kept, until it is."""
    if chat.is_gone:
        notice(say("not_kept"), say.error(chat.not_kept))
    elif chat.not_kept:
        notice(say("not_kept_yet"), f"{say.error(chat.not_kept)} {say('kept_later')}")
    else:
        st.rerun()


def _draw_header(say: Say) -> None:
    with st.container(key="title"):  # by this name its room is kept until it comes: styles/arriving.css
        st.html(f'<div class="sl-title"><h1>Second Look</h1><p>{say("tagline")}</p></div>')
