"""The switcher above the conversations: which notebook is asked, a new one, and what can be done with this one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from chatbot.config import Config
from chatbot.llms.permission import is_shared
from chatbot.notebooks import Action, NotebookRow, allow
from chatbot.notebooks.loading import MOST
from chatbot.rendering.safe import as_html, as_label
from chatbot.rendering.words import Say
from chatbot.ui.library.api_keys import draw_keys_dialog
from chatbot.ui.library.current import (
    Entered,
    also_asked,
    go_to,
    library_for,
    page_person,
    refusal,
)
from chatbot.ui.library.manage import draw_manage_dialog
from chatbot.ui.library.names import name_of
from chatbot.ui.library.new import draw_new_dialog
from chatbot.ui.notices import notice, problem, quiet, set_widget

_NEW = 0  # no notebook has this id
_DIALOG = "notebook_dialog"


def draw_switcher(config: Config, entered: Entered | None, say: Say) -> None:
    """Draw it; nothing where one person has one notebook.

    Args:
        config: that which the page was started with.
    """
    if refused := refusal():
        problem(refused, say)
    library, person = library_for(config), page_person(config)
    rows = [row for row in library.notebooks(person) if allow(person, row.role, Action.ASK)]
    if _is_one(config):
        return
    here = entered.notebook.id if entered is not None else _NEW
    with st.container(
        key="notebook_switcher", horizontal=True, vertical_alignment="center", wrap=False, gap="small"
    ):
        _draw_choice(rows, here, say)
        if entered is not None or person.is_admin:
            st.button(
                "", key="manage_notebook", icon=":material/tune:", type="tertiary", help=say("manage_notebook"),
                on_click=_open, args=("manage",),
            )  # fmt: skip

    _draw_also(config, rows, entered, say)


def _draw_also(config: Config, rows: Sequence[NotebookRow], entered: Entered | None, say: Say) -> None:
    """Which others are asked at the same time."""
    others = {
        row.id: as_label(name_of(row, say))
        for row in rows
        if entered is None or row.id != entered.notebook.id
    }
    if entered is None or not others:
        return
    st.multiselect(
        say("also_ask"), list(others), format_func=lambda number: others.get(number, ""), key="also_ask",
        label_visibility="collapsed", placeholder=say("also_ask"), max_selections=MOST - 1,
    )  # fmt: skip
    if also := also_asked(config):
        name = name_of(entered.notebook.row, say)
        quiet("filter", as_html(say("asked_together", count=len(also) + 1, name=name)))


def draw_notebook_dialog(config: Config, entered: Entered | None, say: Say) -> None:
    """The dialog that is open, if one is."""
    match st.session_state.get(_DIALOG):
        case "new":
            draw_new_dialog(config, _close, say)
        case "manage":
            draw_manage_dialog(config, entered, _close, say)
        case "keys" if _may_have_keys(config):
            draw_keys_dialog(config, _close, say)


def draw_no_notebook(say: Say) -> None:
    """What somebody sees whom nothing is open to."""
    notice(say("no_notebook"), say("no_notebook_more"), "calm")
    st.button(say("new_notebook"), key="first_notebook", icon=":material/add:", on_click=_open, args=("new",))


def draw_new_button(config: Config, say: Say) -> None:
    """Where there is no switcher yet."""
    if not _is_one(config):
        return
    st.button(
        say("new_notebook"), key="another_notebook", icon=":material/library_add:", type="tertiary",
        help=say("new_notebook_more"), on_click=_open, args=("new",),
    )  # fmt: skip


def draw_keys_button(config: Config, say: Say) -> None:
    """The way to the keys with which programs ask; nothing where they would outlast the visit of a stranger."""
    if not _may_have_keys(config):
        return
    st.button(
        say("api_keys"), key="api_keys", icon=":material/key:", type="tertiary", help=say("api_keys_more"),
        on_click=_open, args=("keys",),
    )  # fmt: skip


def _may_have_keys(config: Config) -> bool:
    return not page_person(config).is_alone or not is_shared(config.llm)


def _is_one(config: Config) -> bool:
    """Whether one person has one notebook."""
    person = page_person(config)
    return person.is_alone and len(library_for(config).notebooks(person, archived=True)) < 2


def _draw_choice(rows: Sequence[NotebookRow], here: int, say: Say) -> None:
    names = {row.id: as_label(name_of(row, say)) for row in rows} | {_NEW: f"＋ {say('new_notebook')}"}
    st.selectbox(
        say("notebook"), list(names), format_func=lambda number: names.get(number, ""), key=set_widget("choose_notebook", here),
        label_visibility="collapsed", filter_mode=None, on_change=_chosen,
    )  # fmt: skip


def _chosen() -> None:
    number: object = st.session_state.choose_notebook  # a browser may name what was never on offer
    if number == _NEW:
        _open("new")
    elif isinstance(number, int):
        go_to(number)


def _open(dialog: str) -> None:
    st.session_state[_DIALOG] = dialog


def _close() -> None:
    st.session_state.pop(_DIALOG, None)
