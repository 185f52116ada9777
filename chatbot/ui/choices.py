"""What the next question is asked with. Chosen on the page and kept for the person; nothing is reloaded when it changes.

    choose -> this session -> the person's settings beside their conversations -> restore, in the next session

Kept are numbers, names, documents and the address of a model's server: never a key, a password or anything else of a
backend's ``options``.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Set
from dataclasses import dataclass, replace

import streamlit as st

from chatbot.config import LISTWISE, Config, ListwiseOptions, LLMConfig, read_options
from chatbot.config.owner import without_password
from chatbot.conversations import Conversations
from chatbot.conversations.record import AskedWith
from chatbot.errors import ChatbotError
from chatbot.llms.needs import NEEDS
from chatbot.llms.permission import refused
from chatbot.rendering.words import Say

logger = logging.getLogger(__name__)

_KEY = "settings"
_KEPT_IN = "settings_kept_in"
_RESTORED = "settings_restored_from"
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
    """In a session in which nothing was chosen yet, and in another notebook: what this person chose there before.

    Args:
        documents: those in the index; of the chosen ones, those that are gone are left out.
    """
    st.session_state[_KEPT_IN] = kept_in
    if kept_in is None:
        return
    before, st.session_state[_RESTORED] = st.session_state.get(_RESTORED), kept_in.name
    now: Settings | None = st.session_state.get(_KEY)
    if now is not None and before in (None, kept_in.name):
        return
    try:
        kept = _from_json(kept_in.settings().get(_NAME, ""), config, documents)
    except ChatbotError:  # which the sidebar says, where conversations are listed
        return
    if now is None:
        st.session_state[_KEY] = kept or settings_of(config)
    elif kept is not None:  # another notebook: who writes stays as the person chose
        st.session_state[_KEY] = replace(kept, llm=now.llm)


def _to_json(s: Settings) -> str:
    return json.dumps(
        {
            "backend": s.llm.backend, "model": s.llm.model, "k": s.k, "top_n": s.top_n, "rerank": s.rerank,
            "budget_ms": s.budget_ms, "filters": s.filters, "address": _address(s.llm),
        }
    )  # fmt: skip


def _address(llm: LLMConfig) -> str:
    """Of its server; empty where it may hold a password or a key."""
    needs = NEEDS.get(llm.backend)
    url = needs.url_of(llm) if needs is not None else ""
    return url if url == without_password(url) else ""


def _at(address: str, llm: LLMConfig) -> LLMConfig:
    """``llm`` at another address, with nothing else of its options: those are meant for the configured one.

    It keeps ``owner``, by which a key of the environment goes only where the owner said.
    """
    needs = NEEDS.get(llm.backend)
    if not address or needs is None or not needs.url_option or needs.url_of(llm) == address:
        return llm
    return llm.model_copy(update={"options": {needs.url_option: address}})


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
        llm = _at(str(content.get("address", "")), before.llm)
        needs = NEEDS.get(llm.backend)
        usable = needs is not None and needs.lacks(llm) is None and not refused(llm)
        return replace(
            before,
            llm=llm if usable else config.llm,
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
