"""Adding files: what the page needs of the ingest package, and an upload as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from chatbot.config import Config
from chatbot.store import Store
from chatbot.ui.jobs import Job

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


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
    """What the page needs of ``ingest.uploads``, which hands itself in: nothing here imports it."""

    def upload(
        self,
        config: Config,
        files: Mapping[str, bytes],
        on_progress: Callable[[Any], None],
        embedding: BaseEmbedding | None,
    ) -> Report: ...

    def remove(self, store: Store, uri: str) -> bool: ...


class UploadJob(Job[Report]):
    """One upload under way; ``progress`` is the latest report of it."""

    def __init__(
        self, ingest: Ingest, config: Config, files: Mapping[str, bytes], embedding: BaseEmbedding | None
    ) -> None:
        self.progress: Progress | None = None
        super().__init__(lambda: ingest.upload(config, files, self._on_progress, embedding), "upload")

    def _on_progress(self, progress: Progress) -> None:
        self.progress = progress
