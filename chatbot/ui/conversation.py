"""The conversation of one session: ask, stream, and draw every answer with its sources.

Asking and reading happen in a job; a run of the script only watches. So a click in the middle of an answer
loses nothing: the next run finds the exchange and watches on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatbot.answer import Answer
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError, LLMError
from chatbot.ui.cards import source_cards
from chatbot.ui.inspector import inspector, why_not
from chatbot.ui.jobs import Job
from chatbot.ui.notices import notice_html
from chatbot.ui.rendering import render_answer
from chatbot.ui.resources import reranker_is_starter, writer_for
from chatbot.ui.safe import as_html
from chatbot.ui.scores import percent
from chatbot.ui.settings import Settings
from chatbot.ui.text import Say
from chatbot.writers import Turn

_LONGEST = 40_000  # characters; a server that ignores max_tokens would drown the browser


@dataclass(slots=True)
class Exchange:
    """One question with what it was asked with, and what came of it. ``answer`` is there once sources are found."""

    question: str
    settings: Settings
    answer: Answer | None = None
    stopped: bool = False
    job: Job[None] | None = field(default=None, repr=False)

    @property
    def finished(self) -> bool:
        return self.stopped or (self.job is not None and self.job.done(0))

    @property
    def error(self) -> ChatbotError | None:
        """Why it did not come to a good end."""
        return self.job.outcome().error if self.job is not None and self.job.done(0) else None

    def start(self, chatbot: Chatbot, turns: Sequence[Turn]) -> None:
        """Ask, and read the answer to its end or until ``stop``."""

        def ask() -> None:
            s = self.settings
            writer = writer_for(s.llm)
            self.answer = chatbot.ask(
                self.question, turns, s.filters, k=s.k, top_n=s.top_n, rerank=s.rerank, writer=writer
            )
            length = 0
            for piece in self.answer:
                length += len(piece)
                if self.stopped:
                    self.answer.close()
                    return
                if length > _LONGEST:
                    raise LLMError(
                        f"the answer passed {_LONGEST:,} characters and was cut there; lower llm.max_tokens or choose another model"
                    )

        self.job = Job(ask, "answer")

    def stop(self) -> None:
        self.stopped = True


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of one exchange are drawn; the sources are there before the answer is written."""

    text: DeltaGenerator
    stop: DeltaGenerator
    sources: DeltaGenerator
    script: DeltaGenerator


def exchanges() -> list[Exchange]:
    """This session's conversation, oldest first."""
    found: list[Exchange] = st.session_state.setdefault("exchanges", [])
    return found


def draw(chatbot: Chatbot, say: Say) -> None:
    """All exchanges; those that are not finished are asked and watched."""
    for index, exchange in enumerate(exchanges()):
        with st.container(key=f"exchange-{index}", gap="small"):
            label = say("you_asked")
            question = as_html(exchange.question)
            st.html(f'<div class="sl-question" role="article" aria-label="{label}">{question}</div>')
            places = _Places(st.empty(), st.empty(), st.empty(), st.empty())
        if not exchange.finished:
            _watch(exchange, index, chatbot, places, say)
        places.text.html(_text(exchange, index, say))
        _show_sources(exchange, index, chatbot, places, say)


def history(until: int) -> list[Turn]:
    """The answered exchanges before number ``until``: what a follow-up may lean on."""
    return [
        Turn(e.question, e.answer.received)
        for e in exchanges()[:until]
        if e.answer is not None and e.answer.received and not e.answer.refused
    ]


def _watch(exchange: Exchange, index: int, chatbot: Chatbot, places: _Places, say: Say) -> None:
    """Draw the answer as it comes; start it if no run before this one did."""
    if exchange.job is None:
        exchange.start(chatbot, history(index))
        places.script.html(_to_the_top(index), unsafe_allow_javascript=True)
    assert exchange.job is not None
    places.stop.button(say("stop"), key=f"stop-{index}", on_click=exchange.stop, icon=":material/stop:")
    shown = False
    while not exchange.job.done():
        places.text.html(_text(exchange, index, say))
        if exchange.answer is not None and not shown:
            shown = True
            _show_sources(exchange, index, chatbot, places, say)
    places.stop.empty()


def _show_sources(exchange: Exchange, index: int, chatbot: Chatbot, places: _Places, say: Say) -> None:
    if exchange.answer is not None:
        config = chatbot.config
        starter = reranker_is_starter(config.reranker.model, config)
        places.sources.html("".join(_below(exchange.answer, index, starter, say)))


def _text(exchange: Exchange, index: int, say: Say) -> str:
    """HTML of the answer as far as it has come, with what is to be said about it."""
    answer, error, finished = exchange.answer, exchange.error, exchange.finished
    pieces = []
    if answer is None and not finished:
        return f'<p class="sl-busy">{say("searching")}</p>'
    if answer is not None and answer.query != answer.question:
        pieces.append(f'<p class="sl-fine">{as_html(say("searched_as", query=answer.query))}</p>')
    if answer is not None and answer.refused:
        pieces.append(notice_html(say("refused"), _why_refused(answer, say), "calm"))
    elif answer is not None:
        body = render_answer(answer.received, len(answer.sources), _anchor(index))
        state = "written" if finished else "writing"
        pieces.append(f'<div class="sl-answer" data-state="{state}" role="article">{body}</div>')
    if error is not None:
        cut = answer is not None and answer.received
        pieces.append(notice_html(say("interrupted") if cut else say("problem"), str(error)))
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
