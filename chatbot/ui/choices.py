"""What the next question is asked with. Chosen on the page and kept for the person; nothing is reloaded when it changes.

    choose -> this session -> the person's settings beside their conversations -> restore, in the next session

Kept are numbers, names and documents: never a key, an address or anything else of a backend's ``options``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Set
from dataclasses import dataclass, replace

import streamlit as st

from chatbot.config import LISTWISE, Config, ListwiseOptions, LLMConfig, read_options
from chatbot.conversations import Conversations
from chatbot.conversations.record import AskedWith
from chatbot.errors import ChatbotError
from chatbot.llms.needs import NEEDS
from chatbot.rendering.words import Say

logger = logging.getLogger(__name__)

_KEY = "settings"
_KEPT_IN = "settings_kept_in"
_NAME = "settings"  # under which they are kept


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


def begin(config: Config) -> None:
    """Take those of another notebook's configuration; who writes stays as the person chose."""
    st.session_state[_KEY] = replace(settings_of(config), llm=settings(config).llm)


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
    """Change some of them, for this session and the ones that come."""
    st.session_state[_KEY] = chosen = replace(settings(config), **changes)  # type: ignore[arg-type]
    kept_in: Conversations | None = st.session_state.get(_KEPT_IN)
    if kept_in is None:
        return
    try:
        kept_in.keep_setting(_NAME, _to_json(chosen))
    except ChatbotError as error:  # they hold for this session all the same
        logger.warning("settings are not kept: %s", error)


def restore(config: Config, kept_in: Conversations | None, documents: Set[str]) -> None:
    """In a session in which nothing was chosen yet: what this person chose before.

    Args:
        documents: those in the index; of the chosen ones, those that are gone are left out.
    """
    st.session_state[_KEPT_IN] = kept_in
    if _KEY in st.session_state or kept_in is None:
        return
    try:
        kept = kept_in.settings().get(_NAME, "")
    except ChatbotError:  # which the sidebar says, where conversations are listed
        return
    st.session_state[_KEY] = _from_json(kept, config, documents) or settings_of(config)


def _to_json(s: Settings) -> str:
    return json.dumps(
        {
            "backend": s.llm.backend, "model": s.llm.model, "k": s.k, "top_n": s.top_n, "rerank": s.rerank,
            "budget_ms": s.budget_ms, "filters": s.filters,
        }
    )  # fmt: skip


def _from_json(kept: str, config: Config, documents: Set[str]) -> Settings | None:
    """``None`` where nothing was kept, or something that this program cannot have written."""
    try:
        content = json.loads(kept)
        retrieval = config.with_(retrieval={"k": content["k"], "top_n": content["top_n"]}).retrieval
        filters = tuple(name for name in content["filters"] if name in documents)
        asked = AskedWith(
            str(content["backend"]),
            str(content["model"]),
            retrieval.k,
            retrieval.top_n,
            bool(content["rerank"]),
        )
        before = as_before(config, asked)
        needs = NEEDS.get(before.llm.backend)
        usable = needs is not None and needs.lacks(before.llm) is None
        return replace(
            before,
            llm=before.llm if usable else config.llm,
            budget_ms=float(content["budget_ms"]),
            filters=filters,
        )
    except (ValueError, KeyError, TypeError, ChatbotError):
        return None


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
