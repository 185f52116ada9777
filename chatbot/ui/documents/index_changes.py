"""Changes of the index that the page asks for, queued as work: files added, documents read again, documents removed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.errors import NotAllowed
from chatbot.notebooks import Action
from chatbot.ui.documents.amounts import size
from chatbot.ui.documents.work import Work, add_work
from chatbot.ui.jobs import attempt
from chatbot.ui.library.current import current
from chatbot.ui.limits.allowance import upload_refused
from chatbot.ui.sign_in import person
from ingest import uploads
from ingest.report import FileResult, IngestReport
from ingest.turns.change import Change
from ingest.turns.parts import in_parts, upload_in_parts
from ingest.web.again import read_again
from ingest.web.pages import ingest_pages
from ingest.web.pages import uri_of as uri_of_page

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

MOST_FILES = 500
MOST_BYTES = 500 * 1024**2  # of one upload; it is in memory until its turn comes
_REMOVED_AT_ONCE = 500
_NOT_MEANT = {"thumbs.db", "desktop.ini"}  # what systems leave in folders


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why files were not added: a text of the catalogue and its values."""

    key: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Uploading:
    """Files on their way into the index, and the documents that they become."""

    work: Work
    documents: tuple[str, ...]


def queue_upload(
    config: Config, chatbot: Chatbot | None, files: Sequence[UploadedFile]
) -> Uploading | NotTaken:
    """Queue files for the index, or say why not.

    The copies that Streamlit holds are let go: it would keep them as long as the session lasts.
    """
    meant = [file for file in files if _is_meant(file.name)]
    total = sum(file.size for file in meant)
    outcome: Uploading | NotTaken
    if not meant:
        outcome = NotTaken("upload_nothing", {})
    elif len(meant) > MOST_FILES:
        outcome = NotTaken("upload_too_many", {"count": f"{len(meant):,}", "most": MOST_FILES})
    elif total > MOST_BYTES:
        outcome = NotTaken("upload_too_large", {"size": size(total), "most": size(MOST_BYTES)})
    elif limit := upload_refused(config, len(meant), total):
        outcome = NotTaken(limit.key, limit.values)
    else:
        given = _numbered([(file.name, file.getvalue()) for file in meant])
        documents = tuple(uploads.uri_of(name) for name, _ in given)  # the work empties ``given``
        action = upload_in_parts(config, chatbot.embedding if chatbot else None, given)
        action = _permitted(config, Action.ADD, [name for name, _ in given], action)
        work = Work("upload", len(given), config.store, action, person(), with_parser=True)
        outcome = Uploading(add_work(work), documents)
    _let_go(files)
    return outcome


def queue_reading(config: Config, chatbot: Chatbot, uris: Sequence[str]) -> Work:
    """Queue documents to be read anew: files parsed, web pages fetched."""

    def part(work: Change, some: Sequence[str]) -> IngestReport:
        return read_again(config, some, work.on_progress, chatbot.embedding, work.should_end)

    action = _permitted(config, Action.ADD, uris, in_parts(part, uris))
    return add_work(Work("again", len(uris), config.store, action, person()))


def queue_pages(config: Config, chatbot: Chatbot | None, addresses: Sequence[str]) -> Work:
    """Queue web pages to be fetched and indexed."""

    embedding = chatbot.embedding if chatbot else None

    def part(work: Change, some: Sequence[str]) -> IngestReport:
        return ingest_pages(config, some, work.on_progress, embedding, work.should_end)

    action = _permitted(config, Action.ADD, addresses, in_parts(part, addresses, uri_of_page))
    return add_work(Work("web", len(addresses), config.store, action, person()))


def queue_removal(config: Config, chatbot: Chatbot, uris: Sequence[str]) -> Work:
    """Queue documents to be taken out of the index."""

    def part(work: Change, some: Sequence[str]) -> IngestReport:
        gone = uploads.remove_all(chatbot.store, some, lambda: work.stopping)
        return IngestReport(removed=[FileResult(uri) for uri in gone])

    action = in_parts(part, uris, most=_REMOVED_AT_ONCE)
    action = _permitted(config, Action.REMOVE, uris, action)
    return add_work(Work("remove", len(uris), config.store, action, person()))


def _permitted(
    config: Config, needed: Action, names: Sequence[str], action: Callable[[Change], IngestReport]
) -> Callable[[Change], IngestReport]:
    """``action``, where the person who queues it may do that; asked again at each turn: a role may go meanwhile."""
    opened, has_begun = attempt(lambda: current(config)), False

    def permitted(work: Change) -> IngestReport:
        nonlocal has_begun
        if opened.value is None:
            raise opened.error or NotAllowed("this notebook is not open to you any more; open it again")
        if has_begun:
            opened.value.check(needed)
        else:
            opened.value.enter(needed, ", ".join(names))
            has_begun = True
        return action(work)

    return permitted


def _is_meant(name: str) -> bool:
    """Without hidden files, office lock files and what systems leave in folders, as in a folder that is ingested."""
    parts = name.replace("\\", "/").split("/")
    return not any(part.startswith((".", "~$")) for part in parts) and parts[-1].lower() not in _NOT_MEANT


def _numbered(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Files with different names: a folder that is dropped comes without its subfolders."""
    taken: dict[str, bytes] = {}
    for name, content in files:
        free, number = name, 1
        while taken.get(free, content) != content:
            number += 1
            stem, suffix = os.path.splitext(name)  # noqa: PTH122 - Path would make another name of "a//b"
            free = f"{stem} ({number}){suffix}"
        taken[free] = content
    return list(taken.items())


def _let_go(files: Sequence[UploadedFile]) -> None:
    context = get_script_run_ctx()
    for file in files:
        file.close()
        if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
            context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=file.file_id)


def limit_of_a_file() -> str:
    """The largest file that the server takes, as text."""
    return size(int(st.get_option("server.maxUploadSize")) * 1024**2)
