"""What is sent from the field to ask in: a question, files, or both; and what of it could not be taken."""

from __future__ import annotations

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
from chatbot.ui.documents.documents_page import take_files
from chatbot.ui.notices import notice

if TYPE_CHECKING:
    from streamlit.elements.widgets.chat import ChatInputValue

_TOO_LONG = "too_long_question"
_ALONE = "files_without_a_question"
_LOOK_S = 0.5  # between two looks at files that are being read


def take(sent: ChatInputValue | str, chat: ChatSession, config: Config, chatbot: Chatbot) -> None:
    """Ask the question, together with the files where there are some; files without a question are only read."""
    question, files = (sent if isinstance(sent, str) else sent.text).strip(), None  # where no files are taken
    if not isinstance(sent, str) and sent.files:
        names = [file.name for file in sent.files]  # they are let go of when they are taken
        files = given_with(take_files(list(sent.files), config, chatbot), names)
    is_asked = 0 < len(question) <= LONGEST_QUESTION
    st.session_state[_TOO_LONG] = "" if is_asked else question
    st.session_state[_ALONE] = None if is_asked else files
    if is_asked:
        chat.ask(question, choices.settings(config), files)


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
