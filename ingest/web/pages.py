"""Web pages into the index: ``ingest_pages(config, addresses)``. A page that has not changed is not read again."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from chatbot.config import Config
from chatbot.errors import DocumentRefused, Phrase
from chatbot.store import DocumentRow
from chatbot.store.records import WEB
from ingest.pipeline import Ingest, ModelOnce, OnProgress, made_by
from ingest.report import IngestReport
from ingest.sync import FileTask, Plan, is_current
from ingest.uploads import carry_out_kept, stopping
from ingest.web.fetch import fetch

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_LONGEST = 300  # characters of a uri


def ingest_pages(
    config: Config,
    addresses: Iterable[str],
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | ModelOnce | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Fetch pages and bring the index up to date with them; each is one document, under its address.

    A page that its server says is the same, or that has the same content, stays as it is. One that cannot be fetched
    is reported as refused, with the reason; what the index has of it stays.

    Raises:
        StoreBusy: another process is writing.
    """
    with Ingest(config, embedding, stopping(on_progress, should_stop)) as ingest:
        work = Plan()
        with ingest.store.reading() as view:
            for address in dict.fromkeys(addresses):
                if should_stop():
                    break
                plan_page(address, view.document(uri_of(address)), config, ingest, work)
        return carry_out_kept(ingest, work)


def uri_of(address: str) -> str:
    """``web/host/path?query``: what people see and cite."""
    parts = urlsplit(address)
    place = f"{parts.hostname or ''}{':' + str(parts.port) if parts.port else ''}"
    query = f"?{parts.query}" if parts.query else ""
    path = unquote(f"{parts.path.rstrip('/')}{query}")
    clean = "".join(char for char in unicodedata.normalize("NFC", f"{place}{path}") if char.isprintable())
    if len(clean) > _LONGEST:
        clean = f"{clean[: _LONGEST - 9]}-{hashlib.sha256(clean.encode()).hexdigest()[:8]}"
    return f"{WEB}/{clean}"


def plan_page(address: str, row: DocumentRow | None, config: Config, ingest: Ingest, work: Plan) -> None:
    """Fetch a page and have it read if it is new or has changed.

    Args:
        row: what the index has of it. It stays if the page cannot be fetched.
    """
    uri = row.uri if row is not None else uri_of(address)
    known = (
        row
        if row is not None
        and is_current(row, made_by(config))
        and ingest.store.files.path(row.sha256).is_file()
        else None
    )
    try:
        page = fetch(address, known.validators if known is not None else "", config.web.allow_private)
    except DocumentRefused as refusal:
        reason = str(refusal)
        if row is not None and row.chunks:
            reason = Phrase("{reason} Its text of {day} stays.", reason=reason, day=row.indexed_at[:10])
        work.left.append((uri, reason))
        return
    digest = hashlib.sha256(page.content).hexdigest() if page.content is not None else ""
    if known is not None and digest in ("", known.sha256):
        work.unchanged.append(known)
        return
    if page.content is None:
        work.left.append((uri, "the server sent nothing new, and what it sent before is gone; try again"))
        return
    seen = None if row is None else row.sha256
    seen = next((task.sha256 for task in reversed(work.todo) if task.uri == uri), seen)
    kept = ingest.store.files.put(digest, page.content)
    real = Path(os.path.realpath(kept.parent)) / digest
    work.todo.append(
        FileTask(uri, kept, digest, len(page.content), page.name, real, address, page.validators, seen=seen)
    )
