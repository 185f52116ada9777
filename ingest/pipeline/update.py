"""Bring the index up to date with files and folders."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import DocumentRow, open_store
from ingest.executors.executor import Executor
from ingest.pipeline.account import OnProgress
from ingest.pipeline.embedder import ModelOnce
from ingest.pipeline.one_run import Ingest
from ingest.pipeline.prepared import made_by
from ingest.report import IngestReport
from ingest.sync import check_given, plan, uploads_to_do

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


def run(
    config: Config,
    paths: Sequence[Path],
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | ModelOnce | None = None,
    executor: Executor | None = None,
) -> IngestReport:
    """Bring the index up to date with the files and folders ``paths``.

    Unchanged files are only hashed, renamed ones only renamed. Documents whose file has gone from a given folder
    are removed. Uploads that another parser or splitter made are made again.

    Args:
        embedding: a loaded model to use; by default the configured one is loaded when it is needed.
        executor: who reads new and changed files; by default this process.

    Raises:
        ConfigError: a path does not exist.
        StoreBusy: another process is writing.
        ModelMismatch: the index was built with another embedding model.
    """
    check_given(paths, config.store, lambda: _documents(config))
    with Ingest(config, embedding, on_progress, executor=executor) as ingest:
        with ingest.store.reading() as view:
            documents, roots = view.documents(), view.roots()
        work = plan(paths, documents, roots, ingest.writer.label_root, made_by(config), config.store)
        uploads = uploads_to_do(documents, made_by(config), ingest.store.files)
        work.todo += uploads.todo
        work.notes += uploads.notes
        ingest.carry_out(work)
        return ingest.report


def _documents(config: Config) -> list[DocumentRow]:
    """What the index has, nothing if it cannot be opened."""
    with (
        suppress(StoreError),
        closing(open_store(config, store_identity(config))) as store,
        store.reading() as view,
    ):
        return view.documents()
    return []
