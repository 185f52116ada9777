"""The seam: a run gives its files to an executor, which brings each of them to an outcome in the run's report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatbot.config import Config
from chatbot.store import Store
from ingest.report import IngestReport, Progress
from ingest.sync import FileTask


class Run(Protocol):
    """What an executor sees of a run (``ingest.pipeline.Ingest``)."""

    config: Config
    report: IngestReport
    store: Store

    def read_and_store(self, tasks: Sequence[FileTask]) -> None:
        """Parse, split, embed and commit in this process."""
        ...

    def take(self, done: Progress) -> None:
        """The outcomes of files that another process has read and stored for this run."""
        ...

    def leave(self, task: FileTask, reason: str) -> None:
        """Nothing is stored of a file that cannot be read now; what the index has of it stays."""
        ...


class Executor(Protocol):
    """Who reads the files of a run."""

    def carry_out(self, tasks: Sequence[FileTask], run: Run) -> None:
        """Bring every task to an outcome in ``run.report``, as if this process had read one file after another.

        What is committed when an error is raised stays; the next run does the rest.
        """
        ...


class Here(Executor):
    """This process."""

    def carry_out(self, tasks: Sequence[FileTask], run: Run) -> None:
        run.read_and_store(tasks)
