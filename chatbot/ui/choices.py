"""What the next question is asked with. Chosen on the page, kept for the session; nothing is reloaded when it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from chatbot.config import LISTWISE, Config, ListwiseOptions, LLMConfig, read_options
from chatbot.conversations.record import AskedWith
from chatbot.rendering.words import Say

_KEY = "settings"


@dataclass(frozen=True, slots=True)
class Settings:
    """What one question is asked with. ``budget_ms``: of the second look, 0 for none."""

    llm: LLMConfig
    k: int
    top_n: int
    rerank: bool
    budget_ms: float = 0.0
    filters: tuple[str, ...] = ()


def settings(config: Config) -> Settings:
    """This session's choices; the configuration's until something was chosen."""
    found: Settings | None = st.session_state.get(_KEY)
    if found is None:
        st.session_state[_KEY] = found = settings_of(config)
    return found


def settings_of(config: Config) -> Settings:
    """Those of the configuration."""
    look = config.reranker
    return Settings(config.llm, config.retrieval.k, config.retrieval.top_n, look.enabled, look.budget_ms)


def shown_for_second_look(config: Config, s: Settings) -> int:
    """How many passages a language model is shown for the second look; 0 where it takes none."""
    if config.reranker.backend != LISTWISE or not s.rerank:
        return 0
    return min(s.k, read_options("reranker", config.reranker.options, ListwiseOptions).candidates)


def what_leaves(config: Config, s: Settings, where: str, say: Say) -> str:
    """That questions and passages go to ``where``, as plain text."""
    count = shown_for_second_look(config, s)
    return say("leaves_found", count=count, where=where) if count else say("leaves", where=where)


def choose(config: Config, **changes: object) -> None:
    """Change some of them."""
    st.session_state[_KEY] = replace(settings(config), **changes)  # type: ignore[arg-type]


def asked_with(s: Settings) -> AskedWith:
    """What of them is kept with an answer."""
    return AskedWith.of(s.llm, s.k, s.top_n, s.rerank, s.filters)


def as_before(config: Config, kept: AskedWith) -> Settings:
    """The settings of a question that was asked earlier. Its address and key are those of today's configuration."""
    own = kept.backend == config.llm.backend
    llm = config.llm.model_copy(
        update={"backend": kept.backend, "model": kept.model} | ({} if own else {"options": {}})
    )
    return Settings(llm, kept.k, kept.top_n, kept.rerank, filters=kept.filters)
