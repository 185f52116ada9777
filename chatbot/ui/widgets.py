"""Widgets that show what is chosen elsewhere: their own state is lost as soon as they are not drawn."""

from __future__ import annotations

from typing import Any

import streamlit as st


def show(key: str, value: Any, is_live: bool = False) -> str:
    """``key``, under which the widget that is drawn next shows ``value``.

    Set in every run: a run that is ended between the two leaves a value that the next one would not find.

    Args:
        is_live: runs start while somebody types into it; text that came meanwhile must not be taken back.
    """
    if not is_live or key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key
