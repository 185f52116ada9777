"""The sidebar's settings. They are read for the next question; nothing is reloaded when they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from chatbot.config import Config, LLMConfig
from chatbot.llms import BackendStatus, backend_statuses
from chatbot.llms.needs import NEEDS, Needs
from chatbot.ui.notices import notice, quiet
from chatbot.ui.safe import as_html
from chatbot.ui.text import LANGUAGES, Language, Say, preferred

_MOST_CANDIDATES = 50
_MOST_SOURCES = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """What one question is asked with."""

    llm: LLMConfig
    k: int
    top_n: int
    rerank: bool
    filters: tuple[str, ...] = ()


def choose_language() -> Say:
    """The language switch; the browser's language until the person chooses."""
    if "language" not in st.session_state:
        st.session_state.language = preferred(st.context.locale)
    chosen: Language | None = st.segmented_control(
        "Language · 언어",
        list(LANGUAGES),
        format_func=lambda language: LANGUAGES[language],
        key="language",
        required=True,
        label_visibility="collapsed",
        width="stretch",
    )
    return Say(chosen or "en")


def choose_settings(config: Config, filters: Sequence[str], say: Say) -> Settings:
    """Draw the controls and return what they say."""
    st.subheader(say("answers"))
    llm = _choose_llm(config, say)
    st.subheader(say("retrieval"))
    default = config.retrieval
    most = max(_MOST_CANDIDATES, default.k)
    k = st.slider(say("k"), 1, most, default.k, key="k", help=say("k_help"))
    most = min(max(_MOST_SOURCES, default.top_n), most)
    top_n = st.slider(say("top_n"), 1, most, min(default.top_n, most), key="top_n", help=say("top_n_help"))
    rerank = st.toggle(
        say("second_look"), config.reranker.enabled, key="rerank", help=say("second_look_help")
    )
    return Settings(llm, k, min(top_n, k), rerank, tuple(filters))


def _choose_llm(config: Config, say: Say) -> LLMConfig:
    usable = {status.name: status.usable for status in backend_statuses(config.llm)}
    names = sorted(usable, key=lambda name: (not usable[name], name != "extractive", name))

    def label(name: str) -> str:
        title = say("backend_extractive") if name == "extractive" else name
        needs = NEEDS.get(name, Needs())
        settable_here = bool(needs.example_url) or needs.model_file  # a field below asks for what is missing
        return title if usable[name] or settable_here else say("unusable", name=title)

    _keep_state()
    if st.session_state.get("backend") not in names:
        st.session_state.backend = config.llm.backend if config.llm.backend in names else names[0]
    backend = st.selectbox(say("backend"), names, format_func=label, key="backend")
    llm = _completed(config, backend, say)
    status = next(status for status in backend_statuses(llm) if status.name == backend)
    if not status.usable:
        notice(say("cannot_use"), f"{backend} {status.reason}")
    _say_where(status, llm, say)
    return llm


def _keep_state() -> None:
    """Streamlit forgets a choice when its labels change language, and a field that is not on the page."""
    for key in list(st.session_state):
        if str(key) == "backend" or str(key).startswith(("address-", "model-")):
            st.session_state[key] = st.session_state[key]


def _completed(config: Config, backend: str, say: Say) -> LLMConfig:
    """The configuration of ``backend`` with the model and address that are typed on the page."""
    own = backend == config.llm.backend
    options: dict[str, Any] = dict(config.llm.options) if own else {}
    needs = NEEDS.get(backend, Needs())
    if _has_address(needs):
        given = str(options.get(needs.url_option, ""))
        url = st.text_input(
            say("address"),
            given,
            key=f"address-{backend}",
            placeholder=needs.url or needs.example_url,
            autocomplete="off",
        )
        if url and url.strip():
            options[needs.url_option] = url.strip()
    model = config.llm.model if own else ""
    if backend != "extractive":
        hint = say("model_default", model=needs.model) if needs.model else ""
        words = say("model_file") if needs.model_file else say("model")
        typed = st.text_input(words, model, key=f"model-{backend}", placeholder=hint, autocomplete="off")
        model = (typed or "").strip()
    # not with_(), which would merge the options of the configured backend into those of another
    return config.llm.model_copy(update={"backend": backend, "model": model, "options": options})


def _has_address(needs: Needs) -> bool:
    """Backends that run where the person says; the vendors' own addresses are left to the configuration."""
    return bool(needs.example_url) or "127.0.0.1" in needs.url


def _say_where(status: BackendStatus, llm: LLMConfig, say: Say) -> None:
    if not status.remote:
        quiet("local", as_html(say("stays")))
        return
    needs = NEEDS.get(llm.backend, Needs())
    host = urlsplit(needs.url_of(llm)).hostname
    where = f"{llm.backend} ({host})" if host else llm.backend
    quiet("remote", as_html(say("leaves", where=where)))
