"""The switch between the system's theme, the light and the dark one; chosen and kept in the browser."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from chatbot.rendering.words import Say

_SCRIPT = Path(__file__).parents[1].joinpath("assets", "theme.js").read_text("utf-8")
_NAMES = {"System": "theme_system", "Light": "theme_light", "Dark": "theme_dark"}  # Streamlit's names


def draw_theme_switch(say: Say) -> None:
    """Draw it. Python never hears of the choice: all colours follow ``color-scheme``."""
    names = {name: say(key) for name, key in _NAMES.items()}
    _component()(key="theme", data={"label": say("theme"), "names": names})


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component(
        "secondlook_theme",
        html='<div class="sl-theme" role="radiogroup"></div>',
        js=_SCRIPT,
        isolate_styles=False,
    )
