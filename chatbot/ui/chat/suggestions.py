"""Questions that are known to be answered, as buttons: first ones, and next ones below the newest answer.

They are found in the background, the first ones once for each commit, the next ones once for each answer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import streamlit as st

from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_text
from chatbot.rendering.words import Say
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.jobs import Job

_WAIT_S = 10.0  # for the first page of a server, whose models are loaded meanwhile
_WAIT_NEXT_S = 5.0
_LATER_S = 2.0  # between two looks whether what came too late is there
_LOOK_S = 0.1
_Key = tuple[str, int]  # language and commit of the index

_jobs: WeakKeyDictionary[Chatbot, tuple[_Key, Job[tuple[str, ...]]]] = (
    WeakKeyDictionary()
)  # the last one of each


def draw_suggestions(chatbot: Chatbot, say: Say, may_wait: bool) -> str | None:
    """The first questions; the one that was clicked. Nothing where none could be found.

    Those that are not found in time are drawn as soon as they are: at the first upload, the models are loaded and files
    are read meanwhile.
    """
    job = _job(chatbot, say)
    found = _found(job, _WAIT_S * may_wait)
    if not found and not job.done(0):
        st.fragment(_draw_page_when_found, run_every=_LATER_S)(job)
        return None
    return _draw(found, "suggestions", say)


def _draw_page_when_found(job: Job[tuple[str, ...]]) -> None:
    if job.done(0):
        st.rerun()


def draw_next_questions(newest: Exchange, say: Say, may_wait: bool) -> str | None:
    """What may be asked after ``newest``, which has settled; the one that was clicked."""
    if newest.next_questions is None:
        return None
    return _draw(_found(newest.next_questions, _WAIT_NEXT_S * may_wait), "next_questions", say)


def _found(job: Job[tuple[str, ...]], wait_s: float) -> tuple[str, ...]:
    """What ``job`` has found, or nothing where it takes longer.

    Called last in a run of the page: the field to ask in is there already, and what a person does meanwhile ends this
    run. A clock in the browser would do so too, but its ticks cross the clicks, and some clicks were lost.
    """
    until = time.monotonic() + wait_s
    while not job.done(_LOOK_S):
        if time.monotonic() > until:
            return ()
        "page" in st.session_state  # noqa: B015  the look itself lets another run begin
    return job.outcome().value or ()


def _job(chatbot: Chatbot, say: Say) -> Job[tuple[str, ...]]:
    """That which looks for them in the index as it is now: one for all sessions."""
    key = (say.language, chatbot.store.sequence())
    known = _jobs.get(chatbot)
    if known is None or known[0] != key:
        known = _jobs[chatbot] = key, Job(lambda: chatbot.suggestions(say.language), "suggestions")
    return known[1]


def _draw(questions: Sequence[str], name: str, say: Say) -> str | None:
    """The questions as buttons under the word for ``name``; the one that was clicked."""
    if not questions:
        return None
    st.html(f'<p class="sl-label">{say(name)}</p>')
    clicked = None
    with st.container(key=name, gap="small"):
        for index, question in enumerate(questions):
            if st.button(as_text(question), key=f"{name}-{index}", width="stretch"):
                clicked = question
    return clicked
