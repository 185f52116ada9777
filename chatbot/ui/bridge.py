"""Clicks inside our own HTML, on their way to Python.

A button is written with ``button``; whatever was clicked comes out of ``clicked`` once, in the run that it started.
``bridge.js`` also keeps opened cards open when they are redrawn, and shows a cited passage beside its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say

_SCRIPT = Path(__file__).with_name("assets").joinpath("bridge.js").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Click:
    """What was clicked: the action, in which exchange, on which source (0: none), with what value."""

    action: str
    exchange: int = 0
    number: int = 0
    value: int = 0


def clicked(say: Say) -> Click | None:
    """The click that started this run, if one did."""
    found = _bridge()(key="bridge", data={"copied": say("copied")}, on_click_change=_nothing).click
    if not found:
        return None
    return Click(str(found["act"]), int(found["exchange"]), int(found["number"]), int(found["value"]))


def button(
    action: str,
    exchange: int,
    label: str,
    *,
    number: int = 0,
    value: int = 0,
    icon: str = "",
    pressed: bool | None = None,
) -> str:
    """HTML of a button; with an ``icon`` (a Material symbol's name) the label becomes its tooltip."""
    face = f'<span class="sl-icon" aria-hidden="true">{as_html(icon)}</span>' if icon else as_html(label)
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    title = f' title="{as_attribute(label)}" aria-label="{as_attribute(label)}"' if icon else ""
    return (
        f'<button type="button" class="sl-act" data-act="{as_attribute(action)}" data-exchange="{exchange}" '
        f'data-number="{number}" data-value="{value}"{state}{title}>{face}</button>'
    )


@st.cache_resource(show_spinner=False)
def _bridge() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("secondlook_bridge", js=_SCRIPT)


def _nothing() -> None:
    """A trigger needs a callback to be reported; what it says is read from the result."""
