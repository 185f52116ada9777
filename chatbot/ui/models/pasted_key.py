"""The field for an API key: where it may be pasted, what becomes of it, and how it is forgotten.

A key is handed to ``chatbot.llms.keys`` in the callback of its field and taken out of the session at once: no run of
the script draws it, and the field that comes next is another one and empty.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import streamlit as st

from chatbot.config import Config, LLMConfig
from chatbot.llms import keys
from chatbot.llms.needs import is_loopback
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui.jobs import attempt
from chatbot.ui.models import backend_settings as backends
from chatbot.ui.notices import quiet
from chatbot.ui.sign_in import is_configured

_TURN = "key_turn"
_FAILED = "key_failed"  # (place, why): told until the next key comes, as any run may be drawn anew
_REMEMBER = "remember_key"


def can_paste() -> bool:
    """Whether this page is one person's own: nobody signs in, and both its server and its visitor are on this machine."""
    address = str(st.get_option("server.address") or "")
    headers = st.context.headers
    host = headers.get("Host", address)
    is_passed_on = any(
        name.lower() in ("forwarded", "x-forwarded-for", "x-forwarded-host") for name in headers
    )
    return not is_configured() and is_loopback(address) and is_loopback(host) and not is_passed_on


def draw_key_field(config: Config, llm: LLMConfig, say: Say) -> None:
    """Where the key comes from, never the key; a field to paste one where the page is one person's own."""
    needs = backends.needs_of(llm)
    variables = [*needs.keys, *([needs.optional_key] if needs.optional_key else [])]
    if not variables:
        return
    listed = " / ".join(variables)
    place = needs.place(llm)
    if not can_paste():
        words = "key_found" if needs.key(llm) else "missing_key" if needs.keys else "key_optional"
        quiet("fine", f"{as_html(say(words))} <code>{as_html(listed)}</code>")
        return
    where = urlsplit(place.address).netloc.removesuffix(":443")  # the port of every https address
    if keys.held(place):
        words = "key_remembered" if keys.is_remembered(place) else "key_kept"
        quiet("local", as_html(say(words, where=where)))
        st.button(say("key_forget"), key="forget_key", type="tertiary", on_click=_forget, args=(place,))
    else:
        if needs.key_in_environment():
            quiet("fine", f"{as_html(say('key_found'))} <code>{as_html(listed)}</code>")
        _draw_field(config, place, where, is_needed=bool(needs.keys), say=say)
    failed_at, why = st.session_state.get(_FAILED, (None, ""))
    if why and failed_at == place:
        quiet("remote", as_html(say.error(why)))


def _draw_field(config: Config, place: keys.Place, where: str, is_needed: bool, say: Say) -> None:
    if keys.can_remember():
        st.checkbox(say("key_remember"), key=_REMEMBER)
    field = f"key-{place.backend}-{st.session_state.setdefault(_TURN, 0)}"
    st.text_input(
        say("key") if is_needed else say("key_if_wanted"), key=field, type="password", autocomplete="off",
        placeholder=say("key_placeholder"), help=say("key_help", where=where), max_chars=keys.LONGEST,
        on_change=_paste, args=(config, place, field),
    )  # fmt: skip
    quiet("fine", as_html(say("key_where", where=where)))


def _paste(config: Config, place: keys.Place, field: str) -> None:
    """Keep the key, and use the backend if nothing else is missing, as with what else is filled in."""
    pasted = str(st.session_state.pop(field, "") or "")
    st.session_state[_TURN] += 1  # another field, or this one would come back with the key
    if pasted:
        _try(place, lambda: keys.keep(place, pasted, remember=bool(st.session_state.get(_REMEMBER))))
        backends.view(config, place.backend)


def _forget(place: keys.Place) -> None:
    _try(place, lambda: keys.forget(place))


def _try(place: keys.Place, action: Callable[[], None]) -> None:
    error = attempt(action).error
    st.session_state[_FAILED] = (place, "" if error is None else str(error))
