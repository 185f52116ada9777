"""Files that never leave the browser: too large, or the connection broke."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

_SCRIPT = Path(__file__).parents[1].joinpath("assets", "rejected.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class RejectedFiles:
    """Names of files that were not sent: too large, or for another reason."""

    large: list[str]
    broken: list[str]


def take_rejected_files() -> RejectedFiles | None:
    """The files that the browser did not send since the last run, if any."""
    # state and not a trigger: those are lost when the files that are sent start a run of their own at the same moment
    found = _watch()(key="rejected", on_rejected_change=_nothing).rejected
    if not found or st.session_state.get("rejected_told") == found["at"]:
        return None
    st.session_state.rejected_told = found["at"]
    names: dict[bool, list[str]] = {True: [], False: []}
    for file in found["files"]:
        names[bool(file["large"])].append(str(file["name"]))
    return RejectedFiles(names[True], names[False])


@st.cache_resource(show_spinner=False)
def _watch() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("secondlook_rejected", js=_SCRIPT)


def _nothing() -> None:
    """A state needs a callback to be reported."""
