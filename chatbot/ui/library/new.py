"""The dialog in which a notebook is made, empty or from an exported file."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from chatbot.config import Config
from chatbot.notebooks import Notebook
from chatbot.rendering.safe import as_html, as_text
from chatbot.rendering.words import Say
from chatbot.ui.jobs import attempt
from chatbot.ui.library.current import go_to, library_for, page_person
from chatbot.ui.limits.allowance import import_refused
from chatbot.ui.notices import notice, problem, quiet

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

_LONGEST = 80  # characters of a name


def draw_new_dialog(config: Config, close: Callable[[], None], say: Say) -> None:
    """Draw it; the new notebook is shown at once."""

    @st.dialog(as_text(say("new_notebook")), on_dismiss=close)
    def dialog() -> None:
        quiet("fine", as_html(say("new_notebook_more")))
        name = st.text_input(say("notebook_name"), key="new_name", max_chars=_LONGEST, autocomplete="off")
        file = st.file_uploader(say("from_export"), type="zip", key="new_from")
        wanted = (name or "").strip()
        if not st.button(
            say("make_notebook"), key="make", type="primary", disabled=not wanted, width="stretch"
        ):
            return
        if file is not None and (limit := import_refused(config, file.size)):
            notice(say("not_taken"), say(limit.key, **limit.values))
            return
        made = attempt(lambda: _made(config, wanted, file))
        if made.value is None:
            if made.error:
                problem(made.error, say)
            return
        close()
        go_to(made.value.id)
        st.rerun()

    dialog()


def _made(config: Config, name: str, file: UploadedFile | None) -> Notebook:
    library, person = library_for(config), page_person(config)
    if file is None:
        return library.make(name, person)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "import.zip"  # its own name is somebody else's choice
        source.write_bytes(file.getbuffer())
        return library.import_(source, name, person)
