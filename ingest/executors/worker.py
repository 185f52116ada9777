"""A worker: one process with a loaded embedding model, a parser in its sandbox, and its own connection to the index.

It knows nothing of who gives it its lots. Files come as bytes, for the folder that they lie in need not be there.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from chatbot.config import Config
from chatbot.errors import ChatbotError
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import DocumentRow, Store, open_store
from ingest.parsing import ocr
from ingest.pipeline import Ingest, ModelOnce, made_by
from ingest.reading import Read, parsed
from ingest.report import FileResult, IngestReport, Progress
from ingest.sandbox.opened import GivenFile
from ingest.sandbox.parser import ParserProcess
from ingest.sync import FileTask, Plan, is_current


@dataclass(frozen=True, slots=True)
class Facts:
    """What must be the same on every machine, or the index would depend on which of them read a file.

    Attributes:
        makes: versions of parser and splitter, the embedding model, and whether scans can be read.
        roots: label -> folder, as in the index that the worker opened.
        sequence: how many commits that index has had.
    """

    machine: str
    makes: tuple[str, ...]
    roots: Mapping[str, Path]
    sequence: int


def makes(config: Config) -> tuple[str, ...]:
    """What this machine makes of a file: equal tuples, equal documents."""
    scans = "scans are read" if ocr.available() else "scans are not read"
    return made_by(config), f"embedding={store_identity(config).embedding}", scans


def facts(config: Config, store: Store) -> Facts:
    """Those of this machine and the index ``store``."""
    with store.reading() as view:
        roots = view.roots()
    return Facts(platform.node(), makes(config), roots, store.sequence())


class Worker:
    """Use ``begin`` once, then ``carry_out`` for one lot after the other. Errors meant for people are returned."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._model = ModelOnce(config)
        self._parser = ParserProcess()
        self._contents: Mapping[str, bytes] = {}

    def begin(self) -> Facts | tuple[str, ChatbotError]:
        """Load the model and open the index; the machine's name with the reason where that cannot be done."""
        try:
            self._model()
            with closing(open_store(self._config, store_identity(self._config))) as store:
                return facts(self._config, store)
        except ChatbotError as error:
            return platform.node(), error

    def carry_out(
        self, tasks: Sequence[FileTask], contents: Mapping[str, bytes], tried: bool
    ) -> Progress | ChatbotError:
        """Parse, split, embed and commit files as any run does.

        Args:
            contents: of each task, by its uri.
            tried: another worker may have stored some of them; those are not read again.
        """
        self._contents, last = contents, Progress(0, len(tasks), 0, "")

        def keep(progress: Progress) -> None:
            nonlocal last
            last = progress

        try:
            with Ingest(self._config, self._model, keep, parser=self._parser, read=self._read) as ingest:
                done = _stored(ingest.store, tasks, made_by(self._config)) if tried else {}
                ingest.carry_out(Plan(todo=[task for task in tasks if task.uri not in done]))
                return _with_stored(last, ingest.report, done)
        except ChatbotError as error:
            return error
        finally:
            self._contents = {}

    def _read(self, parser: ParserProcess, task: FileTask) -> Read:
        with GivenFile(task.real, self._contents[task.uri]) as file:
            return task, parsed(parser, file, task.name)


def _stored(store: Store, tasks: Sequence[FileTask], maker: str) -> dict[str, DocumentRow]:
    """Which of the files the index has as they are now: stored by a worker that ended before it could say so."""
    with store.reading() as view:
        rows = {task.uri: (task, view.document(task.uri)) for task in tasks}
    return {
        uri: row
        for uri, (task, row) in rows.items()
        if row is not None and row.sha256 == task.sha256 and is_current(row, maker)
    }


def _with_stored(last: Progress, report: IngestReport, stored: Mapping[str, DocumentRow]) -> Progress:
    """The lot's outcomes as if one worker had done all of it."""
    outcomes = {"partial": report.partial, "refused": report.refused}
    for row in stored.values():
        result = FileResult(row.uri, row.reason, row.chunks, hidden_words=row.hidden_words)
        outcomes.get(row.status, report.indexed).append(result)
    return Progress(
        files=last.files + len(stored),
        files_total=last.files_total,
        chunks=last.chunks + sum(row.chunks for row in stored.values()),
        current=last.current,
        report=report,
        read=last.read + len(stored),
        pages=last.pages + sum(row.pages for row in stored.values()),
    )
