"""Reindexing for another model, splitter or parser: a new index is built beside the old one, which answers meanwhile.

The new index lies beside the live one, in ``STORE/reindex``, until every document is in it; then the live one takes it over in one
transaction. Interrupted, it goes on where it was. Files are read again; documents whose file is gone or has
changed keep their passages, which are only embedded again.
"""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.config import Config
from chatbot.errors import Phrase, StoreError
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import DocumentRow, NewChunk, NewDocument, Store, View, identity_at, open_store
from chatbot.store.engines import beside, discard, take_over
from chatbot.store.records import embedded_text, hash_of
from chatbot.text.keywords import analyse
from ingest.pipeline import Ingest, ModelOnce, OnProgress, made_by
from ingest.report import FileResult, IngestReport
from ingest.sandbox.opened import digest_of
from ingest.sync import FileTask, Plan

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


def reindex(
    config: Config,
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | ModelOnce | None = None,
) -> IngestReport:
    """Make the whole index anew with the configured model, splitter and this program's parser.

    Returns at once if every document is so already.

    Raises:
        StoreMissing: there is no index.
        StoreBusy: another process is writing.
    """
    new = beside(config)
    with closing(open_store(config, identity_at(config))) as live, live.writing() as writer:
        _discard_if_made_otherwise(new)
        same_model = live.identity == store_identity(config)
        if same_model and (report := _nothing_to_do(live, made_by(config))):
            return report
        with Ingest(new, embedding, on_progress, also_known=live if same_model else None) as ingest:
            with live.reading() as view, ingest.store.reading() as made:
                work, kept = _plan(view, made, made_by(config))
            ingest.carry_out(work)
            with live.reading() as view:
                for row in kept:
                    _keep(ingest, view, row)
            report = ingest.report
        take_over(writer, new)
        discard(new)
    return report


def _nothing_to_do(live: Store, maker: str) -> IngestReport | None:
    """What to report if no document would become another."""
    with live.reading() as view:
        rows = view.documents()
    if any(row.made_by != maker and _is_as_indexed(row, _real(row)) for row in rows):
        return None
    return IngestReport(unchanged=[FileResult(row.uri, row.reason, is_news=False) for row in rows])


def _discard_if_made_otherwise(new: Config) -> None:
    """What an interrupted run has left is of use only for the same model."""
    try:
        open_store(new, store_identity(new)).close()
    except StoreError:  # of another model, damaged, or not there
        discard(new)


def _plan(view: View, made: View, maker: str) -> tuple[Plan, list[DocumentRow]]:
    """What is to be read again, and the documents whose file cannot be; without those that are done."""
    done = {row.uri: row for row in made.documents()}
    live = {row.uri: row for row in view.documents()}
    work, kept = Plan(), []
    work.gone = [row for uri, row in done.items() if uri not in live]
    for uri, row in live.items():
        before, real = done.get(uri), _real(row)
        if before is not None and before.sha256 == row.sha256 and before.made_by in (maker, row.made_by):
            work.unchanged.append(before)
        elif _is_as_indexed(row, real):
            work.todo.append(
                FileTask(
                    uri, row.path, row.sha256, row.bytes, row.name, real, row.address, row.validators,
                    seen=None if before is None else before.sha256,
                )
            )  # fmt: skip
        else:
            kept.append(row)
    if kept:
        work.notes.append(
            Phrase(
                "{count} documents keep their passages: their files are gone or have changed", count=len(kept)
            )
        )
    return work, kept


def _real(row: DocumentRow) -> Path:
    return Path(os.path.realpath(row.path))


def _is_as_indexed(row: DocumentRow, real: Path) -> bool:
    """Whether the file to which its path led a moment ago has the same content: then it may lie anywhere."""
    try:
        return digest_of(real)[0] == row.sha256
    except OSError:
        return False


def _keep(ingest: Ingest, view: View, row: DocumentRow) -> None:
    """Take a document over as it is stored."""
    chunks, texts = [], []
    for chunk in view.chunks_of(row.uri):
        texts.append(embedded_text(chunk.text, chunk.heading, chunk.header))
        chunks.append(
            NewChunk(
                chunk.text, chunk.start, chunk.end, chunk.page, chunk.heading, analyse(texts[-1]),
                chunk.header, hash_of(texts[-1]),
            )
        )  # fmt: skip
    document = NewDocument(
        row.uri, row.path, row.sha256, row.made_by, row.bytes, row.status, row.reason, row.missing, row.format,
        row.title,
        row.pages, view.document_text(row.uri), view.hidden_text(row.uri), row.hidden_words,
        row.address, row.validators,
    )  # fmt: skip
    ingest.store_document(document, chunks, texts)
