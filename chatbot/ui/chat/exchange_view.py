"""The conversation on the page: every exchange with its answer, what was checked about it, and its sources.

An exchange that is under way is drawn by a fragment that looks at it again every tenth of a second. No run of the
script ever waits, so every other click on the page works meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from chatbot.conversations.record import Trace
from chatbot.engine import Chatbot
from chatbot.rendering.answer import render_answer
from chatbot.rendering.checks import check_line, citation_marks
from chatbot.rendering.reasons import why_no_second_look, why_refused, written_by
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.clicks import AskAgain, CopyAnswer, EditQuestion, Rate, button_html
from chatbot.ui.inspector.dialog import why_line
from chatbot.ui.notices import notice_html
from chatbot.ui.sources.cards import source_cards

_TICK_S = 0.1


def draw_exchanges(chat: ChatSession, chatbot: Chatbot, say: Say) -> None:
    """All exchanges; those that are not settled are started and watched."""
    for index, exchange in enumerate(chat.exchanges):
        with st.container(key=f"exchange-{index}", gap="small"):
            if chat.editing == index:
                _draw_field(chat, index, say)
                continue
            st.html(_question(exchange, index, say))
            if exchange.job is None and not exchange.written:
                chat.start(index, chatbot)
                chat.name_in_address()
                st.html(_to_the_top(index), unsafe_allow_javascript=True)
            if exchange.settled:
                _draw_exchange(exchange, index, say)
            else:
                st.fragment(_watch, run_every=_TICK_S)(exchange, index, say)


def _watch(exchange: Exchange, index: int, say: Say) -> None:
    if exchange.settled:
        st.rerun()
    _draw_exchange(exchange, index, say)
    if not exchange.written:
        label = say("stop")
        st.button(label, key=f"stop-{index}", on_click=exchange.stop, icon=":material/stop:", type="tertiary")


def _draw_exchange(exchange: Exchange, index: int, say: Say) -> None:
    st.html("".join(_text(exchange, index, say)))
    if exchange.trace is not None:
        st.html("".join(_below(exchange, exchange.trace, index, say)))


def _draw_field(chat: ChatSession, index: int, say: Say) -> None:
    """The question as a field; asking it anew drops what came after it."""
    with st.form(f"edit-{index}", border=False):
        old = chat.exchanges[index].question
        text = st.text_area(say("edit_question"), old, key=f"edited-{index}", max_chars=4000)
        ask, cancel = st.columns(2)
        with ask:
            asked = st.form_submit_button(say("ask_again"), type="primary", width="stretch")
        with cancel:
            cancelled = st.form_submit_button(say("cancel"), width="stretch")
    if asked and text and text.strip():
        chat.ask_again(index, text.strip())
    if asked or cancelled:
        chat.editing = None
        st.rerun()


def _question(exchange: Exchange, index: int, say: Say) -> str:
    edit_it = button_html(EditQuestion(index), say("edit_question"), "edit") if exchange.settled else ""
    return (
        f'<div class="sl-asked"><div class="sl-question" role="article" aria-label="{say("you_asked")}" tabindex="0">'
        f"{as_html(exchange.question)}</div>{edit_it}</div>"
    )


def _text(exchange: Exchange, index: int, say: Say) -> Iterator[str]:
    """HTML of the answer as far as it has come, with what is to be said about it."""
    trace = exchange.trace
    if trace is None:
        if not exchange.written:
            yield f'<p class="sl-busy">{say("stopping" if exchange.stopped else "searching")}</p>'
    elif trace.refused:
        yield notice_html(say("refused"), why_refused(trace.gate, say), "calm")
    else:
        if trace.query != trace.question:
            yield f'<p class="sl-fine">{as_html(say("searched_as", query=trace.query))}</p>'
        yield from _thoughts(trace, say)
        state = "written" if exchange.written else "writing"
        body = render_answer(
            trace.received,
            len(trace.sources),
            _anchor(index),
            citation_marks(trace.received, exchange.checks, say),
        )
        waiting = (
            f'<p class="sl-busy">{_at_work(trace, say)}</p>' if not body and not exchange.written else ""
        )
        yield f'<div class="sl-answer" data-state="{state}" role="article">{body}{waiting}</div>'
    if exchange.failed:
        cut = trace is not None and trace.received
        yield notice_html(say("interrupted") if cut else say("problem"), say.error(exchange.failed))
    if exchange.stopped and exchange.written:
        yield f'<p class="sl-fine">{say("stopped")}</p>'


def _at_work(trace: Trace, say: Say) -> str:
    """What is waited for while not a word of the answer has come."""
    if trace.thoughts:
        return say("thinking")
    return as_html(say.error(trace.notes[-1])) if trace.notes else say("writing")


def _thoughts(trace: Trace, say: Say) -> Iterator[str]:
    """What the model was told to do without, and its thoughts, folded."""
    if trace.received:
        for note in trace.notes:
            yield f'<p class="sl-fine">{as_html(say.error(note))}</p>'
    if trace.thoughts.strip():
        yield (
            f'<details class="sl-thoughts"><summary class="sl-fine">{say("thoughts")}</summary>'
            f'<p class="sl-fine">{as_html(trace.thoughts.strip())}</p></details>'
        )


def _below(exchange: Exchange, trace: Trace, index: int, say: Say) -> Iterator[str]:
    """What can be done with the answer, the warning where the second look failed, the cards, the way to the inspector."""
    if exchange.settled:
        yield _actions(exchange, trace, index, say)
    look = trace.second_look
    if look.outcome == "failed":
        yield notice_html(say("no_second_look"), why_no_second_look(look, say))
    if trace.sources:
        off = f" · {as_html(say('no_second_look'))}" if not look.applied else ""
        wrote = trace.llm and trace.received
        by = f" · {as_html(written_by(trace.llm, say))}" if wrote else ""
        yield f'<div class="sl-label">{say("sources")}<span class="sl-fine">{by}{off}</span></div>'
        yield source_cards(trace.sources, trace.citations, _anchor(index), exchange.ratings, index, say)
    if trace.candidates:
        yield why_line(trace, index, say)


def _actions(exchange: Exchange, trace: Trace, index: int, say: Say) -> str:
    rated = exchange.ratings.get(0, 0)
    buttons = [button_html(AskAgain(index), say("regenerate"), "refresh")]
    if trace.received and not trace.refused:
        buttons = [
            button_html(CopyAnswer(index), say("copy"), "content_copy"), *buttons,
            button_html(Rate(index, 0, 1), say("good_answer"), "thumb_up", rated == 1),
            button_html(Rate(index, 0, -1), say("bad_answer"), "thumb_down", rated == -1),
        ]  # fmt: skip
    checked = check_line(exchange.checks, trace.candidates, _anchor(index), say, exchange.not_checked)
    return f'<div class="sl-actions">{"".join(buttons)}{checked}</div>'


def _to_the_top(index: int) -> str:
    """A script of our own that brings a new question to the top, so that its answer is read from the beginning."""
    return (
        f'<script>document.querySelector(".st-key-exchange-{index}").parentElement.scrollIntoView()</script>'
    )


def _anchor(index: int) -> str:
    return f"sl-passage-{index}"
