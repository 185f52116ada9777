"""The documents in the sidebar: which to search, what state each is in, add and remove."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.store.records import DocumentRow
from chatbot.ui.attempt import attempt
from chatbot.ui.notices import notice, problem, quiet
from chatbot.ui.safe import as_attribute, as_html, as_label, name_as_html
from chatbot.ui.text import Say
from chatbot.ui.uploads import FileOutcome, Ingest, Report, UploadJob

_SHOWN = 25  # documents listed at once; more of them are found by name
_STATUS = {"indexed": "status_indexed", "partial": "status_partial", "refused": "status_refused"}


def choose_documents(documents: Sequence[DocumentRow], say: Say) -> list[str]:
    """The filter: uris to search in, empty for all."""
    searchable = [row.uri for row in documents if row.chunks]
    names = [uri.rsplit("/", 1)[-1] for uri in searchable]
    chosen = st.session_state.get("filters", [])
    st.session_state.filters = [
        uri for uri in chosen if uri in searchable
    ]  # another page may have removed some
    return st.multiselect(
        say("only_these"),
        searchable,
        format_func=lambda uri: as_label(name if names.count(name := uri.rsplit("/", 1)[-1]) == 1 else uri),
        key="filters",
        placeholder=say("all_documents"),
    )


def manage_documents(documents: Sequence[DocumentRow], chatbot: Chatbot, ingest: Ingest, say: Say) -> None:
    """The list with the state of each document and a button to remove it."""
    if removed := st.session_state.pop("removed", ""):
        quiet("done", as_html(say("removed", name=removed)))
    if failed := st.session_state.pop("not_removed", None):
        problem(failed, say)
    with st.expander(say("manage"), key="manage"):
        shown = documents
        if len(documents) > _SHOWN:
            wanted = (st.text_input(say("find_document"), key="find_document") or "").casefold()
            shown = [row for row in documents if wanted in row.uri.casefold()]
        for row in shown[:_SHOWN]:
            _document(row, chatbot, ingest, say)
        if len(shown) > _SHOWN:
            quiet("more", as_html(say("more_documents", count=len(shown) - _SHOWN)))


def add_documents(config: Config, chatbot: Chatbot | None, ingest: Ingest, say: Say) -> None:
    """The uploader, the progress of an upload under way, and the outcome of the last one, file by file."""
    turn = st.session_state.setdefault("uploader", 0)
    st.html(_uploader_words(say))
    given = st.file_uploader(say("upload"), accept_multiple_files=True, key=f"upload-{turn}")
    job: UploadJob | None = st.session_state.get("upload_job")
    if given and job is None:
        embedding = chatbot.embedding if chatbot else None
        job = UploadJob(ingest, config, {file.name: file.getvalue() for file in given}, embedding)
        st.session_state.upload_job = job
    if job is not None:
        _watch(job, say)
        del st.session_state.upload_job
        st.session_state.uploader = turn + 1  # a fresh uploader, or the same files would be sent again
        st.session_state.upload_outcome = job.outcome()
        st.rerun()
    outcome = st.session_state.get("upload_outcome")
    if outcome is None:
        return
    if outcome.error:
        problem(outcome.error, say)
    elif outcome.value:
        st.html(report_html(outcome.value, say))


def _uploader_words(say: Say) -> str:
    """A style that replaces the uploader's own words: Streamlit has them in English only."""
    limit = say("upload_limit", size=st.get_option("server.maxUploadSize"))
    button = '.stFileUploader [data-testid="stFileUploaderDropzone"] button p'
    hint = '.stFileUploader [data-testid="stFileUploaderDropzoneInstructions"] span'
    return (
        f"<style>:is({button}, {hint}) {{ font-size: 0; }} {button}::after, {hint}::after {{ font-size: .875rem; }} "
        f'{button}::after {{ content: "{say("choose_files")}"; }} {hint}::after {{ content: "{limit}"; }}</style>'
    )


def report_html(report: Report, say: Say) -> str:
    """What became of every file, refused ones with their reason."""
    lines = [
        *(_line(f, "ok", say("report_indexed", chunks=f.chunks)) for f in report.indexed),
        *(_line(f, "part", say("report_partial", reason=f.reason)) for f in report.partial),
        *(_line(f, "no", say("report_refused", reason=f.reason)) for f in report.refused),
        *(_line(f, "ok", say("report_unchanged")) for f in report.unchanged),
    ]
    return f'<ul class="sl-report">{"".join(lines)}</ul>'


def _line(file: FileOutcome, kind: str, words: str) -> str:
    name = name_as_html(file.path.rsplit("/", 1)[-1])
    return f'<li class="sl-{kind}"><b>{name}</b><span>{as_html(words)}</span></li>'


def _watch(job: UploadJob, say: Say) -> None:
    bar = st.progress(0.0, say("upload_reading"))
    place = st.empty()
    while not job.done():
        if (at := job.progress) is not None:
            bar.progress(at.files / max(at.files_total, 1))
            words = say("uploading", done=at.files, total=at.files_total, name=at.current.rsplit("/", 1)[-1])
            place.html(f'<p class="sl-quiet">{name_as_html(words)}</p>')


def _document(row: DocumentRow, chatbot: Chatbot, ingest: Ingest, say: Say) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.html(document_html(row, say))
        key = hashlib.sha256(row.uri.encode()).hexdigest()[:16]
        st.button(
            "✕",
            key=f"remove-{key}",
            help=say("remove"),
            type="tertiary",
            on_click=_remove,
            args=(row, chatbot, ingest),
        )


def document_html(row: DocumentRow, say: Say) -> str:
    """Name, counts and state; the reason where it is not whole."""
    facts = [say("chunks", count=row.chunks)] if row.chunks else []
    if row.pages:
        facts.append(say("pages", count=row.pages))
    if row.status != "indexed":
        facts.append(say(_STATUS[row.status]))
    reason = f'<span class="sl-reason">{as_html(row.reason)}</span>' if row.reason else ""
    return (
        f'<div class="sl-document sl-{row.status}"><b title="{as_attribute(row.uri)}">{name_as_html(row.name)}</b>'
        f"<span>{' · '.join(facts)}</span>{reason}</div>"
    )


def _remove(row: DocumentRow, chatbot: Chatbot, ingest: Ingest) -> None:
    outcome = attempt(lambda: ingest.remove(chatbot.store, row.uri))
    if outcome.error:
        st.session_state.not_removed = outcome.error
    else:
        st.session_state.removed = row.name
        st.session_state.pop("upload_outcome", None)


def no_documents(say: Say) -> None:
    """The friendly empty state."""
    notice(say("no_documents"), say("no_documents_more"), "calm")
