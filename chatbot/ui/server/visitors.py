"""Who a request comes from, as far as signing in tells: the cookie of the request, the person of a session."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from streamlit.runtime import Runtime
from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

Person = tuple[str, str]  # issuer and subject, as the provider names them


def person_of_cookie(cookies: Mapping[str, str]) -> Person | None:
    """Who signed in with these cookies, whose signature is checked; ``None`` where nobody did."""
    try:
        signed = _get_signed_cookie_with_chunks(dict(cookies), AUTH_COOKIE_NAME)
        return _person(json.loads(signed)) if signed else None
    except (ValueError, TypeError, UnicodeError):
        return None


def person_of_session(session_id: str) -> Person | None:
    """Who is signed in in that session; ``None`` where nobody is, or where there is no such session."""
    if not Runtime.exists():
        return None
    info = Runtime.instance()._session_mgr.get_session_info(session_id)
    return _person(dict(info.session._user_info)) if info is not None else None


def sessions_of(person: Person) -> set[str]:
    """The sessions of that person."""
    if not Runtime.exists():
        return set()
    sessions = Runtime.instance()._session_mgr.list_sessions()
    return {info.session.id for info in sessions if _person(dict(info.session._user_info)) == person}


def _person(claims: Any) -> Person | None:
    if not isinstance(claims, dict) or not claims.get("is_logged_in"):
        return None
    return str(claims.get("iss", "")), str(claims.get("sub", ""))


def forget_strangers() -> None:
    """Let go of what Streamlit keeps for the return of those who left without signing in.

    It keeps 128 sessions; those of strangers would push out that of a person whose connection broke.
    """
    if not Runtime.exists():
        return
    for info in Runtime.instance()._session_mgr.list_sessions():
        if info.client is None and _person(dict(info.session._user_info)) is None:
            Runtime.instance().close_session(info.session.id)
