"""The dialog of one notebook: its name and end, its settings, its people, its log; what a role does not allow is not there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from chatbot.config import Config
from chatbot.errors import ChatbotError
from chatbot.notebooks import Action, Notebook, Person
from chatbot.rendering.safe import as_html, as_label, as_text
from chatbot.rendering.words import Say
from chatbot.ui.jobs import attempt
from chatbot.ui.library.current import Entered, library_for, page_person
from chatbot.ui.library.log import draw_log
from chatbot.ui.library.names import name_of
from chatbot.ui.library.people import draw_people
from chatbot.ui.notices import problem, quiet

_TABS = (
    ("tab_notebook", Action.SEE), ("tab_asking", Action.SETTINGS), ("tab_people", Action.PEOPLE), ("tab_log", Action.AUDIT),
)  # fmt: skip


def draw_manage_dialog(config: Config, entered: Entered | None, close: Callable[[], None], say: Say) -> None:
    """Draw it.

    Args:
        config: that which the page was started with.
    """

    @st.dialog(as_text(say("manage_notebook")), width="medium", on_dismiss=close)
    def dialog() -> None:
        person = page_person(config)
        notebook = _meant(config, entered, person, say)
        if notebook is None:
            return
        tabs = [
            (key, needed)
            for key, needed in _TABS
            if notebook.may(needed) and (key != "tab_people" or not person.is_alone)
        ]
        for (key, _), tab in zip(tabs, st.tabs([say(key) for key, _ in tabs]), strict=True):
            with tab:
                if key == "tab_notebook":
                    _draw_itself(config, notebook, close, say)
                elif key == "tab_asking":
                    _draw_settings(notebook, close, say)
                elif key == "tab_people":
                    draw_people(notebook, say)
                else:
                    draw_log(config, notebook, say)

    dialog()


def _meant(config: Config, entered: Entered | None, person: Person, say: Say) -> Notebook | None:
    """The notebook that the page is in; for an admin any."""
    library, here = library_for(config), entered.notebook if entered is not None else None
    if person.is_admin:
        rows = library.notebooks(person, archived=True)
        names = {row.id: f"{as_label(name_of(row, say))}  #{row.id}" for row in rows}
        first = list(names).index(here.id) if here is not None and here.id in names else 0
        number = st.selectbox(
            say("administers"), list(names), first, lambda n: names.get(n, ""), key="administers"
        )
        return attempt(lambda: library.open(number, person)).value if number is not None else None
    return attempt(lambda: library.open(here.id, person)).value if here is not None else None


def _draw_itself(config: Config, notebook: Notebook, close: Callable[[], None], say: Say) -> None:
    library, person, row = notebook.library, notebook.person, notebook.row
    if notebook.may(Action.RENAME):
        name = st.text_input(
            say("notebook_name"), as_label(name_of(row, say)), key=f"name-{row.id}", max_chars=80
        )
        if st.button(say("rename_notebook"), key="rename_notebook", disabled=not (name or "").strip()):
            _done(attempt(lambda: library.rename(row.id, name or "", person)).error, close, say)
    if notebook.may(Action.EXPORT):
        _draw_export(notebook, say)
    may_leave = notebook.may(Action.LEAVE) and not person.is_alone and not row.is_first
    if may_leave and st.button(say("leave_notebook"), key="leave_notebook", icon=":material/logout:"):
        _done(attempt(lambda: library.leave(row.id, person)).error, close, say)
    if notebook.may(Action.ARCHIVE) and not row.is_first:
        key = "bring_back" if row.archived else "archive_notebook"
        if st.button(say(key), key=key, icon=":material/archive:", help=say("archive_more")):
            _done(attempt(lambda: library.archive(row.id, person, back=bool(row.archived))).error, close, say)
    if notebook.may(Action.DELETE) and not row.is_first:
        _draw_delete(notebook, close, say)
    _draw_archived(config, close, say)


def _draw_export(notebook: Notebook, say: Say) -> None:
    key = f"exported-{notebook.id}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            say("export_prepare"),
            key="export_prepare",
            icon=":material/inventory_2:",
            help=say("export_more"),
        ):
            exported = attempt(lambda: _exported(notebook))
            if exported.error:
                problem(exported.error, say)
            st.session_state[key] = exported.value
        if content := st.session_state.get(key):
            st.download_button(
                say("export_download"), content, "notebook.zip", "application/zip", key="export_download",
                icon=":material/download:", on_click=_forget, args=(key,),
            )  # fmt: skip


def _exported(notebook: Notebook) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "notebook.zip"
        notebook.library.export(notebook.id, target, notebook.person)
        return target.read_bytes()


def _forget(key: str) -> None:
    st.session_state.pop(key, None)


def _draw_delete(notebook: Notebook, close: Callable[[], None], say: Say) -> None:
    row = notebook.row
    with st.expander(say("delete_notebook"), icon=":material/delete:"):
        quiet("warn", as_html(say("delete_notebook_more", name=name_of(row, say))))
        typed = st.text_input(
            say("notebook_name"), key=f"delete-{row.id}", label_visibility="collapsed", autocomplete="off"
        )
        is_sure = (typed or "").strip() == name_of(row, say)
        if st.button(say("delete_notebook"), key="delete_notebook", type="primary", disabled=not is_sure):
            _done(attempt(lambda: notebook.library.delete(row.id, notebook.person)).error, close, say)


def _draw_archived(config: Config, close: Callable[[], None], say: Say) -> None:
    """Those that can be brought back."""
    library, person = library_for(config), page_person(config)
    away = [row for row in library.notebooks(person, archived=True) if row.archived]
    away = [row for row in away if library.open(row.id, person).may(Action.ARCHIVE)]
    if not away:
        return
    with st.expander(say("archived_notebooks"), icon=":material/archive:"):
        for row in away:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(f'<p class="sl-quiet">{as_html(name_of(row, say))}</p>')
                if st.button(say("bring_back"), key=f"bring-{row.id}", type="tertiary"):
                    back = partial(library.archive, row.id, person, back=True)
                    _done(attempt(back).error, close, say)


def _draw_settings(notebook: Notebook, close: Callable[[], None], say: Say) -> None:
    config, own = notebook.library.config, notebook.row.settings
    quiet("fine", as_html(say("settings_more")))
    k = st.number_input(say("settings_k"), 1, 200, own.get("k", config.retrieval.k), key=f"k-{notebook.id}")
    top_n = st.number_input(
        say("settings_top_n"), 1, 50, own.get("top_n", config.retrieval.top_n), key=f"top-{notebook.id}"
    )
    rerank = st.toggle(
        say("settings_rerank"), own.get("rerank", config.reranker.enabled), key=f"rerank-{notebook.id}"
    )
    if st.button(say("save_settings"), key="save_settings", type="primary"):
        chosen = {**own, "k": int(k), "top_n": int(top_n), "rerank": bool(rerank)}
        _done(
            attempt(lambda: notebook.library.set_settings(notebook.id, chosen, notebook.person)).error,
            close,
            say,
        )


def _done(failed: ChatbotError | None, close: Callable[[], None], say: Say) -> None:
    """Close the dialog, unless what was asked for failed."""
    if failed:
        problem(failed, say)
    else:
        close()
        st.rerun()
