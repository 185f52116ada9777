"""How the next question is searched: how many candidates and sources, and whether they get a second look."""

from __future__ import annotations

import streamlit as st

from chatbot.config import Config
from chatbot.rendering.words import Say
from chatbot.ui import choices
from chatbot.ui.notices import set_widget

_MOST_CANDIDATES = 50
_MOST_SOURCES = 10
_LONGEST_BUDGET = 1000  # milliseconds


def draw_search_settings(config: Config, say: Say) -> None:
    """Draw the controls; a click draws only them again."""
    st.fragment(_draw_controls)(config, say)


def _draw_controls(config: Config, say: Say) -> None:
    now = choices.settings(config)
    most = max(_MOST_CANDIDATES, now.k)
    st.slider(
        say("k"), 1, most, key=set_widget("k", now.k), help=say("k_help"), on_change=_choose_k, args=(config,)
    )
    # as many as there are candidates at most: the slider ends there, and moves back when that becomes fewer
    most = max(2, min(now.k, max(_MOST_SOURCES, now.top_n)))
    st.slider(
        say("top_n"), 1, most, key=set_widget("top_n", now.top_n), help=say("top_n_help"), disabled=now.k == 1,
        on_change=_choose_top_n, args=(config,),
    )  # fmt: skip
    st.toggle(
        say("second_look"), key=set_widget("rerank", now.rerank), help=say("second_look_help"), on_change=_choose_rerank, args=(config,)
    )  # fmt: skip
    st.slider(
        say("budget"), 0, max(_LONGEST_BUDGET, int(now.budget_ms)), step=50, key=set_widget("budget", int(now.budget_ms)),
        format=say("budget_format"), help=say("budget_help"), disabled=not now.rerank, on_change=_choose_budget, args=(config,),
    )  # fmt: skip


def _choose_k(config: Config) -> None:
    k = int(st.session_state.k)
    choices.choose(config, k=k, top_n=min(choices.settings(config).top_n, k))


def _choose_top_n(config: Config) -> None:
    choices.choose(config, top_n=int(st.session_state.top_n))


def _choose_rerank(config: Config) -> None:
    choices.choose(config, rerank=bool(st.session_state.rerank))


def _choose_budget(config: Config) -> None:
    choices.choose(config, budget_ms=float(st.session_state.budget))
