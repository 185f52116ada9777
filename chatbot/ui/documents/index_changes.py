"""Changes of the index that the page asks for, queued as work: files added, documents read again, documents removed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.ui.documents.amounts import size
from chatbot.ui.documents.work import Work, add_work
from ingest import uploads
from ingest.report import FileResult, IngestReport
from ingest.web.again import read_again
from ingest.web.pages import ingest_pages

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

MOST_FILES = 500
MOST_BYTES = 500 * 1024**2  # of one upload; it is in memory until its turn comes
_NOT_MEANT = {"thumbs.db", "desktop.ini"}  # what systems leave in folders


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why files were not added: a text of the catalogue and its values."""

    key: str
    values: dict[str, object]


def queue_upload(config: Config, chatbot: Chatbot | None, files: Sequence[UploadedFile]) -> NotTaken | None:
    """Queue files for the index, or say why not.

    The copies that Streamlit holds are let go: it would keep them as long as the session lasts.
    """
    meant = [file for file in files if _is_meant(file.name)]
    total = sum(file.size for file in meant)
    refusal = None
    if not meant:
        refusal = NotTaken("upload_nothing", {})
    elif len(meant) > MOST_FILES:
        refusal = NotTaken("upload_too_many", {"count": f"{len(meant):,}", "most": MOST_FILES})
    elif total > MOST_BYTES:
        refusal = NotTaken("upload_too_large", {"size": size(total), "most": size(MOST_BYTES)})
    else:
        given = _numbered([(file.name, file.getvalue()) for file in meant])
        add_work(Work("upload", len(given), config.store, _upload(config, chatbot, given)))
    _let_go(files)
    return refusal


def queue_reading(config: Config, chatbot: Chatbot, uris: Sequence[str]) -> Work:
    """Queue documents to be read anew: files parsed, web pages fetched."""

    def action(work: Work) -> IngestReport:
        return read_again(config, uris, work.on_progress, chatbot.embedding, lambda: work.stopping)

    return add_work(Work("again", len(uris), config.store, action))


def queue_pages(config: Config, chatbot: Chatbot | None, addresses: Sequence[str]) -> Work:
    """Queue web pages to be fetched and indexed."""

    def action(work: Work) -> IngestReport:
        embedding = chatbot.embedding if chatbot else None
        return ingest_pages(config, addresses, work.on_progress, embedding, lambda: work.stopping)

    return add_work(Work("web", len(addresses), config.store, action))


def queue_removal(config: Config, chatbot: Chatbot, uris: Sequence[str]) -> Work:
    """Queue documents to be taken out of the index."""

    def action(work: Work) -> IngestReport:
        gone = uploads.remove_all(chatbot.store, uris, lambda: work.stopping)
        return IngestReport(removed=[FileResult(uri) for uri in gone])

    return add_work(Work("remove", len(uris), config.store, action))


def _upload(
    config: Config, chatbot: Chatbot | None, given: list[tuple[str, bytes]]
) -> Callable[[Work], IngestReport]:
    def action(work: Work) -> IngestReport:
        if work.stopping:
            given.clear()
        embedding = chatbot.embedding if chatbot and given else None
        return uploads.upload(config, _handed_over(given), work.on_progress, embedding, lambda: work.stopping)

    return action


def _handed_over(given: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """``given`` from its beginning, emptied on the way: what is written to the disk is needed no longer."""
    given.reverse()
    while given:
        yield given.pop()


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
