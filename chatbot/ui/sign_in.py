"""Optional sign-in through Streamlit's own ``st.login`` (OpenID Connect); see docs/sign-in.md.

Asked for as soon as ``[auth]`` is in the server's ``secrets.toml``; without it nobody is asked for anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.auth_util import is_authlib_installed
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from chatbot.rendering.safe import as_text
from chatbot.rendering.words import Say
from chatbot.ui.notices import notice

_NEEDED = ("redirect_uri", "cookie_secret")
_NEEDED_OF_A_PROVIDER = ("client_id", "client_secret", "server_metadata_url")


def require_sign_in(say: Say) -> bool:
    """Whether the page may be shown; else the screen to sign in is drawn."""
    if not is_configured() or _is_logged_in():
        return True
    st.html(f'<div class="sl-title"><h1>Second Look</h1><p>{say("tagline")}</p></div>')
    if not is_authlib_installed():
        notice(say("sign_in_unusable"), say("sign_in_package"))
    elif missing := _missing():
        notice(say("sign_in_unusable"), say("sign_in_setting", names=", ".join(missing)))
    else:
        st.html(f'<p class="sl-fine">{say("sign_in_why")}</p>')
        for name in _providers():
            words = say("sign_in_with", provider=as_text(name)) if name else say("sign_in")
            st.button(
                words, key=f"sign-in-{name}", type="primary", icon=":material/login:",
                on_click=st.login, args=(name,) if name else (),
            )  # fmt: skip
    return False


def draw_sign_out(say: Say) -> None:
    """Who is signed in, and the way out; nothing where nobody has to be."""
    if not is_configured() or not _is_logged_in():
        return
    who = st.user.get("email") or st.user.get("name") or st.user.get("sub", "")
    st.button(say("sign_out"), key="sign_out", type="tertiary", help=as_text(str(who)), on_click=st.logout)


def owner() -> str:
    """Who is signed in: the provider's unchanging name for the person, with the provider; empty where nobody is."""
    if not is_configured() or not _is_logged_in():
        return ""
    return f"{st.user.get('iss', '')}#{st.user.get('sub', '')}"


def claims() -> Mapping[str, Any]:
    """What the provider says of who is signed in; empty where nobody is."""
    return dict(st.user) if is_configured() and _is_logged_in() else {}


def person() -> str:
    """Who uses the page: who is signed in, else whoever has this visit."""
    if who := owner():
        return who
    context = get_script_run_ctx()
    return f"visit {context.session_id}" if context is not None else ""


def is_configured() -> bool:
    """Whether the server's secrets have an ``[auth]`` section."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:  # no secrets file: the usual case
        return False


def _is_logged_in() -> bool:
    return bool(st.user.get("is_logged_in", False))


def _providers() -> list[str]:
    """Names of the ``[auth.NAME]`` sections; one empty name where ``[auth]`` itself describes the provider."""
    section = st.secrets["auth"]
    return [name for name in section if isinstance(section[name], Mapping)] or [""]


def _missing() -> list[str]:
    section = st.secrets["auth"]
    missing = [name for name in _NEEDED if not section.get(name)]
    for provider in _providers():
        place = section[provider] if provider else section
        missing += [
            f"{provider}.{name}" if provider else name
            for name in _NEEDED_OF_A_PROVIDER
            if not place.get(name)
        ]
    return missing
