"""The dialog of a person's API keys: make one, copy it once, see which there are, revoke."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from chatbot.config import Config
from chatbot.notebooks import ApiKey, ApiKeys, Library, Person
from chatbot.notebooks.access import SCOPES, Scope
from chatbot.notebooks.api_keys import LONGEST_NAME, expiry
from chatbot.rendering.safe import as_html, as_label, as_text
from chatbot.rendering.words import Say
from chatbot.ui.jobs import attempt
from chatbot.ui.library.current import library_for, page_person
from chatbot.ui.library.names import name_of
from chatbot.ui.notices import notice, problem, quiet

_MADE = "made_api_key"  # of the session: the key itself, until it is copied or the dialog is closed
_ENDS = {"30d": "expires_30d", "90d": "expires_90d", "365d": "expires_365d", "never": "expires_never"}
_USUAL = "90d"
_ALL = 0  # no notebook has this id
_WORDS: dict[Scope, str] = {"ask": "scope_ask", "documents": "scope_documents", "models": "scope_models"}


def draw_keys_dialog(config: Config, close: Callable[[], None], say: Say) -> None:
    """Draw it.

    Args:
        config: that which the page was started with.
    """

    def closed() -> None:
        st.session_state.pop(_MADE, None)
        close()

    @st.dialog(as_text(say("api_keys")), width="medium", on_dismiss=closed)
    def dialog() -> None:
        library, person = library_for(config), page_person(config)
        keys = ApiKeys(library)
        quiet("fine", as_html(say("api_keys_more")))
        if token := st.session_state.get(_MADE):
            _draw_made(token, say)
        else:
            _draw_form(library, keys, person, say)
        _draw_list(keys, person, say)

    dialog()


def _draw_made(token: str, say: Say) -> None:
    notice(say("api_key_once"), say("api_key_once_more"), "calm")
    st.code(token, language=None, wrap_lines=True)
    if st.button(say("api_key_copied"), key="api_key_copied", type="primary"):
        st.session_state.pop(_MADE, None)
        st.rerun()


def _draw_form(library: Library, keys: ApiKeys, person: Person, say: Say) -> None:
    rows = {row.id: as_label(name_of(row, say)) for row in library.notebooks(person)}
    names = {_ALL: say("api_key_all_notebooks"), **rows}
    with st.form("new_api_key", border=False):
        name = st.text_input(
            say("api_key_name"), key="api_key_name", max_chars=LONGEST_NAME, placeholder=say("api_key_example"),
            autocomplete="off",
        )  # fmt: skip
        scopes = st.pills(
            say("api_key_scopes"), SCOPES, selection_mode="multi", default=SCOPES, key="api_key_scopes",
            format_func=lambda scope: say(_WORDS[scope]),
        )  # fmt: skip
        with st.container(key="api_key_bounds", horizontal=True, gap="small"):
            notebook = st.selectbox(
                say("api_key_notebook"), list(names), format_func=lambda n: names.get(n, ""), key="api_key_notebook",
                filter_mode=None,
            )  # fmt: skip
            end = st.selectbox(
                say("api_key_expires"), list(_ENDS), list(_ENDS).index(_USUAL), lambda end: say(_ENDS[end]),
                key="api_key_expires", width=150, filter_mode=None,
            )  # fmt: skip
        if not st.form_submit_button(say("api_key_make"), key="api_key_make", type="primary"):
            return
    bound = notebook if notebook != _ALL else None
    made = attempt(lambda: keys.make(name or "", person, scopes=scopes, notebook=bound, expires=expiry(end)))
    if made.value is None:
        if made.error:
            problem(made.error, say)
        return
    st.session_state[_MADE] = made.value[0]
    st.rerun()


def _draw_list(keys: ApiKeys, person: Person, say: Say) -> None:
    of_all = person.is_admin and st.toggle(say("api_keys_of_all"), key="api_keys_of_all")
    found = attempt(lambda: keys.list(person, everybody=of_all or person.is_alone))
    if found.error:
        problem(found.error, say)
        return
    now = datetime.now(UTC)
    good = [key for key in found.value or () if key.is_good(now)]
    ended = [key for key in found.value or () if not key.is_good(now)]
    if not good:
        quiet("none", as_html(say("api_keys_none")))
    for key in good:
        _draw_key(keys, key, person, of_all, say)
    if ended:
        with st.expander(say("api_keys_ended", count=len(ended))):
            st.html("".join(f'<p class="sl-api-key">{_said(key, of_all, say)}</p>' for key in ended))


def _draw_key(keys: ApiKeys, key: ApiKey, person: Person, of_all: bool, say: Say) -> None:
    with st.container(
        key=f"api_key_{key.id}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
    ):
        st.html(f'<p class="sl-api-key">{_said(key, of_all, say)}</p>')
        revoke = as_label(say("api_key_revoke", name=key.name))
        with st.popover("", icon=":material/delete:", type="tertiary", help=as_text(revoke)):
            quiet("warn", as_html(say("api_key_revoke_more")))
            if st.button(say("api_key_revoke_now"), key=f"revoke-{key.id}", type="primary"):
                if failed := attempt(lambda: keys.revoke(key.id, person)).error:
                    problem(failed, say)
                else:
                    st.rerun()


def _said(key: ApiKey, with_person: bool, say: Say) -> str:
    """A key in two lines of HTML: its name and ending, then what it may do and how it fares."""
    who = say("api_key_of_machine") if key.person.is_alone else key.person.called
    used = say("api_key_used", when=_day(key.used)) if key.used else say("api_key_unused")
    scopes = ", ".join(say(_WORDS[scope]) for scope in SCOPES if scope in key.scopes)
    facts = [as_html(fact) for fact in (who if with_person else "", scopes, key.notebook_name) if fact]
    facts += [f"<time>{as_html(fact)}</time>" for fact in (used, _end(key, say)) if fact]
    return (
        f"<b>{as_html(key.name)}</b> <code>…{as_html(key.ending)}</code><br><span>{' · '.join(facts)}</span>"
    )


def _end(key: ApiKey, say: Say) -> str:
    if key.revoked is not None:
        return say("api_key_revoked", when=_day(key.revoked))
    if key.expires is None:
        return ""
    words = "api_key_until" if key.is_good(datetime.now(UTC)) else "api_key_expired"
    return say(words, when=_day(key.expires))


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d}"
