"""One run over the open index: renamed and removed files, then parse -> split -> embed -> commit of what must be read.

Parsing runs ahead in its own process; chunks of several files are embedded together, because a batch of
one short file wastes the CPU; each file is committed in its own transaction, so it is searchable as a
whole or not at all, and a run that is interrupted loses at most the files it had not committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from chatbot.config import Config
from chatbot.errors import DocumentRefused, StoreMissing
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import DocumentRow, NewChunk, NewDocument, Store, Writer, create_store, open_store
from chatbot.telemetry.seat import count
from ingest.executors.executor import Executor, Here
from ingest.pipeline.account import Account, OnProgress
from ingest.pipeline.embedder import Embedder, ModelOnce
from ingest.pipeline.prepared import Prepared, in_groups, refused, split_into_chunks
from ingest.pipeline.storing import row_of, store_prepared
from ingest.reading import Left, Read, read_file
from ingest.report import OVERTAKEN, FileResult, Progress
from ingest.sandbox.parser import ParserProcess
from ingest.sync import FileTask, Plan

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_GROUP = 256  # chunks embedded together: at 256 the length-sorted batches pad as little as over everything
_SMALL_GROUP = 16  # while others wait: one batch; beside 32 people who ask, 48 took four seconds


@dataclass(frozen=True, slots=True)
class Company:
    """Others who wait while a run is under way. Both are asked between two groups of chunks.

    Attributes:
        waits: whether anybody does: then the groups are small.
        comes_first: whether this run is to end here; what is indexed by then stays, the rest is not in the report.
    """

    waits: Callable[[], bool]
    comes_first: Callable[[], bool]


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
        self._account = Account(on_progress)
        self.report = self._account.report
        self._model = embedding if isinstance(embedding, ModelOnce) else ModelOnce(config, embedding)
        self._also_known = also_known
        self._parser = parser
        self._company = company
        self._executor = executor or Here()
        self._read = read
        self._gives_way = False

    def __enter__(self) -> Ingest:
        self._start = time.perf_counter()
        with ExitStack() as stack:
            self.store = stack.enter_context(closing(self._open()))
            self.writer: Writer = stack.enter_context(self.store.writing())
            self._open_until_exit = stack.pop_all()
        self._embedder = Embedder(self.config, self._model, self.store, self._also_known, self._account)
        return self

    def __exit__(self, *error: object) -> None:
        self._open_until_exit.close()
        self.report.seconds = time.perf_counter() - self._start
        for outcome, files in self.report.outcomes().items():
            count("ingested_files", outcome, files)

    def _open(self) -> Store:
        identity = store_identity(self.config)
        try:
            return open_store(self.config, identity)
        except StoreMissing:
            return create_store(self.config, identity, self._model.dimension())

    def carry_out(self, work: Plan) -> None:
        """Rename and remove, then parse, split, embed and commit what is new."""
        self.report.notes += work.notes
        for label, path in work.relabelled:
            self.writer.relabel_root(label, path)
        for row, task in work.renamed:
            self._rename(row, task, work)
        self._account.total = len(work.todo) + len(work.unreadable)
        # what must be read again under another name is not missing meanwhile; the rest is gone at once
        coming = {task.sha256 for task in work.todo}
        self._remove(row for row in work.gone if row.sha256 not in coming)
        for row in work.unchanged:
            self._account.keep(row)
        for uri, reason in work.left:
            self.report.refused.append(FileResult(uri, reason))
        for task, reason in work.unreadable:
            self._commit([refused(task, self.config, reason)])
        self._executor.carry_out(work.todo, self)
        if self._gives_way:
            return
        self._remove(row for row in work.gone if row.sha256 in coming)
        self.writer.compact(only_if_due=True)

    # what is not read

    def _rename(self, row: DocumentRow, task: FileTask, work: Plan) -> None:
        """Where another run has changed either of the two meanwhile, the file is read as a new one is."""
        is_renamed = self.writer.rename(row.uri, task.uri, task.path, row.sha256, task.seen)
        if row.uri == task.uri and is_renamed:  # only its path on disk is another
            self._account.keep(row)
        elif is_renamed:
            self.report.renamed.append(FileResult(task.uri, was=row.uri))
        else:
            now = row_of(self.store, task.uri)
            if now is not None and now.sha256 == task.sha256:
                self._account.keep(now)
            else:
                work.todo.append(task)
            if row.uri != task.uri:
                work.gone.append(row)

    def _remove(self, rows: Iterable[DocumentRow]) -> None:
        for row in rows:
            if self.writer.delete(row.uri, row.sha256):
                self.report.removed.append(FileResult(row.uri))
            elif row_of(self.store, row.uri) is not None:
                self.report.overtaken.append(FileResult(row.uri, OVERTAKEN))

    # what is read: by the executor, which comes back to these

    def read_and_store(self, tasks: Sequence[FileTask]) -> None:
        """Parse, split, embed and commit in this process."""
        # closed here and not when the garbage is collected: a parser process hangs on it
        with closing(self._prepared(tasks)) as prepared:
            for group in in_groups(prepared, self._group_size):
                self._commit(group)
                self.writer.compact(only_if_due=True)  # or a long run leaves readers all of it as a delta
                if self._company is not None and self._company.comes_first():
                    self._gives_way = True
                    return

    def take(self, done: Progress) -> None:
        """The outcomes of files that another process has read and stored for this run."""
        self._account.take(done)

    def leave(self, task: FileTask, reason: str) -> None:
        """Nothing is stored of a file that cannot be read now; what the index has of it stays."""
        self._account.leave(task, reason)

    def store_document(self, document: NewDocument, chunks: list[NewChunk], embedded: list[str]) -> None:
        """Embed and commit a document that is already split; ``embedded[i]`` is what the model reads of a chunk."""
        self._commit([Prepared(None, document, chunks, embedded)])

    def _prepared(self, tasks: Sequence[FileTask]) -> Generator[Prepared]:
        """Parsed and split files, in the order given; refused ones are recorded and left out."""
        if not tasks:
            return
        with ExitStack() as stack:
            parser = self._parser or stack.enter_context(ParserProcess())
            results = parser.ahead(partial(self._read, parser), tasks)
            with closing(results):  # the next file is being parsed
                for task, parsed in results:
                    self._account.read += 1
                    if isinstance(parsed, Left):
                        self.leave(task, parsed.reason)
                    elif isinstance(parsed, DocumentRefused):
                        self._commit([refused(task, self.config, str(parsed), parsed.missing)])
                    else:
                        self._account.pages += len(parsed.pages)
                        self._account.tell(task.uri)
                        yield split_into_chunks(task, parsed, self.config)

    def _group_size(self) -> int:
        """How many chunks are embedded together now."""
        return _SMALL_GROUP if self._company is not None and self._company.waits() else _GROUP

    def _commit(self, group: list[Prepared]) -> None:
        """Embed the chunks of all files together, and store each file by itself."""
        texts = [text for prepared in group for text in prepared.embedded]
        vectors, codes = self._embedder.embed(texts, group[-1].document.uri)
        start = 0
        for prepared in group:
            end = start + len(prepared.chunks)
            store_prepared(
                self.store, self.writer, prepared, vectors[start:end], codes[start:end], self._account
            )
            start = end
            self._account.advance(prepared.document.uri)
