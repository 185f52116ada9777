"""What a run did, file by file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file's outcome; ``reason`` says why it is partial or refused."""

    path: str
    reason: str = ""
    chunks: int = 0


@dataclass(slots=True)
class IngestReport:
    """Outcome of a run. ``partial`` files are indexed too, as far as they could be read."""

    indexed: list[FileResult] = field(default_factory=list)
    unchanged: list[FileResult] = field(default_factory=list)
    removed: list[FileResult] = field(default_factory=list)
    partial: list[FileResult] = field(default_factory=list)
    refused: list[FileResult] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def chunks(self) -> int:
        """Chunks embedded in this run."""
        return sum(result.chunks for result in [*self.indexed, *self.partial])

    def as_json(self) -> dict[str, Any]:
        """The contract of ``ingest --json``; see docs/json.md."""
        lists = {
            name: getattr(self, name) for name in ("indexed", "unchanged", "removed", "partial", "refused")
        }
        return {
            **{
                name: [{"path": r.path, "reason": r.reason} for r in results]
                for name, results in lists.items()
            },
            "chunks": self.chunks,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: files of all that need work, chunks embedded so far, and the file at hand."""

    files: int
    files_total: int
    chunks: int
    current: str
