"""Who has which role in a notebook, and giving one; who reads what is added."""

from __future__ import annotations

import hashlib

import streamlit as st

from chatbot.config import Config
from chatbot.notebooks import Action, Notebook, Role
from chatbot.notebooks.access import ROLES
from chatbot.notebooks.library import EVERYBODY
from chatbot.rendering.safe import as_html, as_label
from chatbot.rendering.words import Say
from chatbot.ui.jobs import attempt
from chatbot.ui.library.current import current
from chatbot.ui.library.names import role_name
from chatbot.ui.notices import problem, quiet

_NAMED = 5  # people, in a line
_MORE: dict[Role, str] = {
    "viewer": "role_viewer_more", "editor": "role_editor_more", "owner": "role_owner_more",
}  # fmt: skip


def draw_people(notebook: Notebook, say: Say) -> None:
    """The people of a notebook, for whoever may change their roles."""
    members = attempt(lambda: notebook.library.people(notebook.id, notebook.person))
    if members.error:
        problem(members.error, say)
        return
    quiet("fine", as_html(" · ".join(f"{role_name(r, say)}: {say(_MORE[r])}" for r in ROLES)))
    for member in members.value or ():
        key = hashlib.sha256(member.person.id.encode()).hexdigest()[:16]
        called = as_label(member.person.called)
        _draw_role(
            notebook, member.person.id, called, member.role, f"role-{notebook.id}-{key}", [*ROLES, None], say
        )
    _draw_role(
        notebook, EVERYBODY, say("everybody"), notebook.row.everybody or None,  # type: ignore[arg-type]
        f"role-{notebook.id}-everybody", ["viewer", "editor", None], say,
    )  # fmt: skip
    with st.container(key="add_person", horizontal=True, vertical_alignment="bottom", gap="small"):
        who = st.text_input(
            say("add_person"), key="person_to_add", help=say("add_person_more"), autocomplete="off"
        )
        role: Role = st.selectbox(
            say("role"), list(ROLES), format_func=lambda r: role_name(r, say), key="role_to_give", width=150
        )
        if st.button(say("give_role"), key="give_role", disabled=not (who or "").strip()):
            _share(notebook, (who or "").strip(), role, say)


def _draw_role(
    notebook: Notebook, who: str, called: str, role: Role | None, key: str, roles: list[Role | None], say: Say
) -> None:
    """One person, with the roles that they may have."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(f'<p class="sl-quiet">{as_html(called)}</p>')
        chosen = st.selectbox(
            as_label(called), roles, roles.index(role), lambda r: role_name(r, say), key=key, width=150,
            label_visibility="collapsed", filter_mode=None,
        )  # fmt: skip
        if chosen != role:
            _share(notebook, who, chosen, say)


def _share(notebook: Notebook, who: str, role: Role | None, say: Say) -> None:
    failed = attempt(lambda: notebook.library.share(notebook.id, who, role, notebook.person)).error
    if failed:
        problem(failed, say)
    else:
        st.rerun()


def draw_readers(config: Config, say: Say) -> None:
    """Who reads what is added here; nothing where nobody signs in."""
    notebook = attempt(lambda: current(config)).value
    if notebook is None or notebook.person.is_alone or not notebook.may(Action.ADD):
        return
    readers = attempt(lambda: notebook.library.readers(notebook.id, notebook.person)).value
    if notebook.row.everybody:
        words = say("read_by_everybody")
    elif readers is None:
        words = say("read_by_members")
    elif readers:
        names = [as_label(one.person.called) for one in readers[:_NAMED]]
        if len(readers) > _NAMED:
            names.append(say("and_others", count=len(readers) - _NAMED))
        words = say("read_by_people", names=", ".join(names))
    else:
        words = say("read_by_you")
    quiet("remote" if notebook.row.everybody or readers else "local", as_html(words))
