"""The language model that this machine can have with one click: fetched, used, removed."""

from __future__ import annotations

import threading
from pathlib import Path

import streamlit as st

from chatbot.config import Config
from chatbot.llms.local import pull
from chatbot.llms.local.catalogue import DEFAULT, MODELS, LocalModel, file_of
from chatbot.llms.local.child import Cancelled
from chatbot.llms.local.speed import speed_of
from chatbot.rendering.figures import milliseconds
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui import choices
from chatbot.ui.documents.amounts import size
from chatbot.ui.jobs import Job
from chatbot.ui.models import backend_settings as backends
from chatbot.ui.notices import quiet

_POLL_S = 0.5
_MODEL = MODELS[DEFAULT]


class Pull:
    """One download, watched by every session of this server."""

    def __init__(self, model: LocalModel, cache: Path) -> None:
        self.progress: pull.Progress | None = None
        self.cancel = threading.Event()
        self.job = Job(lambda: pull.pull(model, cache, self._report, self.cancel), "pull a language model")

    def _report(self, progress: pull.Progress) -> None:
        self.progress = progress


_pulls: dict[Path, Pull] = {}  # by cache folder


def draw_local_model(config: Config, say: Say) -> None:
    """Draw it, in the settings of the models that this program runs itself; drawn again by itself while it is fetched."""
    lacking = backends.draft(config, "gguf").model_copy(update={"model": _MODEL.file})
    if backends.lack(lacking) == "package":
        return  # the card says so
    under_way = _pulls.get(config.models_cache)
    with st.container(key="local_model"):
        if under_way is not None and not under_way.job.done(0):
            st.fragment(_draw_progress, run_every=_POLL_S)(under_way, say)
            return
        st.html(
            f"<p><b>{as_html(say('local_model'))}</b></p>"
            f'<p class="sl-fine">{as_html(say("local_model_more", name=_MODEL.name, licence=_MODEL.licence))}</p>'
        )
        if file_of(_MODEL, config.models_cache).is_file():
            _draw_here(config, say)
        else:
            _draw_offer(config, under_way, say)


def _draw_offer(config: Config, ended: Pull | None, say: Say) -> None:
    label = say("local_model_get", gigabytes=f"{_MODEL.about_gb:g}")
    st.button(label, key="pull_model", icon=":material/download:", on_click=_start, args=(config,))
    error = ended.job.outcome().error if ended is not None else None
    if error is not None:
        quiet("fine" if isinstance(error, Cancelled) else "remote", as_html(say.error(str(error))))


def _draw_progress(under_way: Pull, say: Say) -> None:
    if under_way.job.done(0):
        st.rerun()
    now = under_way.progress
    share = now.bytes / now.of if now is not None and now.of else 0.0
    words = say("local_model_starting")
    if now is not None:
        key = "local_model_checking" if now.checking else "local_model_coming"
        words = say(key, done=size(now.bytes), all=size(now.of))
    st.progress(min(share, 1.0), words)
    st.button(say("cancel"), key="cancel_pull", on_click=under_way.cancel.set)


def _draw_here(config: Config, say: Say) -> None:
    file = file_of(_MODEL, config.models_cache)
    used = choices.settings(config).llm
    is_used = used.backend == "gguf" and used.model == str(file)
    quiet("local", as_html(say("local_model_used" if is_used else "local_model_here")))
    quiet("fine", as_html(_how_fast(file, say)))
    with st.container(horizontal=True):
        if is_used:
            st.button(say("back_to_quotes"), key="back_to_quotes", on_click=_quote, args=(config,))
        else:
            st.button(say("use"), key="use_local_model", type="primary", on_click=_use, args=(config,))
        st.button(
            say("local_model_remove"), key="remove_model", type="tertiary", on_click=_remove, args=(config,)
        )


def _how_fast(file: Path, say: Say) -> str:
    """As measured here; that it is not known yet before the first answer."""
    speed = speed_of(file)
    if speed is None:
        return say("local_model_no_speed")
    rate = f"{speed.tokens_per_s:.0f}" if speed.tokens_per_s >= 10 else f"{speed.tokens_per_s:.1f}"
    first = milliseconds(1000 * speed.first_s)
    return say("local_model_speed", rate=rate, first=first, count=speed.answers)


def _start(config: Config) -> None:
    running = _pulls.get(config.models_cache)
    if running is None or running.job.done(0):
        _pulls[config.models_cache] = Pull(_MODEL, config.models_cache)


def _use(config: Config) -> None:
    backends.change(config, "gguf", model=str(file_of(_MODEL, config.models_cache)))
    backends.view(config, "gguf")


def _quote(config: Config) -> None:
    backends.view(config, "extractive")


def _remove(config: Config) -> None:
    if choices.settings(config).llm.model == str(file_of(_MODEL, config.models_cache)):
        _quote(config)
    backends.change(config, "gguf", model="")
    pull.remove(_MODEL, config.models_cache)
