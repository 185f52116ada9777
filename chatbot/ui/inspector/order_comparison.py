"""The same candidates with and without the second look, side by side. Nothing is searched or embedded again."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from chatbot.answering.answer import Answer
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.writer import Evidence, Writer
from chatbot.conversations.record import Trace
from chatbot.engine import Chatbot
from chatbot.rendering.ranking import what_changed
from chatbot.rendering.reasons import gate_figures, why_no_second_look
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui.chat.clock import run_again_soon
from chatbot.ui.choices import Settings
from chatbot.ui.inspector.side_by_side import Side, side_by_side
from chatbot.ui.jobs import Job
from chatbot.ui.notices import notice_html, problem
from chatbot.ui.resources import writer_for

_KEY = "inspector-order"


@dataclass(slots=True)
class _Other:
    """``trace`` judged the other way: with the second look if it was asked without, and the other way round."""

    trace: Trace
    job: Job[Answer]


def order_comparison(trace: Trace, chatbot: Chatbot, settings: Settings, say: Say) -> None:
    """Draw both orders; a second look that was not taken yet is taken in a job."""
    if not trace.candidates:
        st.html(f'<p class="sl-fine">{say("nothing_to_rank")}</p>')
        return
    if trace.second_look.outcome == "unneeded":
        st.html(f'<p class="sl-fine">{as_html(what_changed(trace.candidates, trace.second_look, say))}</p>')
        return
    other = _other(trace, chatbot, settings)
    if not other.job.done(0):
        st.html(f'<p class="sl-busy">{say("looking_again")}</p>')
        run_again_soon("inspector-order-clock")
        return
    outcome = other.job.outcome()
    if outcome.error:
        problem(outcome.error, say)
    elif outcome.value is not None:
        st.html("".join(both_orders(trace, outcome.value, say)))


def both_orders(asked: Trace, other: Trace, say: Say) -> list[str]:
    """HTML: what differs, then the two columns, the one with the second look first."""
    looked, plain = (asked, other) if asked.second_look.applied else (other, asked)
    if not looked.second_look.applied:
        return [notice_html(say("no_second_look"), why_no_second_look(looked.second_look, say))]
    left = _side(looked, say("with_second_look"), say)
    right = _side(plain, say("without_second_look"), say)
    return [
        f'<p class="sl-said">{difference(looked, plain, say)}</p>',
        side_by_side(left, right, "sl-orders", say),
    ]


def difference(looked: Trace, plain: Trace, say: Say) -> str:
    """One sentence, as plain text: how many sources the two have in common, or who refuses."""
    if looked.refused != plain.refused:
        return say("refuses_with" if looked.refused else "refuses_without")
    if looked.refused:
        return say("refuses_both")
    ids = [[source.candidate.chunk_id for source in trace.sources] for trace in (looked, plain)]
    if ids[0] == ids[1]:
        return say("orders_same")
    differing = len(set(ids[0]) - set(ids[1]))
    return (
        say("orders_differ", differing=differing, sources=len(ids[0]))
        if differing
        else say("orders_shuffled")
    )


def _other(trace: Trace, chatbot: Chatbot, settings: Settings) -> _Other:
    found: _Other | None = st.session_state.get(_KEY)
    if found is None or found.trace != trace:
        judge = chatbot.without_second_look if trace.second_look.applied else chatbot.with_second_look
        found = _Other(trace, Job(lambda: judge(trace, _writer(chatbot, settings)), "the other order"))
        st.session_state[_KEY] = found
        found.job.done()  # as a rule it takes a millisecond: no flicker
    return found


def _writer(chatbot: Chatbot, settings: Settings) -> Writer:
    """Who is asked where a language model takes the second look; the answer itself is not written."""
    return writer_for(settings.llm) if chatbot.is_ordered_by_model else ExtractiveWriter()


def _side(trace: Trace, title: str, say: Say) -> Side:
    if trace.refused:
        return Side(
            title,
            "",
            (),
            notice_html(say("refused"), gate_figures(trace.gate, say) or say("refused_empty"), "calm"),
        )
    quotes = "".join(ExtractiveWriter().write(Evidence(trace.query, tuple(trace.sources))))
    return Side(title, quotes, trace.sources)
