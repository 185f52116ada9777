"""What a run has to do: its plan, and the files in it that are to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from chatbot.store import DocumentRow
from chatbot.store.records import ANYTHING, UPLOADS
from ingest.parsing.ocr import came_since


@dataclass(frozen=True, slots=True)
class FileTask:
    """A file to be read. ``name`` is the original one where ``path`` is not (uploads).

    ``real`` is where it is opened: what ``path`` led to when its folder was listed. ``address`` and ``validators`` are
    those of a web page (``DocumentRow``). ``seen`` is the sha256 of what the index had when this was planned, ``None``
    for nothing: what has come there since is newer (``ingest.pipeline.storing``).
    """

    uri: str
    path: Path
    sha256: str
    bytes: int
    name: str
    real: Path
    address: str = ""
    validators: str = ""
    seen: str | None = ANYTHING


@dataclass(slots=True)
class Plan:
    """What a run has to do.

    Attributes:
        relabelled: (label, folder) of roots that are found at another place; to be done before the rest.
        renamed: documents whose file has another name or place and the same content. The two uris are the same
            where only the path on disk differs.
        todo: new and changed files.
        unchanged: documents whose content, parser and splitter are as before; refused ones among them.
        gone: documents whose file is no longer in the folder.
        unreadable: files and folders that cannot be indexed as they are, with the reason. What the index has of
            such a folder stays.
        left: (uri, reason) of what could not be read this time; what the index has of it stays.
        notes: what a person should know besides.
    """

    relabelled: list[tuple[str, Path]] = field(default_factory=list)
    renamed: list[tuple[DocumentRow, FileTask]] = field(default_factory=list)
    todo: list[FileTask] = field(default_factory=list)
    unchanged: list[DocumentRow] = field(default_factory=list)
    gone: list[DocumentRow] = field(default_factory=list)
    unreadable: list[tuple[FileTask, str]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def is_current(row: DocumentRow, made_by: str) -> bool:
    """Whether ``row`` is what parser and splitter would make of its content today."""
    return row.made_by == made_by and not came_since(row.missing)


def name_of(row: DocumentRow) -> str:
    """The name that its file was given with: that of a kept one says nothing."""
    if not row.is_kept:
        return row.path.name
    return row.uri.rpartition("/")[2] if row.address else row.uri.removeprefix(f"{UPLOADS}/")
