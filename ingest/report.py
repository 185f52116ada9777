"""The report of an ingest run, file by file, and its progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chatbot.errors import Phrase

_OUTCOMES = ("indexed", "unchanged", "renamed", "removed", "partial", "refused", "overtaken")
OVERTAKEN = Phrase("another run has stored it anew meanwhile; what that one has stored stays")
_NAMED = 3  # files that the summary names


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file's outcome.

    Attributes:
        reason: why it is partial, refused or overtaken.
        was: what a renamed document was called before.
        is_news: whether this run changed it, or saw it for the first time.
        hidden_words: words of it that its readers do not see, and that were not indexed.
    """

    path: str
    reason: str = ""
    chunks: int = 0
    was: str = ""
    is_news: bool = True
    hidden_words: int = 0


@dataclass(slots=True)
class IngestReport:
    """Outcome of a run.

    Attributes:
        partial: indexed too, as far as they could be read.
        renamed: of another name or place and the same content; nothing of them was read or embedded again.
        refused: among them what could not be read this time; the index keeps what it has of those.
        overtaken: nothing was stored of them, or they were not removed: another run has stored them anew meanwhile.
        notes: sentences on what is no file's outcome: a folder that moved or is not there.
        reused: chunks whose embedding the index already had.
    """

    indexed: list[FileResult] = field(default_factory=list)
    unchanged: list[FileResult] = field(default_factory=list)
    renamed: list[FileResult] = field(default_factory=list)
    removed: list[FileResult] = field(default_factory=list)
    partial: list[FileResult] = field(default_factory=list)
    refused: list[FileResult] = field(default_factory=list)
    overtaken: list[FileResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reused: int = 0
    seconds: float = 0.0

    @property
    def chunks(self) -> int:
        """Chunks stored in this run; all but ``reused`` of them were embedded."""
        return sum(result.chunks for result in [*self.indexed, *self.partial])

    @property
    def files(self) -> int:
        """How many have an outcome."""
        return sum(len(getattr(self, name)) for name in _OUTCOMES)

    def outcomes(self) -> dict[str, int]:
        """How many have which outcome, of those that there are."""
        return {name: len(results) for name in _OUTCOMES if (results := getattr(self, name))}

    @property
    def paths(self) -> set[str]:
        """Those that have an outcome."""
        return {result.path for name in _OUTCOMES for result in getattr(self, name)}

    @property
    def news(self) -> dict[str, list[FileResult]]:
        """What this run did, by outcome; empty when everything was as before."""
        lists = {
            name: getattr(self, name)
            for name in ("indexed", "partial", "renamed", "removed", "refused", "overtaken")
        }
        news = {name: [r for r in results if r.is_news] for name, results in lists.items()}
        return {name: results for name, results in news.items() if results}

    def summary(self) -> str:
        """``news`` in one line: "2 indexed (docs/a.txt, docs/b.txt) · 1 removed (docs/c.txt)"; or empty."""
        return " · ".join(f"{len(results)} {name} ({_names(results)})" for name, results in self.news.items())

    def as_json(self) -> dict[str, Any]:
        """The contract of ``ingest --json``; see docs/json.md."""
        lists = {
            name: getattr(self, name)
            for name in ("indexed", "unchanged", "removed", "partial", "refused", "overtaken")
        }
        return {
            **{
                name: [{"path": r.path, "reason": r.reason, "hidden_words": r.hidden_words} for r in results]
                for name, results in lists.items()
            },
            "renamed": [{"path": r.path, "was": r.was} for r in self.renamed],
            "notes": self.notes,
            "chunks": self.chunks,
            "reused": self.reused,
            "seconds": round(self.seconds, 3),
        }


def _names(results: list[FileResult]) -> str:
    named = [
        f"{r.was} -> {r.path}" if r.was else f"{r.path}: {r.reason}" if r.reason else r.path
        for r in results[:_NAMED]
    ]
    return ", ".join([*named, "..."] if len(results) > _NAMED else named)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: files of all that need work, chunks embedded so far, and the file at hand.

    ``report`` is the run's own, which is filled as it goes on; ``read`` files are parsed, with ``pages`` in those that
    have any; short ones wait to be embedded together.
    """

    files: int
    files_total: int
    chunks: int
    current: str
    report: IngestReport = field(default_factory=IngestReport)
    read: int = 0
    pages: int = 0


def joined(first: IngestReport, second: IngestReport) -> IngestReport:
    """Two runs as one report."""
    result = IngestReport(
        notes=[*first.notes, *second.notes],
        reused=first.reused + second.reused,
        seconds=first.seconds + second.seconds,
    )
    for name in _OUTCOMES:
        results: list[FileResult] = [*getattr(first, name), *getattr(second, name)]
        setattr(result, name, results)
    return result
