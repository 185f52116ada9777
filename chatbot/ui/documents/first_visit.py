"""What the chat shows before anything can be asked: no documents, the first of them being read, none that could be read.

Nothing of it is an alarm but a folder that cannot be written, because then nothing that a person adds would stay.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from chatbot.config import Config
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.ui.documents.amounts import counted, name_html
from chatbot.ui.documents.documents_page import draw_no_documents, draw_uploaders
from chatbot.ui.documents.work import first_under_way
from chatbot.ui.documents.work_report import refused_uris
from chatbot.ui.notices import notice

_NAMED = 8  # refused documents


def draw_first_visit(config: Config, rows: Sequence[DocumentRow], say: Say) -> None:
    """Draw it; ``rows`` are the documents, none of which has a passage."""
    st.html(f'<div class="sl-title"><h1>Second Look</h1><p>{say("tagline")}</p></div>')
    if not can_be_written(config.store):
        notice(say("not_writable"), say("not_writable_more", folder=config.store.absolute()))
    elif first_under_way() is not None:
        notice(say("first_document"), say("first_document_more"), "calm")
    elif rows:
        told = refused_uris()  # below, among what became of the files that were just added
        st.html(_refused_html(rows, [row for row in rows if row.uri not in told], say))
    else:
        draw_no_documents(say)
    draw_uploaders(config, None, say)


def can_be_written(folder: Path) -> bool:
    """Whether files can be made in ``folder``, or the folder itself where it is not there yet."""
    there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), folder)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _refused_html(rows: Sequence[DocumentRow], named: Sequence[DocumentRow], say: Say) -> str:
    """That none of ``rows`` could be read and what to do; each of ``named`` with its reason."""
    lines = "".join(
        f'<li class="sl-no">{name_html(row.name, row.uri)}<span>{as_html(say.error(row.reason))}</span></li>'
        for row in named[:_NAMED]
    )
    left = len(named) - _NAMED
    more = (
        f"<p>{as_html(counted(say, 'one_more_refused', 'more_more_refused', left))}</p>" if left > 0 else ""
    )
    reasons = f'<ul class="sl-report">{lines}</ul>' if lines else ""
    title = counted(say, "none_read_one", "none_read_more", len(rows))
    return (
        f'<div class="sl-notice sl-calm" role="status"><b>{as_html(title)}</b>'
        f"{reasons}{more}<p>{as_html(say('none_read_help'))}</p></div>"
    )
