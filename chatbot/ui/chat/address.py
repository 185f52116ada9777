"""The page's address: it names the conversation and what stands beside it, so that a reload finds them and the browser's
back and forward lead from one to the other.

    write(c="5", p="0-2") -> the browser's address -> changed("c"), once a person has gone back or forward

What a run is told of the address is what the browser had when it asked for the run. It may not have heard yet of what
was written last; so what differs shortly after writing is late, and not a person.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import streamlit as st

CONVERSATION, PANEL = "c", "p"  # query parameters
_LATE_S = 1.5
_KEY = "address"


@dataclass(slots=True)
class _Written:
    """What the address holds as far as this session knows, and when it was written last."""

    values: dict[str, str] = field(default_factory=dict)
    at: float = 0.0


def write(**values: str) -> None:
    """Set query parameters, all in one step of the browser's history; an empty one goes."""
    written = _written()
    changed = {name: value for name, value in values.items() if written.values.get(name, "") != value}
    if not changed:
        return
    written.values |= changed
    written.at = time.monotonic()
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in changed}
    st.query_params.from_dict({**kept, **{name: value for name, value in changed.items() if value}})


def changed() -> dict[str, str]:
    """The parameters that a person has changed by going back or forward, with what they are now; each is told once."""
    written = _written()
    told = {name: st.query_params.get(name, "") for name in (CONVERSATION, PANEL)}
    found = {name: value for name, value in told.items() if written.values.get(name, "") != value}
    if time.monotonic() - written.at < _LATE_S:
        return {}
    written.values |= found
    return found


def forget() -> None:
    """Another part of the page was opened, with an address of its own: what that says is no wish of a person."""
    _written().values |= {name: st.query_params.get(name, "") for name in (CONVERSATION, PANEL)}


def _written() -> _Written:
    found: _Written | None = st.session_state.get(_KEY)
    if found is None:
        now = {name: st.query_params.get(name, "") for name in (CONVERSATION, PANEL)}
        st.session_state[_KEY] = found = _Written(now, time.monotonic())
    return found
