"""The backends as cards, and the settings of the one that is looked at."""

from __future__ import annotations

from typing import Any

import streamlit as st

from chatbot.config import Config, LLMConfig
from chatbot.llms.permission import is_shared, offered_models
from chatbot.rendering.figures import milliseconds
from chatbot.rendering.safe import as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.ui import choices
from chatbot.ui.models import backend_settings as backends
from chatbot.ui.models.backend_settings import State
from chatbot.ui.models.local_model import draw_local_model
from chatbot.ui.models.pasted_key import can_paste, draw_key_field
from chatbot.ui.models.server_list import draw_server_list
from chatbot.ui.notices import notice, quiet, set_widget

_POLL_S = 0.3
_ABOUT = {
    "extractive": "about_extractive", "openai": "about_openai", "openai-like": "about_openai_like",
    "anthropic": "about_anthropic", "google-genai": "about_google_genai", "ollama": "about_ollama", "gguf": "about_gguf",
}  # fmt: skip
_PLAIN = {
    "extractive": "name_extractive", "openai": "name_openai", "openai-like": "name_openai_like",
    "anthropic": "name_anthropic", "google-genai": "name_google_genai", "ollama": "name_ollama", "gguf": "name_gguf",
}  # fmt: skip
_STATES: dict[State, str] = {
    "ready": "state_ready", "untested": "state_untested", "testing": "state_testing", "works": "state_works",
    "failed": "state_failed", "package": "state_package", "key": "state_key", "address": "state_address",
    "file": "state_file", "lost_file": "state_lost_file",
}  # fmt: skip
_GOOD = ("ready", "works")
_SMALLEST_WINDOW, _LARGEST_WINDOW = 512, 2_000_000  # tokens
_SMALLEST_ANSWER = 16  # tokens


def draw_backend_cards(config: Config, say: Say) -> None:
    """All of them; drawn again by themselves while one is tested."""
    if backends.state(backends.draft(config, backends.viewed(config))) == "testing":
        st.fragment(_draw_cards, run_every=_POLL_S)(config, say)
    else:  # what is changed here also stands elsewhere on the page
        _draw_cards(config, say)


def state_html(found: State, say: Say) -> str:
    kind = "good" if found in _GOOD else "failed" if found == "failed" else "open"
    return f'<span class="sl-state sl-{kind}">{as_html(say(_STATES[found]))}</span>'


def backend_name(name: str, say: Say) -> str:
    """In plain words; somebody else's backend has none but its own."""
    return say(_PLAIN[name]) if name in _PLAIN else name


def missing_html(llm: LLMConfig, say: Say) -> str:
    """What is missing and how to get it, with the exact command or variable; empty when nothing is."""
    needs, missing = backends.needs_of(llm), backends.lack(llm)
    if missing == "package":
        return (
            f'{as_html(say("missing_package"))} <code>pip install "secondlook[{as_html(llm.backend)}]"</code>'
        )
    if missing == "key":
        if can_paste():
            return as_html(say("missing_key_here"))
        variables = " / ".join(f"<code>{as_html(key)}</code>" for key in needs.keys)
        return f"{as_html(say('missing_key'))} {variables}"
    if missing == "address":
        return as_html(say("missing_address", example=needs.example_url))
    if missing == "file":
        return as_html(say("missing_file"))
    if missing == "lost_file":
        return as_html(say("missing_lost_file", path=llm.model))
    return ""


def _draw_cards(config: Config, say: Say) -> None:
    looked_at = backends.viewed(config)
    with st.container(key="backends"):
        for name in backends.names(config):
            _draw_card(config, name, name == looked_at, say)
    _draw_all_after_a_test(config)


def _draw_card(config: Config, name: str, is_viewed: bool, say: Say) -> None:
    llm = backends.draft(config, name)
    found, used = backends.state(llm), choices.settings(config).llm.backend == name
    classes = f"backend-{'viewed' if is_viewed else 'other'}-{name}"
    with st.container(key=classes, gap=None):
        mark = f'<span class="sl-badge">{say("in_use")}</span>' if used else ""
        where = backends.host(llm)
        dot = "unknown" if found == "address" else "remote" if where else "local"
        words = say("runs_there", host=where) if where else say("runs_here")
        if found == "address":
            words = say("runs_anywhere")
        model = backends.needs_of(llm).model_of(llm)
        technical = name if name in _PLAIN else ""
        facts = " · ".join(
            f'<span class="sl-fact">{fact}</span>'
            for fact in (as_html(words), name_as_html(model), as_html(technical))
            if fact
        )
        about = f"<p>{as_html(say(_ABOUT[name]))}</p>" if name in _ABOUT else ""
        is_asked_for = (
            is_viewed
            and found in ("key", "address", "file")
            and backends.is_settable_here(found, can_paste())
        )
        missing = "" if is_asked_for else missing_html(llm, say)
        need = f'<p class="sl-need">{missing}</p>' if missing else ""
        st.html(
            f'<div class="sl-backend"><div><b>{as_html(backend_name(name, say))}</b>{mark}{state_html(found, say)}</div>{about}'
            f'<p class="sl-fine"><i class="sl-dot sl-{dot}"></i>{facts}</p>'
            f"{need}</div>"
        )
        if is_viewed:
            with st.container(key="backend_settings"):
                _draw_settings(config, llm, say)
        elif not backends.is_missing(found) or backends.is_settable_here(found, can_paste()):
            words = say("set_up") if used or backends.is_missing(found) else say("use")
            st.button(words, key=f"use-{name}", type="tertiary", on_click=backends.view, args=(config, name))


