"""A clock in the browser: the fragment in which it is drawn runs again a little later.

A fragment's own ``run_every`` goes on until its parent runs again, a closed dialog or not. This one ends by itself:
when it is not drawn any more, when what it stands in is closed, and it never ticks faster than the page redraws.
"""

from __future__ import annotations

import time

import streamlit as st

_EVERY_MS = 200
_SCRIPT = """
export default ({ setTriggerValue, data }) => {
  const timer = setTimeout(() => setTriggerValue("tick", data.now), data.every);
  return () => clearTimeout(timer);
};
"""


def run_again_soon(key: str, after_ms: int = _EVERY_MS) -> None:
    """Draw it while something is under way."""
    _clock()(key=key, data={"every": after_ms, "now": time.monotonic()}, on_tick_change=_nothing)


@st.cache_resource(show_spinner=False)
def _clock() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("secondlook_clock", js=_SCRIPT)


def _nothing() -> None:
    """A trigger needs a callback to be reported."""
