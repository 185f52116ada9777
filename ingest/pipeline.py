"""Build the index: plan -> parse -> split -> embed -> commit, file by file.

Parsing runs ahead in its own process; chunks of several files are embedded together, because a batch of
one short file wastes the CPU; each file is committed in its own transaction, so it is searchable as a
whole or not at all, and a run that is interrupted loses at most the files it had not committed.
"""

from __future__ import annotations

import hashlib
import posixpath
import time
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import numpy as np

from chatbot.config import Config
from chatbot.embeddings import build_embedding, embed_query, embed_texts, store_identity
from chatbot.errors import ConfigError, DocumentRefused, StoreError, StoreMissing
from chatbot.store import NewChunk, NewDocument, Store, Writer
from chatbot.store.analysis import analyse
from chatbot.store.records import Vectors, embedded_text
from ingest.parsing import PARSER_VERSION
from ingest.parsing.cage import ParserProcess
from ingest.parsing.document import ParsedDocument
from ingest.report import FileResult, IngestReport, Progress
from ingest.splitting import split, splitter_fingerprint
from ingest.sync import UPLOADS, FileTask, Plan, plan

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

OnProgress = Callable[[Progress], None]

_GROUP = 256  # chunks embedded together: at 256 the length-sorted batches pad as little as over everything
_SLICE = 512  # chunks between two progress reports inside one large file


@dataclass(frozen=True, slots=True)
class _Prepared:
    task: FileTask
    document: NewDocument
    chunks: list[NewChunk]


def run(
    config: Config,
    paths: Sequence[Path],
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | None = None,
) -> IngestReport:
    """Bring the index up to date with the files and folders ``paths``.

    Unchanged files are only hashed. Documents whose file has gone from a given folder are removed.

    Args:
        embedding: a loaded model to use; by default the configured one is loaded when it is needed.

    Raises:
        ConfigError: a path does not exist.
        StoreBusy: another process is writing.
        ModelMismatch: the index was built with another embedding model.
    """
    for path in paths:
        if not path.expanduser().exists():
            raise ConfigError(_missing(config, path))
    with _Ingest(config, embedding, on_progress) as ingest:
        with ingest.store.reading() as view:
            documents, roots = view.documents(), view.roots()
        ingest.carry_out(
            plan(paths, documents, roots, ingest.writer.label_root, made_by(config), config.store)
        )
        return ingest.report


def upload(
    config: Config,
    files: Mapping[str, bytes],
    on_progress: OnProgress | None = None,
    embedding: BaseEmbedding | None = None,
) -> IngestReport:
    """Add files by name and content; one of the same name is replaced. The content is kept in the store."""
    with _Ingest(config, embedding, on_progress) as ingest:
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


def _missing(config: Config, path: Path) -> str:
    """What to say of a path that is not there: perhaps it was, and its documents are to go."""
    left: list[str] = []
    here = path.expanduser().absolute()
    with (
        suppress(StoreError),
        closing(Store.open(config.store, store_identity(config))) as store,
        store.reading() as view,
    ):
        left = [row.uri for row in view.documents() if row.path.is_relative_to(here)]
    if not left:
        return f"no file or folder at {path}; check the path"
    known = posixpath.commonpath(left)
    return f"no file or folder at {path}, but the index has {len(left)} of its documents; to remove them: secondlook remove {known}"


def made_by(config: Config) -> str:
    """Versions of parser and splitter; a document made by others is made again."""
    return f"parser={PARSER_VERSION} {splitter_fingerprint(config.splitter)}"


