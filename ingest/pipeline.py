"""Build the index: plan -> rename -> parse -> split -> embed -> commit, file by file.

Parsing runs ahead in its own process; chunks of several files are embedded together, because a batch of
one short file wastes the CPU; each file is committed in its own transaction, so it is searchable as a
whole or not at all, and a run that is interrupted loses at most the files it had not committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from chatbot.config import Config
from chatbot.errors import DocumentRefused, Missing, StoreError, StoreMissing
from chatbot.retrieval.embeddings import (
    build_embedding,
    embed_query,
    known_dimension,
    store_identity,
)
from chatbot.store import DocumentRow, NewChunk, NewDocument, Store, Writer, create_store, open_store
from chatbot.store.records import Vectors, embedded_text, hash_of
from chatbot.telemetry.seat import count
from chatbot.text.keywords import analyse
from ingest.executors.executor import Executor, Here
from ingest.executors.storing import Stored, row_of, store_document
from ingest.parsing.document import ParsedDocument
from ingest.parsing.parse import PARSER_VERSION
from ingest.reading import Left, Read, read_file
from ingest.report import OVERTAKEN, FileResult, IngestReport, Progress
from ingest.sandbox.parser import ParserProcess
from ingest.splitting.split import split, splitter_fingerprint
from ingest.sync import FileTask, Plan, check_given, plan, uploads_to_do

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from chatbot.reranking.kept import Codes, PassageReader

OnProgress = Callable[[Progress], None]

_GROUP = 256  # chunks embedded together: at 256 the length-sorted batches pad as little as over everything
_SMALL_GROUP = 16  # while others wait: one batch; beside 32 people who ask, 48 took four seconds
_SLICE = 512  # chunks between two progress reports inside one large file


@dataclass(frozen=True, slots=True)
class _Prepared:
    task: FileTask | None  # None: of a document that no file is read for
    document: NewDocument
    chunks: list[NewChunk]
    embedded: list[str]  # for each chunk, what the model reads


@dataclass(frozen=True, slots=True)
class Company:
    """Others who wait while a run is under way. Both are asked between two groups of chunks.

    Attributes:
        waits: whether anybody does: then the groups are small.
        comes_first: whether this run is to end here; what is indexed by then stays, the rest is not in the report.
    """

    waits: Callable[[], bool]
    comes_first: Callable[[], bool]


class ModelOnce:
    """The configured embedding model, loaded when it is first needed and kept for several runs."""

    def __init__(self, config: Config, loaded: BaseEmbedding | None = None) -> None:
        self._config = config
        self.loaded = loaded

    def __call__(self) -> BaseEmbedding:
        if self.loaded is None:
            self.loaded = build_embedding(self._config)
        return self.loaded

    def dimension(self) -> int:
        """How many numbers a vector has. A folder of which nothing can be read loads no model: 1.3 GB."""
        known = known_dimension(self._config) if self.loaded is None else None
        return known or len(embed_query(self(), "dimension"))


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


def made_by(config: Config) -> str:
    """Versions of parser and splitter; a document made by others is made again."""
    return f"parser={PARSER_VERSION} {splitter_fingerprint(config.splitter)}"


class Ingest:
    """One run: the open store, its writer, and the report being filled.

    Args:
        also_known: another index of the same model, whose embeddings are taken over.
        parser: one to use, which goes on afterwards; one of its own otherwise.
        executor: who reads new and changed files; by default this process.
        read: how this process reads a file; by default from where it lies.
    """

    def __init__(
        self,
        config: Config,
        embedding: BaseEmbedding | ModelOnce | None,
        on_progress: OnProgress | None,
        also_known: Store | None = None,
        parser: ParserProcess | None = None,
        company: Company | None = None,
        executor: Executor | None = None,
        read: Callable[[ParserProcess, FileTask], Read] = read_file,
    ) -> None:
        self.config = config
        self.report = IngestReport()
        self._model = embedding if isinstance(embedding, ModelOnce) else ModelOnce(config, embedding)
        self._on_progress = on_progress or (lambda _: None)
        self._also_known = also_known
        self._parser = parser
        self._company = company
        self._executor = executor or Here()
        self._read_file = read
        self._gives_way = False
        self._done = 0
        self._read = 0
        self._pages = 0
        self._total = 0
        self._chunks = 0

    def __enter__(self) -> Ingest:
        self._start = time.perf_counter()
        with ExitStack() as stack:
            self.store = stack.enter_context(closing(self._open()))
            self.writer: Writer = stack.enter_context(self.store.writing())
            self._open_until_exit = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._open_until_exit.close()
        self.report.seconds = time.perf_counter() - self._start
        for outcome, files in self.report.outcomes().items():
            count("ingested_files", outcome, files)

    def carry_out(self, work: Plan) -> None:
        """Rename and remove, then parse, split, embed and commit what is new."""
        self.report.notes += work.notes
        for label, path in work.relabelled:
            self.writer.relabel_root(label, path)
        for row, task in work.renamed:
            self._rename(row, task, work)
        self._total = len(work.todo) + len(work.unreadable)
        # what must be read again under another name is not missing meanwhile; the rest is gone at once
        coming = {task.sha256 for task in work.todo}
        self._remove(row for row in work.gone if row.sha256 not in coming)
        for row in work.unchanged:
            self._keep(row)
        for uri, reason in work.left:
            self.report.refused.append(FileResult(uri, reason))
        for task, reason in work.unreadable:
            self._refuse(task, reason)
        self._executor.carry_out(work.todo, self)
        if self._gives_way:
            return
        self._remove(row for row in work.gone if row.sha256 in coming)
        self.writer.compact(only_if_due=True)

    def read_and_store(self, tasks: Sequence[FileTask]) -> None:
        """Parse, split, embed and commit in this process."""
        # closed here and not when the garbage is collected: a parser process hangs on it
        with closing(self._prepared(tasks)) as prepared:
            for group in _groups(prepared, self._group):
                self._commit(group)
                self.writer.compact(only_if_due=True)  # or a long run leaves readers all of it as a delta
                if self._company is not None and self._company.comes_first():
                    self._gives_way = True
                    return

    def take(self, done: Progress) -> None:
        """The outcomes of files that another process has read and stored for this run."""
        self._read += done.read
        self._pages += done.pages
        self._chunks += done.chunks
        self.report.reused += done.report.reused
        self.report.notes += done.report.notes
        for name in done.report.outcomes():
            for result in getattr(done.report, name):
                getattr(self.report, name).append(result)
                self._advance(result.path)

    def leave(self, task: FileTask, reason: str) -> None:
        """Nothing is stored of a file that cannot be read now; what the index has of it stays."""
        self.report.refused.append(FileResult(task.uri, reason))
        self._advance(task.uri)

    def _rename(self, row: DocumentRow, task: FileTask, work: Plan) -> None:
        """Where another run has changed either of the two meanwhile, the file is read as a new one is."""
        is_renamed = self.writer.rename(row.uri, task.uri, task.path, row.sha256, task.seen)
        if row.uri == task.uri and is_renamed:  # only its path on disk is another
            self._keep(row)
        elif is_renamed:
            self.report.renamed.append(FileResult(task.uri, was=row.uri))
        else:
            now = row_of(self.store, task.uri)
            if now is not None and now.sha256 == task.sha256:
                self._keep(now)
            else:
                work.todo.append(task)
            if row.uri != task.uri:
                work.gone.append(row)

    def _keep(self, row: DocumentRow) -> None:
        kept = self.report.refused if row.status == "refused" else self.report.unchanged
        kept.append(FileResult(row.uri, row.reason, is_news=False))

    def _remove(self, rows: Iterable[DocumentRow]) -> None:
        for row in rows:
            if self.writer.delete(row.uri, row.sha256):
                self.report.removed.append(FileResult(row.uri))
            elif row_of(self.store, row.uri) is not None:
                self.report.overtaken.append(FileResult(row.uri, OVERTAKEN))

    def _open(self) -> Store:
        identity = store_identity(self.config)
        try:
            return open_store(self.config, identity)
        except StoreMissing:
            return create_store(self.config, identity, self._model.dimension())

    def _prepared(self, tasks: Sequence[FileTask]) -> Generator[_Prepared]:
        """Parsed and split files, in the order given; refused ones are recorded and left out."""
        if not tasks:
            return
        with ExitStack() as stack:
            parser = self._parser or stack.enter_context(ParserProcess())
            results = parser.ahead(partial(self._read_file, parser), tasks)
            with closing(results):  # the next file is being parsed
                for task, parsed in results:
                    self._read += 1
                    if isinstance(parsed, Left):
                        self.leave(task, parsed.reason)
                    elif isinstance(parsed, DocumentRefused):
                        self._refuse(task, str(parsed), parsed.missing)
                    else:
                        self._pages += len(parsed.pages)
                        self._tell(task.uri)
                        yield self._split(task, parsed)

    def _group(self) -> int:
        """How many chunks are embedded together now."""
        return _SMALL_GROUP if self._company is not None and self._company.waits() else _GROUP

    def _split(self, task: FileTask, parsed: ParsedDocument) -> _Prepared:
        found = split(parsed, self.config.splitter)
        texts = [embedded_text(c.text, c.heading, c.header) for c in found]
        chunks = [
            NewChunk(c.text, c.start, c.end, c.page, c.heading, analyse(text), c.header, hash_of(text))
            for c, text in zip(found, texts, strict=True)
        ]
        status = "partial" if parsed.partial else "indexed"
        document = self._document(
            task,
            status,
            parsed.partial,
            missing=parsed.missing,
            format=parsed.format,
            title=parsed.title,
            pages=len(parsed.pages),
            text=parsed.text,
            hidden=parsed.hidden,
            hidden_words=parsed.hidden_words,
        )
        return _Prepared(task, document, chunks, texts)

    def store_document(self, document: NewDocument, chunks: list[NewChunk], embedded: list[str]) -> None:
        """Embed and commit a document that is already split; ``embedded[i]`` is what the model reads of a chunk."""
        self._commit([_Prepared(None, document, chunks, embedded)])

    def _commit(self, group: list[_Prepared]) -> None:
        texts = [text for prepared in group for text in prepared.embedded]
        vectors, codes = self._embed(texts, group[-1].document.uri)
        start = 0
        for prepared in group:
            end = start + len(prepared.chunks)
            self._store(prepared, vectors[start:end], codes[start:end])
            start = end
            self._advance(prepared.document.uri)

    def _store(self, prepared: _Prepared, vectors: Vectors, codes: Sequence[Codes]) -> None:
        task, document, chunks = prepared.task, prepared.document, prepared.chunks
        by_hash = _by_hash(chunks, codes)
        if task is None:
            self.writer.replace(document, chunks, vectors, by_hash)
        elif (
            stored := store_document(self.store, self.writer, task, document, chunks, vectors, by_hash)
        ) != "stored":
            self._note_overtaken(task, stored)
            return
        outcomes = {"partial": self.report.partial, "refused": self.report.refused}
        outcomes.get(document.status, self.report.indexed).append(
            FileResult(document.uri, document.reason, len(chunks), hidden_words=document.hidden_words)
        )

    def _note_overtaken(self, task: FileTask, stored: Stored) -> None:
        if stored == "same":
            self.report.unchanged.append(FileResult(task.uri, is_news=False))
        else:
            self.report.overtaken.append(FileResult(task.uri, OVERTAKEN))

    def _embed(self, texts: list[str], current: str) -> tuple[Vectors, list[Codes]]:
        """Vectors of ``texts``, and codes of their token vectors; only what the index does not have is read, and once."""
        known = self._known(list(dict.fromkeys(texts)))
        new = [text for text, passage in known.items() if passage is None]
        self.report.reused += len(texts) - len(new)
        self._chunks += len(texts) - len(new)
        for start in range(0, len(new), _SLICE):
            part = new[start : start + _SLICE]
            known.update(zip(part, self._read_passages(part), strict=True))
            self._chunks += len(part)
            self._tell(current)
        vectors = np.empty((len(texts), self.store.dimension), np.float32)
        codes: list[Codes] = [None] * len(texts)
        for place, text in enumerate(texts):
            vectors[place], codes[place] = known[text]  # type: ignore[misc]  # all are known now
        return vectors, codes

    def _known(self, texts: list[str]) -> dict[str, tuple[Vectors, Codes] | None]:
        """What the index has of each text; nothing of one whose token vectors are wanted and not there."""
        known: dict[str, tuple[Vectors, Codes] | None] = dict.fromkeys(texts)
        for store in (self.store, self._also_known):
            missing = [text for text, passage in known.items() if passage is None]
            if store is None or not missing:
                continue
            with store.reading() as view:
                vectors, codes = view.known_embeddings(missing), view.known_token_vectors(missing)
            for text, vector, code in zip(missing, vectors, codes, strict=True):
                if vector is not None and (code is not None or not self._reader.wants_codes(text)):
                    known[text] = (vector, code)
        return known

    @cached_property
    def _reader(self) -> PassageReader:
        # two seconds, for which a run without news need not wait
        from chatbot.reranking.kept import PassageReader

        return PassageReader(self.config, self._model, self._model.loaded)

    def _read_passages(self, texts: list[str]) -> list[tuple[Vectors, Codes]]:
        vectors, codes = self._reader.read(texts)
        if vectors.shape[1] != self.store.dimension:
            raise StoreError(
                "the embedding model gave vectors of {numbers} numbers, the index has {dimension}; nothing was stored; check embedding.model",
                numbers=vectors.shape[1],
                dimension=self.store.dimension,
            )
        return list(zip(vectors, codes, strict=True))

    def _refuse(self, task: FileTask, reason: str, missing: Missing = "") -> None:
        """A refused file is remembered, so that it is not parsed again, and can be shown with its reason."""
        none = np.empty((0, self.store.dimension), np.float32)
        document = self._document(task, "refused", reason, missing=missing)
        self._store(_Prepared(task, document, [], []), none, [])
        self._advance(task.uri)

    def _document(self, task: FileTask, status: str, reason: str, **content: Any) -> NewDocument:
        return NewDocument(
            uri=task.uri, path=task.path, sha256=task.sha256, made_by=made_by(self.config), bytes=task.bytes,
            status=status, reason=reason, address=task.address, validators=task.validators, **content,
        )  # fmt: skip

    def _advance(self, current: str) -> None:
        self._done += 1
        self._tell(current)

    def _tell(self, current: str) -> None:
        self._on_progress(
            Progress(self._done, self._total, self._chunks, current, self.report, self._read, self._pages)
        )


def _by_hash(chunks: Sequence[NewChunk], codes: Sequence[Codes]) -> dict[bytes, bytes]:
    return {
        chunk.text_hash: code
        for chunk, code in zip(chunks, codes, strict=True)
        if chunk.text_hash is not None and code is not None
    }


def _groups(prepared: Iterable[_Prepared], size: Callable[[], int]) -> Iterator[list[_Prepared]]:
    group: list[_Prepared] = []
    for item in prepared:
        group.append(item)
        if sum(len(p.chunks) for p in group) >= size():
            yield group
            group = []
    if group:
        yield group
