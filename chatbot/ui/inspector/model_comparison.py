"""The same frozen sources answered by another model, beside the answer that is there. Nothing is searched again."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from chatbot.answering.answer import Answer, read_answer
from chatbot.citations.markers import cited_numbers
from chatbot.config import Config, LLMConfig
from chatbot.conversations.record import Trace
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui.chat.clock import run_again_soon
from chatbot.ui.choices import Settings
from chatbot.ui.inspector.side_by_side import Side, answers_side_by_side, shared_sources
from chatbot.ui.jobs import Job
from chatbot.ui.limits.allowance import question_refused
from chatbot.ui.models import backend_settings as backends
from chatbot.ui.models.backend_cards import backend_name, missing_html
from chatbot.ui.notices import notice_html, quiet
from chatbot.ui.resources import writer_for

_KEY, _BACKEND, _MODEL = "inspector-replay", "inspector-backend", "inspector-model-"
_ANCHOR = "sl-again"


class Replay:
    """``trace`` being answered again with ``llm``, in a job; any thread may look."""

    def __init__(self, trace: Trace, llm: LLMConfig, chatbot: Chatbot) -> None:
        self.trace = trace
        self.answer: Answer | None = None
        self.stopped = False
        self._label = llm.backend
        refusal = question_refused(chatbot.config)  # here, where it is known who asks
        self._job = Job(lambda: self._read(llm, chatbot, refusal), "another model")

    def stop(self) -> None:
        self.stopped = True

    @property
    def finished(self) -> bool:
        return self.stopped or self._job.done(0)

    def wait(self, seconds: float = 30.0) -> bool:
        """Whether it has ended, after at most so many seconds."""
        return self._job.done(seconds)

    @property
    def error(self) -> str:
        """Why it did not come to a good end; empty when it did, was stopped, or is not there yet."""
        failed = self._job.outcome().error if self._job.done(0) and not self.stopped else None
        return "" if failed is None else str(failed)

    @property
    def received(self) -> str:
        return self.answer.received if self.answer is not None else ""

    @property
    def label(self) -> str:
        return self.answer.llm if self.answer is not None else self._label

    def _read(self, llm: LLMConfig, chatbot: Chatbot, refusal: str) -> None:
        if refusal:
            raise ChatbotError(refusal)
        self.answer = chatbot.answer_again(self.trace, writer_for(llm))
        read_answer(self.answer, lambda: self.stopped)


def model_comparison(trace: Trace, chatbot: Chatbot, settings: Settings, say: Say) -> None:
    """Draw the choice, and both answers side by side while the second is being written."""
    if not trace.sources:
        st.html(f'<p class="sl-fine">{say("nothing_to_replay")}</p>')
        return
    replay: Replay | None = st.session_state.get(_KEY)
    if replay is not None and replay.trace != trace:
        replay.stop()
        replay = None
    running = replay if replay is not None and not replay.finished else None
    by_name = _choose(trace, chatbot.config, settings, say)

    def start() -> None:
        llm = _chosen(by_name)
        if llm is not None:
            st.session_state[_KEY] = Replay(trace, llm, chatbot)

    if running is not None:
        st.button(say("stop"), key="inspector-stop", on_click=running.stop, icon=":material/stop:")
    elif by_name:
        st.button(say("answer_with_it"), key="inspector-answer", type="primary", on_click=start)
    if replay is not None:
        st.html(both_answers(replay, say))
    if running is not None:
        run_again_soon("inspector-model-clock")


def usable_backends(
    trace: Trace, config: Config, settings: Settings
) -> tuple[list[LLMConfig], list[LLMConfig]]:
    """As this session has set them up: those that lack nothing, the one in use first and the writer of ``trace`` last; the others."""
    known = [
        settings.llm if name == settings.llm.backend else backends.draft(config, name)
        for name in backends.names(config)
    ]
    usable = [llm for llm in known if backends.lack(llm) is None]
    wrote = trace.llm.partition(" · ")[0]
    usable.sort(key=lambda llm: (llm.backend == wrote, llm.backend != settings.llm.backend))
    return usable, [llm for llm in known if backends.lack(llm) is not None]


def both_answers(replay: Replay, say: Say) -> str:
    """HTML: both answers, and the sources that they share with who cites which."""
    trace = replay.trace
    asked = Side(backend_name(trace.llm, say), trace.received, trace.sources)
    note = ""
    if replay.error:
        note = notice_html(say("interrupted") if replay.received else say("problem"), say.error(replay.error))
    elif replay.stopped:
        note = f'<p class="sl-fine">{say("stopped")}</p>'
    elif not replay.finished and not replay.received:
        note = f'<p class="sl-busy">{say("writing")}</p>'
    again = Side(backend_name(replay.label, say), replay.received, trace.sources, note, not replay.finished)
    cited = (list(trace.citations), cited_numbers(replay.received))
    said = citations_differ(*cited, say) if replay.finished and replay.received else ""
    return (
        answers_side_by_side(asked, again, _ANCHOR)
        + (f'<p class="sl-said">{as_html(said)}</p>' if said else "")
        + f'<div class="sl-label">{say("same_evidence")}</div>'
        + shared_sources(trace.sources, asked, again, cited, _ANCHOR, say)
    )


def citations_differ(left: Sequence[int], right: Sequence[int], say: Say) -> str:
    """One sentence, as plain text: which numbers both cite."""
    both = sorted(set(left) & set(right))
    if set(left) == set(right):
        return say("cite_same") if both else say("cite_none")
    if not both:
        return say("cite_apart")
    return say("cite_some", numbers=" ".join(f"[{number}]" for number in both))


def _choose(trace: Trace, config: Config, settings: Settings, say: Say) -> dict[str, LLMConfig]:
    """Draw the choice; the backends that can be chosen, by name."""
    usable, unusable = usable_backends(trace, config, settings)
    by_name = {llm.backend: llm for llm in usable}
    if st.session_state.get(_BACKEND) not in by_name:
        st.session_state.pop(_BACKEND, None)
    backend, model = st.columns(2)
    with backend:
        name = st.selectbox(
            say("answered_again_by"),
            list(by_name),
            format_func=lambda name: backend_name(name, say),
            key=_BACKEND,
        )
    llm = by_name.get(name or "")
    if llm is not None and llm.backend != "extractive" and not backends.needs_of(llm).model_file:
        default = backends.needs_of(llm).model
        with model:
            st.text_input(
                say("model"), llm.model, key=_MODEL + llm.backend, autocomplete="off",
                placeholder=say("model_default", model=default) if default else "",
            )  # fmt: skip
    if (chosen := _chosen(by_name)) is not None:
        _say_what_leaves(chosen, say)
    if unusable:
        lacks = "".join(
            f"<li><b>{as_html(llm.backend)}</b> {missing_html(llm, say)}</li>" for llm in unusable
        )
        st.html(
            f'<details class="sl-legend"><summary>{say("not_usable", count=len(unusable))}</summary>'
            f'<ul class="sl-missing">{lacks}</ul></details>'
        )
    return by_name


def _chosen(by_name: dict[str, LLMConfig]) -> LLMConfig | None:
    """What the widgets say at this moment: a model's name may have been typed with the click that starts it."""
    llm = by_name.get(st.session_state.get(_BACKEND) or "")
    if llm is None:
        return None
    typed: str | None = st.session_state.get(_MODEL + llm.backend)
    return llm if typed is None else llm.model_copy(update={"model": typed.strip()})


def _say_what_leaves(llm: LLMConfig, say: Say) -> None:
    """Before anything is sent."""
    host = backends.host(llm)
    if not host:
        quiet("local", as_html(say("stays")))
    else:
        quiet(
            "remote",
            as_html(say("leaves", where=llm.backend if host == llm.backend else f"{llm.backend} ({host})")),
        )
