"""The log of a notebook: who changed what, and when."""

from __future__ import annotations

import streamlit as st

from chatbot.config import Config
from chatbot.notebooks import Event, Notebook
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui.jobs import attempt
from chatbot.ui.library.current import library_for
from chatbot.ui.notices import problem, quiet

_SHOWN = 100  # lines
_DONE = {
    "make": "did_make", "rename": "did_rename", "archive": "did_archive", "bring back": "did_bring_back", "delete": "did_delete",
    "settings": "did_settings", "share": "did_share", "leave": "did_leave", "add": "did_add", "remove": "did_remove",
    "export": "did_export", "import": "did_import", "import failed": "did_import_failed", "ask": "did_ask",
    "make key": "did_make_key", "revoke key": "did_revoke_key",
}  # fmt: skip


def draw_log(config: Config, notebook: Notebook, say: Say) -> None:
    """The newest lines; an admin may see those of all notebooks."""
    library, person = library_for(config), notebook.person
    quiet("fine", as_html(say("log_with_questions" if config.audit.questions else "log_more")))
    of_all = (person.is_admin or person.is_alone) and st.toggle(say("log_of_all"), key="log_of_all")
    events = attempt(lambda: library.events(person, None if of_all else notebook.id, _SHOWN))
    if events.error:
        problem(events.error, say)
    elif not events.value:
        quiet("none", as_html(say("log_empty")))
    else:
        lines = "".join(_line(event, of_all, say) for event in events.value)
        st.html(f'<ol class="sl-log">{lines}</ol>')


def _line(event: Event, with_notebook: bool, say: Say) -> str:
    who = event.person or say("command_line")
    done = say(_DONE[event.action]) if event.action in _DONE else event.action
    place = f"#{event.notebook} {event.name}" if with_notebook else ""
    words = " · ".join(filter(None, (who, place, done, event.detail)))
    return f"<li><time>{event.at.astimezone():%Y-%m-%d %H:%M}</time> <span>{as_html(words)}</span></li>"
