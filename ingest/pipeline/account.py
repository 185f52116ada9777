"""What has become of every file of a run: the report being filled, and the figures that are told on the way."""

from __future__ import annotations

from collections.abc import Callable

from chatbot.store import DocumentRow, NewDocument
from ingest.report import OVERTAKEN, FileResult, IngestReport, Progress
from ingest.sync import FileTask

OnProgress = Callable[[Progress], None]


class Account:
    """One run's.

    Attributes:
        total: how many files are to be done.
        read: how many of them this run has read; ``pages``: how many pages those have.
        chunks: how many are embedded.
    """

    def __init__(self, on_progress: OnProgress | None) -> None:
        self.report = IngestReport()
        self.total = self.read = self.pages = self.chunks = 0
        self._on_progress = on_progress or (lambda _: None)
        self._done = 0

    def advance(self, current: str) -> None:
        """One file more has its outcome."""
        self._done += 1
        self.tell(current)

    def tell(self, current: str) -> None:
        """How far the run is, at the file ``current``."""
        self._on_progress(
            Progress(self._done, self.total, self.chunks, current, self.report, self.read, self.pages)
        )

    def keep(self, row: DocumentRow) -> None:
        """The document is as it was."""
        kept = self.report.refused if row.status == "refused" else self.report.unchanged
        kept.append(FileResult(row.uri, row.reason, is_news=False))

    def leave(self, task: FileTask, reason: str) -> None:
        """Nothing is stored of a file that cannot be read now; what the index has of it stays."""
        self.report.refused.append(FileResult(task.uri, reason))
        self.advance(task.uri)

    def stored(self, document: NewDocument, chunks: int) -> None:
        """The document is in the index, if need be with the reason why it cannot be read."""
        outcomes = {"partial": self.report.partial, "refused": self.report.refused}
        outcomes.get(document.status, self.report.indexed).append(
            FileResult(document.uri, document.reason, chunks, hidden_words=document.hidden_words)
        )

    def stored_by_other_run(self, uri: str, *, is_same: bool) -> None:
        """Nothing was stored of the file: another run has stored the same, or something else, meanwhile."""
        if is_same:
            self.report.unchanged.append(FileResult(uri, is_news=False))
        else:
            self.report.overtaken.append(FileResult(uri, OVERTAKEN))

    def take(self, done: Progress) -> None:
        """The outcomes of files that another process has read and stored for this run."""
        self.read += done.read
        self.pages += done.pages
        self.chunks += done.chunks
        self.report.reused += done.report.reused
        self.report.notes += done.report.notes
        for name in done.report.outcomes():
            for result in getattr(done.report, name):
                getattr(self.report, name).append(result)
                self.advance(result.path)
