"""What this session knows of the language model backends: how each is set up, and what came of testing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args
from urllib.parse import urlsplit

import streamlit as st

from chatbot.config import Config, LLMConfig
from chatbot.llms import LLMS, keys
from chatbot.llms.local.chosen import with_file
from chatbot.llms.needs import NEEDS, Lack, Needs, leaves_this_machine
from chatbot.llms.permission import is_offered, is_shared, offered_models
from chatbot.llms.trial import Trial, try_backend
from chatbot.ui import choices
from chatbot.ui.jobs import Job

State = Literal["ready", "untested", "testing", "works", "failed"] | Lack
_KEY = "backends"
_FIRST = ("extractive", "gguf", "ollama", "anthropic", "openai", "google-genai", "openai-like")


@dataclass(slots=True)
class _Backends:
    """``viewed``: the backend whose settings are open. ``drafts`` and ``trials`` by backend and by configuration."""

    viewed: str = ""
    drafts: dict[str, LLMConfig] = field(default_factory=dict)
    trials: dict[str, Job[Trial]] = field(default_factory=dict)


def names(config: Config) -> list[str]:
    """All backends that may be chosen, those first that need nobody else, somebody else's last; always in the same order."""
    known = [*_FIRST, *sorted(name for name in LLMS if name not in _FIRST)]
    return [name for name in known if not is_shared(config.llm) or is_offered(draft(config, name))]


def viewed(config: Config) -> str:
    """The backend whose settings are open; the one in use until another is looked at."""
    return _state().viewed or choices.settings(config).llm.backend


def view(config: Config, name: str) -> None:
    """Open the settings of a backend, and use it if nothing is missing."""
    _state().viewed = name
    _use_if_possible(config, draft(config, name))


def draft(config: Config, name: str) -> LLMConfig:
    """How a backend is set up in this session."""
    used = choices.settings(config).llm
    if used.backend == name:
        return used
    if name in _state().drafts:
        return _state().drafts[name]
    if config.llm.backend == name:
        return config.llm
    # not with_(), which would merge the options of the configured backend into those of another
    model = next(iter(offered_models(config.llm, name)), "") if is_shared(config.llm) else ""
    own = config.llm.model_copy(update={"backend": name, "model": model, "options": {}})
    return with_file(own, config.models_cache)


def change(config: Config, name: str, **changes: object) -> None:
    """Set a backend up otherwise, for the next question."""
    changed = draft(config, name).model_copy(update=changes)
    _state().drafts[name] = changed
    _use_if_possible(config, changed)


def lack(llm: LLMConfig) -> Lack | None:
    """What is missing before ``llm`` can be used."""
    needs = NEEDS.get(llm.backend)
    return needs.lacks(llm) if needs is not None else None  # somebody else's: only its builder knows


def state(llm: LLMConfig) -> State:
    """How far ``llm`` is to be trusted: a server is not ready because its address is known."""
    if missing := lack(llm):
        return missing
    trial = trial_of(llm)
    if trial is None:
        return "ready" if is_inside(llm) else "untested"
    if not trial.done(0):
        return "testing"
    outcome = trial.outcome()
    return "works" if outcome.value is not None and outcome.value.ok else "failed"


def is_inside(llm: LLMConfig) -> bool:
    """Whether it runs in this program, so that no server has to be there."""
    needs = NEEDS.get(llm.backend)
    return needs is not None and not needs.url_option


def trial_of(llm: LLMConfig) -> Job[Trial] | None:
    """The test of exactly this configuration with today's keys, if there was one."""
    return _state().trials.get(_tested(llm))


def _tested(llm: LLMConfig) -> str:
    return f"{keys.changes()} {llm.model_dump_json()}"


def test(llm: LLMConfig) -> None:
    """Start one round trip; a test of the same configuration that is still under way goes on."""
    running = trial_of(llm)
    if running is None or running.done(0):
        _state().trials[_tested(llm)] = Job(lambda: try_backend(llm), "try a backend")


def host(llm: LLMConfig) -> str:
    """Where the text goes; empty where that is this machine, the backend's name where nobody knows."""
    if not leaves_this_machine(llm):
        return ""
    needs = needs_of(llm)
    return urlsplit(needs.url_of(llm) or needs.example_url).hostname or llm.backend


def is_settable_here(missing: State, can_paste: bool) -> bool:
    """Whether a field of the page asks for what is missing; for a key where it may be pasted."""
    return missing in ("address", "file", "lost_file") or (missing == "key" and can_paste)


def is_missing(found: State) -> bool:
    return found in get_args(Lack)


def needs_of(llm: LLMConfig) -> Needs:
    return NEEDS.get(llm.backend, Needs())


def _use_if_possible(config: Config, llm: LLMConfig) -> None:
    """What is chosen while something is missing would fail at the next question: the one in use stays till then."""
    if lack(llm) is None or choices.settings(config).llm.backend == llm.backend:
        choices.choose(config, llm=llm)


def _state() -> _Backends:
    found: _Backends = st.session_state.setdefault(_KEY, _Backends())
    return found
