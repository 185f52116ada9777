"""What is sent from the field to ask in: a question, files, or both; and what of it could not be taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.words import Say
from chatbot.text.asking import LONGEST_QUESTION
from chatbot.ui import choices
from chatbot.ui.chat.asking.given_files import GivenFiles, given_with
from chatbot.ui.chat.asking.given_view import files_html
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.documents.documents_page import note_taken
from chatbot.ui.documents.index_changes import NotTaken, Uploading, queue_upload
from chatbot.ui.notices import notice

if TYPE_CHECKING:
    from streamlit.elements.widgets.chat import ChatInputValue

_SENT = "sent_and_not_taken"
_TOO_LONG = "too_long_question"
_ALONE = "files_without_a_question"
_LOOK_S = 0.5  # between two looks at files that are being read


@dataclass(slots=True, eq=False)
class _Sent:
    """What was sent and was not taken yet; ``queued``: what became of its files."""

    what: ChatInputValue | str  # a string where no files are taken
    queued: Uploading | NotTaken | None = None


def keep_sent(field: str) -> None:
    """Keep what the field of that key has sent until it is taken: a run that is interrupted, or of another page, would lose it."""
    waiting: list[_Sent] = st.session_state.setdefault(_SENT, [])
    waiting.append(_Sent(st.session_state[field]))


def take_sent(chat: ChatSession, config: Config, chatbot: Chatbot) -> None:
    """Ask what was sent, together with its files where there are some; files without a question are only read.

    A run may end at any call of ``st``, and the next one begins here again. So there is none between the moment in which
    files are queued, or a question is asked, and that in which it is noted.
    """
    waiting: list[_Sent] = st.session_state.get(_SENT, [])
    while waiting:
        sent, settings = waiting[0], choices.settings(config)
        text, files = (sent.what, []) if isinstance(sent.what, str) else (sent.what.text, sent.what.files)
        names = [file.name for file in files]
        if files and sent.queued is None:
            sent.queued = queue_upload(config, chatbot, files)
        given = None
        if sent.queued is not None:
            note_taken(sent.queued)
            given = given_with(sent.queued, names)
        question = text.strip()
        is_asked = 0 < len(question) <= LONGEST_QUESTION
        st.session_state[_TOO_LONG] = "" if is_asked else question
        st.session_state[_ALONE] = None if is_asked else given
        waiting.pop(0)
        if is_asked:
            chat.ask(question, settings, given)


def draw_not_asked(say: Say) -> None:
    """What was sent last and is no question: one that is too long, given back whole, and what became of files."""
    if question := st.session_state.get(_TOO_LONG):
        count, most = len(question), LONGEST_QUESTION
        said = say("too_long", count=f"{count:,}", most=f"{most:,}", over=f"{count - most:,}")
        notice(say("not_asked"), said)
        st.code(question, language=None, height=160)
    files: GivenFiles | None = st.session_state.get(_ALONE)
    if files is not None:
        st.fragment(_draw_files, run_every=_LOOK_S if files.is_waiting else None)(files, say)


def _draw_files(files: GivenFiles, say: Say) -> None:
    st.html(files_html(files.files(), say))
