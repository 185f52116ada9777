"""First questions that are known to be answered, as buttons. They are found in the background, once for each commit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import streamlit as st

from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_text
from chatbot.rendering.words import Say
from chatbot.ui.jobs import Job

_WAIT_S = 10.0  # for the first page of a server, whose models are loaded meanwhile
_LOOK_S = 0.1
_Key = tuple[str, int]  # language and commit of the index

_jobs: WeakKeyDictionary[Chatbot, tuple[_Key, Job[tuple[str, ...]]]] = (
    WeakKeyDictionary()
)  # the last one of each


def draw_suggestions(chatbot: Chatbot, say: Say, may_wait: bool) -> str | None:
    """The questions as buttons; the one that was clicked. Nothing where none could be found, or not in time.

    The last thing that a run of the page draws: the field to ask in is there already, and what a person does meanwhile
    ends this run. A clock in the browser would do so too, but its ticks cross the clicks, and some clicks were lost.
    """
    job, until = _job(chatbot, say), time.monotonic() + _WAIT_S * may_wait
    while not job.done(_LOOK_S):
        if time.monotonic() > until:
            return None
        "page" in st.session_state  # noqa: B015  the look itself lets another run begin
    return _draw(job.outcome().value or (), say)


def _job(chatbot: Chatbot, say: Say) -> Job[tuple[str, ...]]:
    """That which looks for them in the index as it is now: one for all sessions."""
    key = (say.language, chatbot.store.sequence())
    known = _jobs.get(chatbot)
    if known is None or known[0] != key:
        known = _jobs[chatbot] = key, Job(lambda: chatbot.suggestions(say.language), "suggestions")
    return known[1]


def _draw(questions: Sequence[str], say: Say) -> str | None:
    if not questions:
        return None
    st.html(f'<p class="sl-label">{say("suggestions")}</p>')
    clicked = None
    with st.container(key="suggestions", gap="small"):
        for index, question in enumerate(questions):
            if st.button(as_text(question), key=f"suggestion-{index}", width="stretch"):
                clicked = question
    return clicked