class _Ingest:
    """One run: the open store, its writer, and the report being filled."""

    def __init__(
        self, config: Config, embedding: BaseEmbedding | None, on_progress: OnProgress | None
    ) -> None:
        self.config = config
        self.report = IngestReport()
        self._embedding = embedding
        self._on_progress = on_progress or (lambda _: None)
        self._done = 0
        self._total = 0
        self._chunks = 0

    def __enter__(self) -> _Ingest:
        self._start = time.perf_counter()
        with ExitStack() as stack:
            self.store = stack.enter_context(closing(self._open()))
            self.writer: Writer = stack.enter_context(self.store.writing())
            self._open_until_exit = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._open_until_exit.close()
        self.report.seconds = time.perf_counter() - self._start

    def carry_out(self, work: Plan) -> None:
        """Remove what is gone, then parse, split, embed and commit what is new."""
        self._total = len(work.todo) + len(work.unreadable)
        for uri in work.gone:
            self.writer.delete(uri)
            self.report.removed.append(FileResult(uri))
        for row in work.unchanged:
            kept = self.report.refused if row.status == "refused" else self.report.unchanged
            kept.append(FileResult(row.uri, row.reason))
        for uri, path, reason in work.unreadable:
            self._refuse(FileTask(uri, path, "", 0, path.name), reason)
        # closed here and not when the garbage is collected: a parser process hangs on it
        with closing(self._prepared(work.todo)) as prepared:
            for group in _groups(prepared):
                self._commit(group)
        self.writer.compact(only_if_due=True)

    def _open(self) -> Store:
        identity = store_identity(self.config)
        try:
            return Store.open(self.config.store, identity)
        except StoreMissing:
            dimension = len(embed_query(self.embedding, "dimension"))
            return Store.create(self.config.store, identity, dimension)

    @property
    def embedding(self) -> BaseEmbedding:
        if self._embedding is None:
            self._embedding = build_embedding(self.config)
        return self._embedding

    def _prepared(self, tasks: Sequence[FileTask]) -> Generator[_Prepared]:
        """Parsed and split files, in the order given; refused ones are recorded and left out."""
        if not tasks:
            return
        with ParserProcess() as parser:
            results = parser.parse_many([(task.path, task.name) for task in tasks])
            with closing(results):  # its thread would start the parser again after the end
                for task, (_, parsed) in zip(tasks, results, strict=True):
                    if isinstance(parsed, DocumentRefused):
                        self._refuse(task, str(parsed))
                    else:
                        yield self._split(task, parsed)

    def _split(self, task: FileTask, parsed: ParsedDocument) -> _Prepared:
        chunks = [
            NewChunk(c.text, c.start, c.end, c.page, c.heading, analyse(embedded_text(c.text, c.heading)))
            for c in split(parsed, self.config.splitter)
        ]
        status = "partial" if parsed.partial else "indexed"
        document = self._document(
            task,
            status,
            parsed.partial,
            format=parsed.format,
            title=parsed.title,
            pages=len(parsed.pages),
            text=parsed.text,
        )
        return _Prepared(task, document, chunks)

    def _commit(self, group: list[_Prepared]) -> None:
        texts = [embedded_text(c.text, c.heading) for prepared in group for c in prepared.chunks]
        vectors = self._embed(texts, group[-1].task.uri)
        start = 0
        for prepared in group:
            end = start + len(prepared.chunks)
            self.writer.replace(prepared.document, prepared.chunks, vectors[start:end])
            start = end
            outcome = self.report.partial if prepared.document.status == "partial" else self.report.indexed
            outcome.append(FileResult(prepared.task.uri, prepared.document.reason, len(prepared.chunks)))
            self._advance(prepared.task.uri)

    def _embed(self, texts: list[str], current: str) -> Vectors:
        parts = []
        for start in range(0, len(texts), _SLICE):
            parts.append(embed_texts(self.embedding, texts[start : start + _SLICE]))
            self._chunks += len(parts[-1])
            self._tell(current)
        return np.concatenate(parts) if parts else np.empty((0, self.store.dimension), np.float32)

    def _refuse(self, task: FileTask, reason: str) -> None:
        """A refused file is remembered, so that it is not parsed again, and can be shown with its reason."""
        none = np.empty((0, self.store.dimension), np.float32)
        self.writer.replace(self._document(task, "refused", reason), [], none)
        self.report.refused.append(FileResult(task.uri, reason))
        self._advance(task.uri)

    def _document(self, task: FileTask, status: str, reason: str, **content: str | int) -> NewDocument:
        return NewDocument(
            uri=task.uri, path=task.path, sha256=task.sha256, made_by=made_by(self.config), bytes=task.bytes,
            status=status, reason=reason, **content,  # type: ignore[arg-type]
        )  # fmt: skip

    def _advance(self, current: str) -> None:
        self._done += 1
        self._tell(current)

    def _tell(self, current: str) -> None:
        self._on_progress(Progress(self._done, self._total, self._chunks, current))


def _groups(prepared: Iterable[_Prepared]) -> Iterator[list[_Prepared]]:
    group: list[_Prepared] = []
    for item in prepared:
        group.append(item)
        if sum(len(p.chunks) for p in group) >= _GROUP:
            yield group
            group = []
    if group:
        yield group


def _plain_name(given: str) -> str:
    """A file name without folders or control characters."""
    name = unicodedata.normalize("NFC", PurePath(given.replace("\\", "/")).name)
    clean = PurePath("".join(c for c in name if c.isprintable()).strip(" .") or "upload")
    return clean.stem[:180] + clean.suffix[:20]
