"""Files that come through the page: kept in the index folder, under the hash of their content."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from chatbot.config import Config
from chatbot.store import Store
from chatbot.store.records import UPLOADS
from ingest.pipeline import Ingest, ModelOnce, OnProgress, made_by
from ingest.report import IngestReport
from ingest.sync import FileTask, Plan

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


def upload(
    config: Config,
    files: Mapping[str, bytes],
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | ModelOnce | None = None,
) -> IngestReport:
    """Add files by name and content; one of the same name is replaced. The content is kept in the store."""
    with Ingest(config, embedding, on_progress) as ingest:
        work = Plan()
        folder = ingest.store.folder / "files"
        folder.mkdir(exist_ok=True)
        with ingest.store.reading() as view:
            for given, content in files.items():
                name = _plain_name(given)
                digest = hashlib.sha256(content).hexdigest()
                task = FileTask(f"{UPLOADS}/{name}", folder / digest, digest, len(content), name)
                row = view.document(task.uri)
                if row is not None and (row.sha256, row.made_by) == (digest, made_by(config)):
                    work.unchanged.append(row)
                    continue
                task.path.write_bytes(content)
                work.todo.append(task)
        ingest.carry_out(work)
        _remove_unused(ingest.store)
        return ingest.report


def remove(store: Store, uri: str) -> bool:
    """Take a document out of the index, and its content too if it was uploaded; ``False`` if there is none."""
    with store.writing() as writer:
        removed = writer.delete(uri)
        _remove_unused(store)
    return removed


def _remove_unused(store: Store) -> None:
    """Delete uploaded content that no document has any more; the caller holds the writer lock."""
    with store.reading() as view:
        used = {row.sha256 for row in view.documents()}
    for file in (store.folder / "files").glob("*"):
        if file.name not in used:
            file.unlink(missing_ok=True)


def _plain_name(given: str) -> str:
    """A file name without folders or control characters."""
    name = unicodedata.normalize("NFC", PurePath(given.replace("\\", "/")).name)
    clean = PurePath("".join(c for c in name if c.isprintable()).strip(" .") or "upload")
    return clean.stem[:180] + clean.suffix[:20]
