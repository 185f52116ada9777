"""Rows of the store as values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
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
    """A chunk to be stored.

    Attributes:
        text: ``document.text[start:end]``.
        heading: path of the headings above it, outermost first.
        terms: what lexical search sees.
        header: (start, end) in ``document.text`` of the header row of the table that the chunk continues.
        text_hash: ``hash_of`` the text that was embedded, so that it is not embedded again; ``None``: unknown.
    """

    text: str
    start: int
    end: int
    page: int | None
    heading: tuple[str, ...]
    terms: str
    header: tuple[int, int] | None = None
    text_hash: bytes | None = None


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
    """A stored chunk: ``text`` is exactly the document's text from ``start`` to ``end``.

    ``header`` is the header row of the table that the chunk continues, or empty.
    """

    id: int
    document: str
    position: int
    page: int | None
    start: int
    end: int
    heading: tuple[str, ...]
    text: str
    header: str = ""


def are_unit(vectors: Vectors) -> NDArray[np.bool_]:
    """For each row of ``vectors`` (n, dimension): has it length 1? Rows that are not numbers have not."""
    return np.asarray(np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3)


def context_of(text: str, heading: tuple[str, ...], header: str = "") -> str:
    """What a chunk stands under and does not itself say: "Leave > Annual leave", the header row of its table.

    "10 days" alone says little; under "Annual leave" it answers a question.
    """
    path = " > ".join(title for title in heading if title not in text[: len(title) + 8])
    return "\n".join(filter(None, (path, header)))


def embedded_text(text: str, heading: tuple[str, ...], header: str = "") -> str:
    """What the models read: the chunk under its context."""
    context = context_of(text, heading, header)
    return f"{context}\n{text}" if context else text


def hash_of(embedded: str) -> bytes:
    """16 bytes that stand for a text that was embedded; within one index the model is always the same."""
    return hashlib.blake2b(embedded.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def vectors_of(rows: Sequence[tuple[int, bytes]], dimension: int) -> tuple[Ids, Vectors]:
    """Stored (id, embedding) rows as arrays of shapes (n,) and (n, dimension)."""
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    return ids, np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), dimension)
