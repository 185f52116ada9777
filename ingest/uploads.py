"""Changes that the page makes to the index: files uploaded, documents removed. ``web/again.py`` reads them again.

Files that come through the page are kept in the index folder, under the hash of their content.
"""

from __future__ import annotations

import errno
import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from chatbot.config import Config
from chatbot.errors import Phrase
from chatbot.store import DocumentRow, Store
from chatbot.store.records import UPLOADS
from ingest.pipeline import Company, Ingest, ModelOnce, OnProgress, made_by
from ingest.report import IngestReport, Progress
from ingest.sandbox.opened import digest_of
from ingest.sandbox.parser import ParserProcess
from ingest.sync import FileTask, Plan, name_of

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

STOPPED = "stopped before the end; what is indexed stays"
_LEVELS = 8  # of folders that an upload keeps
_LONGEST_STEM, _LONGEST_SUFFIX = 180, 20  # characters of its name


def upload(
    config: Config,
    files: Mapping[str, bytes] | Iterable[tuple[str, bytes]],
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | ModelOnce | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    parser: ParserProcess | None = None,
    company: Company | None = None,
) -> IngestReport:
    """Add files by name and content; one of the same name is replaced. The content is kept in the store.

    Args:
        files: with their names, which may have folders in front; what is iterated is needed no longer.
        should_stop: asked after each file; what is indexed by then stays, the rest is not in the report.
        parser, company: as of ``Ingest``.
    """
    told = stopping(on_progress, should_stop)
    with Ingest(config, embedding, told, parser=parser, company=company) as ingest:
        work = Plan()
        files_kept = ingest.store.files
        coming: dict[str, str] = {}  # two may have one name: the second replaces the first
        with ingest.store.reading() as view:
            for given, content in files.items() if isinstance(files, Mapping) else files:
                name = plain_path(given)
                digest = hashlib.sha256(content).hexdigest()
                uri = f"{UPLOADS}/{name}"
                row = view.document(uri)
                if row is not None and (row.sha256, row.made_by) == (digest, made_by(config)):
                    work.unchanged.append(row)
                    continue
                path = files_kept.put(digest, content)
                work.todo.append(
                    FileTask(
                        uri, path, digest, len(content), name, Path(os.path.realpath(path.parent)) / digest,
                        seen=coming.get(uri, None if row is None else row.sha256),
                    )
                )  # fmt: skip
                coming[uri] = digest
        return carry_out_kept(ingest, work)


def plan_reading(row: DocumentRow, roots: Mapping[str, Path], work: Plan) -> None:
    """Have the file of ``row`` read anew, whether or not it has changed; one that cannot be read stays as it was."""
    try:
        work.todo.append(_task(row, roots))
    except OSError as error:
        reason = Phrase(
            "its file cannot be read now ({error}); it stays as it was", error=error.strerror or error
        )
        work.left.append((row.uri, reason))


def remove(store: Store, uri: str) -> bool:
    """Take a document out of the index, and its content too if it was uploaded; ``False`` if there is none."""
    return bool(remove_all(store, [uri]))


def remove_all(
    store: Store, uris: Iterable[str], should_stop: Callable[[], bool] = lambda: False
) -> list[str]:
    """``remove`` for several documents under one lock; the uris of those that were there."""
    removed = []
    with store.writing() as writer:
        for uri in uris:
            if should_stop():
                break
            if writer.delete(uri):
                removed.append(uri)
        _remove_unused(store)
        writer.compact(only_if_due=True)
    return removed


class _Stopped(Exception):
    """Ends a run between two files."""


def stopping(on_progress: OnProgress | None, should_stop: Callable[[], bool]) -> OnProgress:
    """``on_progress``, which also ends the run of ``carry_out_kept`` once ``should_stop`` says so."""

    def tell(progress: Progress) -> None:
        if on_progress is not None:
            on_progress(progress)
        if should_stop():
            raise _Stopped

    return tell


def carry_out_kept(ingest: Ingest, work: Plan) -> IngestReport:
    """Carry out a plan of files whose content is kept; what a stop leaves out is not in the report."""
    try:
        ingest.carry_out(work)
    except _Stopped:
        ingest.report.notes.append(STOPPED)
    finally:
        _remove_unused(ingest.store)
    return ingest.report


def _remove_unused(store: Store) -> None:
    """Delete kept content that no upload or page has any more; the caller holds the writer lock."""
    with store.reading() as view:
        used = {row.sha256 for row in view.documents() if row.is_kept}
    store.files.sweep(used)


def _task(row: DocumentRow, roots: Mapping[str, Path]) -> FileTask:
    """Raises ``OSError`` where there is no such file, or a link leads to another one outside the document's folder."""
    real = Path(os.path.realpath(row.path))
    sha256, size = digest_of(real)
    root = roots.get(row.uri.split("/", 1)[0], row.path.parent)
    if sha256 != row.sha256 and not real.is_relative_to(os.path.realpath(root)):
        raise OSError(errno.ELOOP, Phrase("a link stands in its place"))
    return FileTask(
        row.uri, row.path, sha256, size, name_of(row), real, row.address, row.validators, seen=row.sha256
    )


def uri_of(given: str) -> str:
    """Under which name an upload is in the index."""
    return f"{UPLOADS}/{plain_path(given)}"


def plain_path(given: str) -> str:
    """The name of a file, with the folders that it was in where they are given from a folder on down."""
    parts = unicodedata.normalize("NFC", given.replace("\\", "/")).split("/")
    is_inside = all(part not in ("", ".", "..") for part in parts) and ":" not in parts[0]
    folders = [_plain_name(part) for part in parts[:-1][-_LEVELS:]] if is_inside else []
    return "/".join([*folders, _plain_name(PurePosixPath("/".join(parts)).name)])


def _plain_name(name: str) -> str:
    """A name without control characters, of a length that file systems take; two that are cut stay two."""
    clean = PurePosixPath("".join(c for c in name if c.isprintable() and c != "/").strip(" .") or "upload")
    if len(clean.stem) <= _LONGEST_STEM and len(clean.suffix) <= _LONGEST_SUFFIX:
        return clean.name
    mark = hashlib.sha256(clean.name.encode()).hexdigest()[:8]
    return f"{clean.stem[: _LONGEST_STEM - len(mark) - 1]}-{mark}{clean.suffix[:_LONGEST_SUFFIX]}"
