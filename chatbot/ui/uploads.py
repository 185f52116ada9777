"""Adding files: a job in its own thread, because any click on the page ends the script that draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol

from chatbot.config import Config
from chatbot.store import Store
from chatbot.ui.attempt import Outcome, attempt

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

POLL_S = 0.1


class FileOutcome(Protocol):
    """As ``ingest.report.FileResult``."""

    @property
    def path(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def chunks(self) -> int: ...


class Report(Protocol):
    """As ``ingest.report.IngestReport``."""

    @property
    def indexed(self) -> Sequence[FileOutcome]: ...
    @property
    def unchanged(self) -> Sequence[FileOutcome]: ...
    @property
    def partial(self) -> Sequence[FileOutcome]: ...
    @property
    def refused(self) -> Sequence[FileOutcome]: ...


class Progress(Protocol):
    """As ``ingest.report.Progress``."""

    @property
    def files(self) -> int: ...
    @property
    def files_total(self) -> int: ...
    @property
    def current(self) -> str: ...


class Ingest(Protocol):
    """What the page needs of ``ingest.pipeline``, which hands itself in: nothing here imports it."""

    def upload(
        self,
        config: Config,
        files: Mapping[str, bytes],
        on_progress: Callable[[Any], None],
        embedding: BaseEmbedding | None,
    ) -> Report: ...

    def remove(self, store: Store, uri: str) -> bool: ...


class UploadJob:
    """One upload under way; ``progress`` is the latest report of it."""

    def __init__(
        self, ingest: Ingest, config: Config, files: Mapping[str, bytes], embedding: BaseEmbedding | None
    ) -> None:
        self.total = len(files)
        self.progress: Progress | None = None
        self._future: Future[Outcome[Report]] = Future()
        self._work: Callable[[], Outcome[Report]] = lambda: attempt(
            lambda: ingest.upload(config, files, self._on_progress, embedding)
        )
        Thread(target=self._run, name="upload", daemon=True).start()

    def done(self, wait_s: float = POLL_S) -> bool:
        """Whether it has ended, after at most ``wait_s`` seconds."""
        return bool(wait([self._future], wait_s).done)

    def outcome(self) -> Outcome[Report]:
        """The report, or the error; waits."""
        return self._future.result()

    def _run(self) -> None:
        try:
            self._future.set_result(self._work())
        except BaseException as error:  # raised again where the page asks for the outcome
            self._future.set_exception(error)

    def _on_progress(self, progress: Progress) -> None:
        self.progress = progress
