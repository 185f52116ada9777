"""A part of the page that is drawn again without the rest of it, for as long as its notebook is open to the person.

Streamlit runs such a part with what it was given when the page was drawn. Whoever keeps asking for it, and for nothing
else, would go on reading a notebook that was taken from them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from chatbot.ui.library.current import still_open

P = ParamSpec("P")


def fragment(draw: Callable[P, None], run_every: float | None = None) -> Callable[P, None]:
    """``st.fragment`` for what reads the notebook: the whole page instead, which says why, once it is closed to the person."""

    @wraps(draw)
    def draw_if_open(*arguments: P.args, **named: P.kwargs) -> None:
        if not still_open():
            st.rerun()
        draw(*arguments, **named)

    return st.fragment(draw_if_open, run_every=run_every)
