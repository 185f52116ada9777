"""The conversation of one session: ask, stream, and draw every answer with its sources.

An exchange is kept before it is asked. Any click ends the running script, and an ``Answer`` keeps what has
arrived: the next run finds the exchange unfinished and goes on reading where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import StopException

from chatbot.answer import Answer
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.ui.attempt import attempt
from chatbot.ui.cards import source_cards
from chatbot.ui.inspector import inspector, why_not
from chatbot.ui.notices import notice_html
from chatbot.ui.rendering import render_answer
from chatbot.ui.resources import reranker_is_starter, writer_for
from chatbot.ui.safe import as_html
from chatbot.ui.scores import percent
from chatbot.ui.settings import Settings
from chatbot.ui.text import Say
from chatbot.writers import Turn


@dataclass(slots=True)
class Exchange:
    """One question with what it was asked with, and what came of it."""

    question: str
    settings: Settings
    answer: Answer | None = None
    error: ChatbotError | None = None
    stopped: bool = False
    finished: bool = False


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of one exchange are drawn; the sources are there before the answer is written."""

    text: DeltaGenerator
    sources: DeltaGenerator
    script: DeltaGenerator


def exchanges() -> list[Exchange]:
    """This session's conversation, oldest first."""
    found: list[Exchange] = st.session_state.setdefault("exchanges", [])
    return found


def draw(chatbot: Chatbot, say: Say) -> None:
    """All exchanges; the last one is asked or read on if it is not finished."""
    for index, exchange in enumerate(exchanges()):
        with st.container(key=f"exchange-{index}", gap="small"):
            st.html(
                f'<div class="sl-question" role="article" aria-label="{say("you_asked")}">{as_html(exchange.question)}</div>'
            )
            places = _Places(st.empty(), st.empty(), st.empty())
        if not exchange.finished:
            places.script.html(_to_the_top(index), unsafe_allow_javascript=True)
            _answer(exchange, index, chatbot, places, say)
        _show(exchange, index, chatbot, places, say)


def history(until: int) -> list[Turn]:
    """The answered exchanges before number ``until``: what a follow-up may lean on."""
    return [
        Turn(e.question, e.answer.received)
        for e in exchanges()[:until]
        if e.answer is not None and e.answer.received and not e.answer.refused
    ]


def _answer(exchange: Exchange, index: int, chatbot: Chatbot, places: _Places, say: Say) -> None:
    """Find the sources if that is still to do, and read the answer to its end, an error, or the stop button."""
    if exchange.answer is None:
        places.text.html(f'<p class="sl-busy">{say("searching")}</p>')
        asked = attempt(lambda: _ask(exchange, index, chatbot))
        exchange.answer, exchange.error = asked.value, asked.error
    if exchange.answer is not None:
        _show(exchange, index, chatbot, places, say)
        try:
            exchange.error = attempt(lambda: _read(exchange, index, places, say)).error
        except StopException:
            exchange.stopped = exchange.finished = True
            raise
    exchange.finished = True


def _ask(exchange: Exchange, index: int, chatbot: Chatbot) -> Answer:
    s = exchange.settings
    return chatbot.ask(
        exchange.question,
        history(index),
        s.filters,
        k=s.k,
        top_n=s.top_n,
        rerank=s.rerank,
        writer=writer_for(s.llm),
    )


def _read(exchange: Exchange, index: int, places: _Places, say: Say) -> None:
    assert exchange.answer is not None
    for _ in exchange.answer:
        places.text.html(_text(exchange, index, say, writing=True))


def _show(exchange: Exchange, index: int, chatbot: Chatbot, places: _Places, say: Say) -> None:
    places.text.html(_text(exchange, index, say, writing=not exchange.finished))
    if exchange.answer is None:
        return
    config = chatbot.config
    starter = reranker_is_starter(config.reranker.model, config)
    places.sources.html("".join(_below(exchange.answer, index, starter, say)))


def _text(exchange: Exchange, index: int, say: Say, writing: bool) -> str:
    """HTML of the answer as far as it has come, with what is to be said about it."""
    answer = exchange.answer
    pieces = []
    if answer is not None and answer.query != answer.question:
        pieces.append(f'<p class="sl-fine">{as_html(say("searched_as", query=answer.query))}</p>')
    if answer is not None and answer.refused:
        pieces.append(notice_html(say("refused"), _why_refused(answer, say), "calm"))
    elif answer is not None:
        body = render_answer(answer.received, len(answer.sources), _anchor(index))
        state = "writing" if writing else "written"
        pieces.append(f'<div class="sl-answer" data-state="{state}" role="article">{body}</div>')
    if exchange.error is not None:
        cut = answer is not None and answer.received
        pieces.append(notice_html(say("interrupted") if cut else say("problem"), str(exchange.error)))
    if exchange.stopped:
        pieces.append(f'<p class="sl-fine">{say("stopped")}</p>')
    return "".join(pieces)


def _below(answer: Answer, index: int, starter: bool, say: Say) -> Iterable[str]:
    """The warning where the second look failed, the cards, the inspector."""
    look = answer.second_look
    if look.reason.startswith("failed"):
        yield notice_html(say("no_second_look"), why_not(look, say))
    if answer.sources:
        off = f" · {as_html(say('no_second_look'))}" if not look.applied else ""
        by = "" if answer.refused else f" · {as_html(say('written_by', llm=answer.llm))}"
        yield f'<div class="sl-label">{say("sources")}<span class="sl-fine">{by}{off}</span></div>'
        yield source_cards(answer.sources, answer.citations, _anchor(index), say)
    if answer.candidates:
        yield inspector(answer, starter, say)


def _why_refused(answer: Answer, say: Say) -> str:
    gate = answer.gate
    if gate.probability is None or gate.threshold is None:
        return say("refused_empty")
    return say("refused_gate", probability=percent(gate.probability), threshold=percent(gate.threshold))


def _to_the_top(index: int) -> str:
    """A script of our own that brings a new question to the top, so that its answer is read from the beginning."""
    return (
        f'<script>document.querySelector(".st-key-exchange-{index}").parentElement.scrollIntoView()</script>'
    )


def _anchor(index: int) -> str:
    return f"sl-passage-{index}"
