"""First questions that are known to be answered, as buttons. They are found in the background; the page never waits."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import streamlit as st

from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_text
from chatbot.rendering.words import Say
from chatbot.ui.clock import run_again_soon
from chatbot.ui.jobs import Job

_LOOK_MS = 1000  # until the browser asks whether they are found
_Key = tuple[str, int]  # language and commit of the index

_jobs: WeakKeyDictionary[Chatbot, tuple[_Key, Job[tuple[str, ...]]]] = (
    WeakKeyDictionary()
)  # the last one of each


def draw_suggestions(chatbot: Chatbot, say: Say) -> str | None:
    """The questions as buttons, once they are found; the one that was clicked. Nothing where none could be found."""
    job = _job(chatbot, say)
    if not job.done(0):
        st.fragment(_wait)(job)
        return None
    return _draw(job.outcome().value or (), say)


def _wait(job: Job[tuple[str, ...]]) -> None:
    """Draw the page again once they are found."""
    if job.done(0):
        st.rerun()
    run_again_soon("suggestions_clock", _LOOK_MS)


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
