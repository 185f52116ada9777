"""Rows of the store as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StoreIdentity:
    """What the vectors of an index were made with; another embedding model cannot read it.

    Attributes:
        embedding: fingerprint key of model, prefixes and lengths.
        model: its name, for messages.
    """

    embedding: str
    model: str


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A chunk to be stored: ``text == document.text[start:end]``; ``terms`` is what lexical search sees."""

    text: str
    start: int
    end: int
    page: int | None
    heading: tuple[str, ...]
    terms: str


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file to be stored, replacing whatever its uri held before."""

    uri: str
    path: Path
    sha256: str
    made_by: str
    bytes: int
    status: str = "indexed"
    reason: str = ""
    format: str = ""
    title: str = ""
    pages: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A stored document without its text."""

    uri: str
    path: Path
    sha256: str
    made_by: str
    status: str
    reason: str
    format: str
    title: str
    bytes: int
    pages: int
    indexed_at: str
    chunks: int

    @property
    def name(self) -> str:
        return self.uri.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A stored chunk: ``text`` is exactly the document's text from ``start`` to ``end``."""

    id: int
    document: str
    position: int
    page: int | None
    start: int
    end: int
    heading: tuple[str, ...]
    text: str


def are_unit(vectors: Vectors) -> NDArray[np.bool_]:
    """For each row of ``vectors`` (n, dimension): has it length 1? Rows that are not numbers have not."""
    return np.asarray(np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3)


def context_of(text: str, heading: tuple[str, ...]) -> str:
    """The headings above a chunk that it does not itself begin with: "Leave > Annual leave", or empty.

    "10 days" alone says little; under "Annual leave" it answers a question.
    """
    return " > ".join(title for title in heading if title not in text[: len(title) + 8])


def embedded_text(text: str, heading: tuple[str, ...]) -> str:
    """What the models read: the chunk under its context."""
    context = context_of(text, heading)
    return f"{context}\n{text}" if context else text
