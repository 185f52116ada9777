"""The Documents page: add files, see what becomes of them, and look after those that are in the index."""

from __future__ import annotations

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.notebooks import Action
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui import choices
from chatbot.ui.documents.amounts import counted, listed_names
from chatbot.ui.documents.document_list import draw_document_list
from chatbot.ui.documents.document_rows import documents_of, summary
from chatbot.ui.documents.folders import draw_folders
from chatbot.ui.documents.index_changes import (
    MOST_FILES,
    NotTaken,
    Uploading,
    limit_of_a_file,
    queue_pages,
    queue_upload,
)
from chatbot.ui.documents.rejected_files import RejectedFiles, take_rejected_files
from chatbot.ui.documents.token_vectors import draw_token_vectors
from chatbot.ui.documents.work_report import draw_work_line, draw_works
from chatbot.ui.library.current import may
from chatbot.ui.library.people import draw_readers
from chatbot.ui.limits.allowance import upload_refused
from chatbot.ui.notices import notice, quiet
from ingest.web.fetch import is_address

_NOT_TAKEN = "not_taken_files"


def draw_documents_page(config: Config, chatbot: Chatbot | None, say: Say) -> None:
    """Draw the page."""
    counts = as_html(summary(documents_of(chatbot), say))
    st.html(f'<div class="sl-head-line"><h1>{say("documents")}</h1><p class="sl-quiet">{counts}</p></div>')
    _draw_searched_in(config, say)
    draw_uploaders(config, chatbot, say)
    if chatbot is None or not documents_of(chatbot):
        draw_no_documents(say)
        return
    draw_document_list(config, chatbot, say)
    if may(config, Action.SETTINGS):  # where files lie on the server is nothing for everybody
        draw_folders(chatbot, say)
    draw_token_vectors(config, chatbot, say)


def draw_uploaders(config: Config, chatbot: Chatbot | None, say: Say) -> None:
    """Two places to put files, for files and for a folder; below them what becomes of each file."""
    if not may(config, Action.ADD):
        quiet("local", as_html(say("only_read")))
        return
    st.html(_uploader_words(say))
    turn = st.session_state.setdefault("uploader", 0)
    with st.container(key="add", horizontal=True, gap="small"):
        files = st.file_uploader(
            say("choose_files"),
            accept_multiple_files=True,
            key=f"upload-{turn}",
            label_visibility="collapsed",
        )
        folder = st.file_uploader(
            say("choose_folder"), accept_multiple_files="directory", key=f"folder-{turn}", label_visibility="collapsed"
        )  # fmt: skip
    draw_readers(config, say)
    quiet("limit", as_html(say("upload_limit", size=limit_of_a_file(), most=MOST_FILES)))
    given, not_sent = [*(files or ()), *(folder or ())], take_rejected_files()
    if not_sent is not None:
        _note(turn, _not_sent(not_sent))
    taken: dict[int, Uploading | NotTaken] = st.session_state.setdefault("taken_files", {})
    if given and turn not in taken:
        # noted at once: a run may end at the next call of st
        taken[turn] = queue_upload(config, chatbot, given)
    if outcome := taken.get(turn):
        _note(turn, [outcome] if isinstance(outcome, NotTaken) else [])
        st.session_state.uploader = turn + 1  # fresh ones, or the same files would be sent again
        st.rerun()
    _draw_addresses(config, chatbot, say)
    for sentence in _not_taken(say):
        notice(say("not_taken"), sentence)
    draw_works(say)


def _draw_addresses(config: Config, chatbot: Chatbot | None, say: Say) -> None:
    """A place for addresses of web pages; it says plainly that this machine goes out."""
    with st.expander(say("web_addresses"), icon=":material/link:"):
        turn = st.session_state.setdefault("web_turn", 0)
        given = st.text_area(
            say("web_addresses"),
            key=f"web-{turn}",
            height=80,
            placeholder="https://",
            label_visibility="collapsed",
        )
        quiet("goes_out", as_html(say("web_goes_out")))
        if not st.button(say("web_fetch"), key="web_fetch"):
            return
        addresses = list(dict.fromkeys((given or "").split()))[:MOST_FILES]
        if others := [text for text in addresses if not is_address(text)]:
            notice(say("not_taken"), say("web_no_address", names=listed_names(others)))
        elif addresses and (limit := upload_refused(config, len(addresses), 0)):
            notice(say("not_taken"), say(limit.key, **limit.values))
        elif addresses:
            queue_pages(config, chatbot, addresses)
            st.session_state.web_turn = turn + 1  # an empty field
            st.rerun()


def note_taken(outcome: Uploading | NotTaken) -> None:
    """Say on this page and by ``draw_under_way`` why files that came with a question are not taken, if so."""
    st.session_state[_NOT_TAKEN] = [outcome] if isinstance(outcome, NotTaken) else []


def draw_under_way(say: Say) -> None:
    """A line on what is being done to the index, for the sidebar; nothing when nothing is."""
    if _not_taken(say):
        quiet("remote", as_html(say("not_all_taken")))
    draw_work_line(say)


def draw_no_documents(say: Say) -> None:
    """The friendly empty state."""
    notice(say("no_documents"), say("no_documents_more"), "calm")


def _draw_searched_in(config: Config, say: Say) -> None:
    filters = choices.settings(config).filters
    if not filters:
        return
    with st.container(key="searched_in", horizontal=True, vertical_alignment="center", gap="small"):
        words = counted(say, "only_in_one", "only_in_more", len(filters))
        st.html(f'<p class="sl-quiet sl-local">{as_html(words)}</p>', width="content")
        if st.button(say("all_documents"), key="search_all", type="tertiary"):
            choices.choose(config, filters=())
            st.rerun()


def _not_taken(say: Say) -> list[str]:
    """Why the last files were not added, until others are."""
    refusals: list[NotTaken] = st.session_state.get(_NOT_TAKEN, [])
    return [say(refusal.key, **refusal.values) for refusal in refusals]


def _note(turn: int, refusals: list[NotTaken]) -> None:
    """Remember why files were not added; what was said of earlier ones is forgotten."""
    if st.session_state.get("not_taken_turn") != turn:
        st.session_state[_NOT_TAKEN] = []
        st.session_state.not_taken_turn = turn
    st.session_state[_NOT_TAKEN] = [*st.session_state[_NOT_TAKEN], *refusals]


def _not_sent(files: RejectedFiles) -> list[NotTaken]:
    found = []
    if files.large:
        found.append(
            NotTaken("file_too_large", {"names": listed_names(files.large), "size": limit_of_a_file()})
        )
    if files.broken:
        found.append(NotTaken("file_not_sent", {"names": listed_names(files.broken)}))
    return found


def _uploader_words(say: Say) -> str:
    """A style that replaces the uploader's own words: Streamlit has them in English only."""
    rules = []
    for key, button, hint in (
        ("upload", say("choose_files"), say("drop_files")),
        ("folder", say("choose_folder"), say("drop_folder")),
    ):
        zone = f'[class*="st-key-{key}-"] [data-testid="stFileUploaderDropzone'
        rules.append(f'{zone}"] > span button p::after {{ content: "{button}"; }}')
        rules.append(f'{zone}Instructions"] span::after {{ content: "{hint}"; }}')
        rules.append(f'{zone}"] > div:not([data-testid]) > span::after {{ content: "{say("drop_here")}"; }}')
    return f"<style>{' '.join(rules)}</style>"
