"""The page's address: it names the conversation and what stands beside it, so that a reload finds them and the browser's
back and forward lead from one to the other.

    write(c="5", p="0-2") -> the browser's address -> here().changes(), once the browser says that a person has gone back or forward

What a run is told of the address is what the browser had when it asked for the run. It may not have heard yet of what
was written last, on a busy server for seconds: an address that differs is by itself no wish of a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

CONVERSATION, PANEL = "c", "p"  # query parameters
_KEY = "address"


@dataclass(slots=True)
class Here:
    """What the address holds as far as this session knows (``written``), and what the browser has told of it.

    Asks nothing of ``st``: clicks are obeyed with it.
    """

    written: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def changes(self) -> dict[str, str]:
        """The parameters that differ, with what they are now; each is told once."""
        found = {name: value for name, value in self.told.items() if self.written.get(name, "") != value}
        self.written |= found
        return found


def write(**values: str) -> None:
    """Set query parameters, all in one step of the browser's history; an empty one goes."""
    written = here().written
    changed = {name: value for name, value in values.items() if written.get(name, "") != value}
    if not changed:
        return
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in changed}
    st.query_params.from_dict({**kept, **{name: value for name, value in changed.items() if value}})
    written |= (
        changed  # not before: the run may end in the line above, and then the browser never hears of it
    )


def forget() -> None:
    """Another part of the page was opened, with an address of its own: what that says is no wish of a person."""
    here().changes()


def here() -> Here:
    """That of this session, with what the browser told this run."""
    told = {name: st.query_params.get(name, "") for name in (CONVERSATION, PANEL)}
    found: Here | None = st.session_state.get(_KEY)
    if found is None:
        st.session_state[_KEY] = found = Here(dict(told))
    found.told = told
    return found
