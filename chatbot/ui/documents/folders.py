"""The folders that were ingested: what the index knows of them, and whether a program keeps them current."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import streamlit as st

from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.ui.documents.amounts import counted, name_html
from chatbot.ui.documents.document_rows import documents_of
from chatbot.ui.library.fragments import fragment
from ingest.watching.notes import WatchedPaths, watched

_LONGEST = 60  # columns of a path
_POLL_S = 5.0


def draw_folders(chatbot: Chatbot, say: Say) -> None:
    """Draw them, and look again every few seconds."""
    fragment(_draw_folders, run_every=_POLL_S)(chatbot, say)


def _draw_folders(chatbot: Chatbot, say: Say) -> None:
    with chatbot.store.reading() as view:
        roots = view.roots()
    rows = documents_of(chatbot)
    mine = {label: [row for row in rows if row.uri.split("/", 1)[0] == label] for label in roots}
    used = {label: roots[label] for label in sorted(roots) if mine[label]}
    if not used:
        return
    watching = watched(chatbot.config)
    entries = "".join(_folder_html(path, mine[label], watching, say) for label, path in used.items())
    st.html(
        f'<div class="sl-folders"><h3>{say("folders")}</h3><p class="sl-fine">{say("folders_more")}</p>'
        f"<ul>{entries}</ul></div>"
    )


def _folder_html(path: Path, rows: Sequence[DocumentRow], watching: Sequence[WatchedPaths], say: Say) -> str:
    by = [w for w in watching if any(path.is_relative_to(p) for p in w.paths)]
    looks = [w.looked_at for w in by if w.looked_at is not None]
    if not path.exists() and not any(w.machine for w in by):  # those of another machine are there, not here
        state, words = "away", say("folder_away")
    elif not by:
        state, words = "idle", say("folder_not_watched")
    elif not looks:
        state, words = "watched", say("folder_first_look")
    else:
        state, words = "watched", say("folder_watched", time=_local(max(looks)))
    changed = say("folder_changed", time=_local(datetime.fromisoformat(max(row.indexed_at for row in rows))))
    facts = f"{counted(say, 'one_document', 'more_documents', len(rows))} · {changed}"
    command = f"<code>secondlook app --watch {as_html(_quoted(path))}</code>" if state == "idle" else ""
    return (
        f'<li class="sl-folder sl-{state}">{name_html(str(path), longest=_LONGEST)}<span class="sl-folder-state">{as_html(words)}</span>'
        f'<span class="sl-fine">{as_html(facts)}</span>{command}</li>'
    )


def _local(moment: datetime) -> str:
    """In the time zone of this machine, where the files are."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _quoted(path: Path) -> str:
    text = str(path)
    return f"'{text}'" if any(c in " '\"()&;" for c in text) else text