def _draw_settings(config: Config, llm: LLMConfig, say: Say) -> None:
    used = choices.settings(config).llm.backend
    if used != llm.backend:
        notice(say("cannot_use"), say("not_yet_used", name=backend_name(used, say)))
    if llm.backend == "extractive":
        quiet("fine", as_html(say("nothing_to_set")))
        return
    if is_shared(llm):
        _draw_offered(config, llm, say)
        return
    needs = backends.needs_of(llm)
    if needs.model_file:
        draw_local_model(config, say)
    if needs.example_url or "127.0.0.1" in needs.url:
        given = str(llm.options.get(needs.url_option, ""))
        _draw_text(config, llm, "address", given, needs.url or needs.example_url, say("address"))
    hint = say("model_default", model=needs.model) if needs.model else ""
    draw_key_field(config, llm, say)
    _draw_text(config, llm, "model", llm.model, hint, say("model_file") if needs.model_file else say("model"))
    draw_server_list(config, llm, say)
    with st.container(key="numbers", horizontal=True, vertical_alignment="bottom"):
        _draw_numbers(config, llm, say)
    _draw_test(llm, say)


def _draw_offered(config: Config, llm: LLMConfig, say: Say) -> None:
    """What a visitor of a shared page may set: one of the listed models, and how it answers."""
    quiet("fine", as_html(say("set_by_owner")))
    models = [model for model in offered_models(llm, llm.backend) if model]
    if len(models) > 1 and llm.backend != "gguf":
        key = f"model-{llm.backend}"
        index = models.index(llm.model) if llm.model in models else None
        st.selectbox(
            say("model"),
            models,
            index=index,
            key=key,
            on_change=_typed,
            args=(config, llm.backend, "model", key),
        )
    with st.container(key="numbers", horizontal=True, vertical_alignment="bottom"):
        _draw_numbers(config, llm, say)
    _draw_test(llm, say)


def _draw_text(config: Config, llm: LLMConfig, what: str, value: str, hint: str, label: str) -> None:
    key = f"{what}-{llm.backend}"
    st.text_input(
        label, key=set_widget(key, value), placeholder=hint, autocomplete="off", on_change=_typed, args=(config, llm.backend, what, key)
    )  # fmt: skip


def _typed(config: Config, name: str, what: str, key: str) -> None:
    value = str(st.session_state[key] or "").strip()
    if what == "model":
        backends.change(config, name, model=value)
        return
    llm = backends.draft(config, name)
    options: dict[str, Any] = {k: v for k, v in llm.options.items() if k != backends.needs_of(llm).url_option}
    if value:
        options[backends.needs_of(llm).url_option] = value
    backends.change(config, name, options=options)


def _draw_numbers(config: Config, llm: LLMConfig, say: Say) -> None:
    fields: tuple[tuple[str, Any, Any, Any, Any], ...] = (
        ("temperature", 0.0, 2.0, 0.1, llm.temperature),
        ("context_window", _SMALLEST_WINDOW, _LARGEST_WINDOW, 1024, llm.context_window),
        ("max_tokens", _SMALLEST_ANSWER, llm.context_window - _SMALLEST_ANSWER, 64, llm.max_tokens),
    )
    words = {
        "temperature": (say("temperature"), say("temperature_help")),
        "context_window": (say("context_window"), say("context_window_help")),
        "max_tokens": (say("max_tokens"), say("max_tokens_help")),
    }
    for what, least, most, step, value in fields:
        key = f"{what}-{llm.backend}"
        st.number_input(
            words[what][0], least, most, step=step, key=set_widget(key, value), help=words[what][1],
            on_change=_counted, args=(config, llm.backend, what, key),
        )  # fmt: skip


def _counted(config: Config, name: str, what: str, key: str) -> None:
    value = st.session_state[key]
    if value is None:
        return
    changes = {what: round(value, 2) if what == "temperature" else int(value)}
    if what == "context_window":  # an answer must leave room for passages
        most = int(value) - _SMALLEST_ANSWER
        changes["max_tokens"] = min(backends.draft(config, name).max_tokens, most)
    backends.change(config, name, **changes)


def _draw_test(llm: LLMConfig, say: Say) -> None:
    with st.container(key="test", horizontal=True, vertical_alignment="center", gap="small"):
        found = backends.state(llm)
        if st.button(
            say("test"), key="test_backend", icon=":material/bolt:",
            disabled=found == "testing" or backends.is_missing(found),
        ):  # fmt: skip
            backends.test(llm)
            st.rerun()
        st.html(_result(llm, found, say))


def _result(llm: LLMConfig, found: State, say: Say) -> str:
    trial = backends.trial_of(llm)
    if found == "testing":
        return f'<p class="sl-quiet sl-busy">{say("testing")}</p>'
    if trial is None or backends.is_missing(found):
        return f'<p class="sl-quiet">{as_html(say("test_more"))}</p>'
    outcome = trial.outcome()
    if outcome.value is None:
        return f'<p class="sl-quiet sl-remote">{as_html(say.error(str(outcome.error)))}</p>'
    if not outcome.value.ok:
        return f'<p class="sl-quiet sl-remote">{as_html(say.error(outcome.value.reason))}</p>'
    words = say("test_worked", time=milliseconds(outcome.value.ms))
    return f'<p class="sl-quiet sl-local">{as_html(words)} <q>{name_as_html(outcome.value.text[:80])}</q></p>'


def _draw_all_after_a_test(config: Config) -> None:
    """Draw the page anew when a test has ended, so that nothing is polled any longer."""
    testing = backends.state(backends.draft(config, backends.viewed(config))) == "testing"
    ended = st.session_state.get("testing", False) and not testing
    st.session_state.testing = testing
    if ended:
        st.rerun()
