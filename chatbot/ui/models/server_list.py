"""The models that a server offers, read from it when asked to, to choose from."""

from __future__ import annotations

import streamlit as st

from chatbot.config import Config, LLMConfig
from chatbot.llms.server_models import lists_models, server_models
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui.jobs import Job
from chatbot.ui.models import backend_settings as backends
from chatbot.ui.notices import quiet

_KEY = "server_models"
_WAIT_S = 6.0  # for the server, which has five seconds


def draw_server_list(config: Config, llm: LLMConfig, say: Say) -> None:
    """Draw a button, and what the server said; nothing where its kind lists nothing or something is missing."""
    if not lists_models(llm.backend) or backends.lack(llm):
        return
    address = f"{llm.backend} {backends.needs_of(llm).url_of(llm)}"
    if st.button(say("list_models"), key="list_models", icon=":material/list:", type="tertiary"):
        job = Job(lambda: server_models(llm), "list a server's models")
        job.done(_WAIT_S)
        _lists()[address] = job
    if (asked := _lists().get(address)) is None:
        return
    if not asked.done(0):
        quiet("fine", as_html(say("list_models_late")))
        return
    outcome = asked.outcome()
    if outcome.value is None:
        quiet("remote", as_html(say.error(str(outcome.error))))
    elif not outcome.value:
        quiet("fine", as_html(say("list_models_none")))
    else:
        names = list(outcome.value)
        key = f"offered-{llm.backend}"
        st.selectbox(
            say("list_models_choose"), names, index=names.index(llm.model) if llm.model in names else None, key=key,
            placeholder=say("list_models_count", count=len(names)), on_change=_choose, args=(config, llm.backend, key),
        )  # fmt: skip


def _lists() -> dict[str, Job[tuple[str, ...]]]:
    lists: dict[str, Job[tuple[str, ...]]] = st.session_state.setdefault(_KEY, {})
    return lists


def _choose(config: Config, name: str, key: str) -> None:
    if chosen := st.session_state[key]:
        backends.change(config, name, model=chosen)
