"""Rows of the store as values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import Missing
from chatbot.text.hidden import HiddenText
from chatbot.text.invisible import without_invisible

Vectors = NDArray[np.float32]
Ids = NDArray[np.int64]
Hit = tuple[int, float]  # a chunk's id and its score

NAMED = 5  # documents that hold the same passage, or are the same
UPLOADS = "uploads"  # label of files that came through the page; no folder to compare them with
ANYTHING = "*"  # whatever is stored under a uri may be replaced; no file has this for its sha256
WEB = "web"  # label of pages that were fetched by their address


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
        header: the header row of the table that the chunk continues, or empty.
        text_hash: ``hash_of`` the text that was embedded, so that it is not embedded again; ``None``: unknown.
    """

    text: str
    start: int
    end: int
    page: int | None
    heading: tuple[str, ...]
    terms: str
    header: str = ""
    text_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A file to be stored, replacing whatever its uri held before.

    Attributes:
        indexed_at: when, in ISO format; empty for now.
    """

    uri: str
    path: Path
    sha256: str
    made_by: str
    bytes: int
    status: str = "indexed"
    reason: str = ""
    missing: Missing = ""
    format: str = ""
    title: str = ""
    pages: int = 0
    text: str = ""
    hidden: tuple[HiddenText, ...] = ()
    hidden_words: int = 0
    address: str = ""
    validators: str = ""
    indexed_at: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A stored document without its text.

    Attributes:
        reason: why it is partial or refused, a ``Phrase`` unless an earlier version stored it.
        missing: what would make it readable (``chatbot.errors.Missing``).
        hidden_words: words of the file that its readers do not see; ``View.hidden_text`` has them.
        address: of a web page, else empty.
        validators: by which its server knows whether the page has changed (``ingest.web.fetch``).
    """

    uri: str
    path: Path
    sha256: str
    made_by: str
    status: str
    reason: str
    missing: Missing
    format: str
    title: str
    bytes: int
    pages: int
    indexed_at: str
    chunks: int
    hidden_words: int = 0
    address: str = ""
    validators: str = ""

    @property
    def name(self) -> str:
        return name_of(self.uri)

    @property
    def is_kept(self) -> bool:
        """Whether its content is kept in the index folder: it came through the page, or from the web."""
        return is_kept(self.uri)


class DocumentName(NamedTuple):
    """What a document is called; all that finding it by its name needs."""

    uri: str
    title: str


def is_kept(uri: str) -> bool:
    """Whether the content of such a document is kept in the index: it came through the page, or from the web."""
    return uri.startswith((f"{UPLOADS}/", f"{WEB}/"))


def name_of(uri: str) -> str:
    """The name of the file that a uri ends with."""
    return uri.rsplit("/", 1)[-1]


def same_content(documents: Iterable[DocumentRow]) -> dict[str, tuple[str, ...]]:
    """The uris of the documents whose files are the same, byte for byte, under the uri of each of them.

    One content at several places is several documents, each of which comes and goes with its place; the vectors of
    its passages are computed once. Empty files and those that could not be opened are like no other.
    """
    places: dict[str, list[str]] = {}
    for row in documents:
        if row.sha256 and row.bytes:
            places.setdefault(row.sha256, []).append(row.uri)
    shared = (tuple(uris) for uris in places.values() if len(uris) > 1)
    return {uri: uris for uris in shared for uri in uris}


def other_places(places: Mapping[str, tuple[str, ...]], uri: str) -> tuple[str, ...]:
    """The other documents with the content of ``uri``, not more than ``NAMED``; ``places`` is of ``same_content``."""
    return tuple(other for other in places.get(uri, ())[: NAMED + 1] if other != uri)[:NAMED]


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


@dataclass(frozen=True, slots=True)
class SamePassage:
    """Chunks that read the same, word for word, under the same headings.

    Attributes:
        first: the one that has been in the index longest, which stands for all.
        count: how many there are.
    """

    first: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Maintained:
    """What putting an index in order has made.

    Attributes:
        file: the name of the new file, empty where the engine has none of its own.
        chunks: in the vector index.
        bytes: of the file, or of the vector index.
    """

    file: str
    chunks: int
    bytes: int


def are_unit(vectors: Vectors) -> NDArray[np.bool_]:
    """For each row of ``vectors`` (n, dimension): has it length 1? Rows that are not numbers have not."""
    with np.errstate(all="ignore"):  # a damaged one may hold anything
        return np.asarray(np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-3)


def is_unit(vector: bytes, dimension: int) -> bool:
    """Whether a stored embedding has the right size, only numbers, and length 1."""
    values = np.frombuffer(vector, "<f4") if len(vector) % 4 == 0 else np.empty(0, np.float32)
    return len(values) == dimension and bool(are_unit(values[None, :])[0])


def context_of(text: str, heading: tuple[str, ...]) -> str:
    """The headings above a chunk that it does not itself begin with: "Leave > Annual leave", or empty.

    "10 days" alone says little; under "Annual leave" it answers a question.
    """
    return " > ".join(title for title in heading if title not in text[: len(title) + 8])


def embedded_text(text: str, heading: tuple[str, ...], header: str = "") -> str:
    """What the models read: the chunk under its headings and the header row of its table, as a person would see it."""
    return without_invisible("\n".join(filter(None, (context_of(text, heading), header, text))))


def hash_of(embedded: str) -> bytes:
    """16 bytes that stand for a text that was embedded; within one index the model is always the same."""
    return hashlib.blake2b(embedded.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def vectors_of(rows: Sequence[tuple[int, bytes]], dimension: int) -> tuple[Ids, Vectors]:
    """Stored (id, embedding) rows as arrays of shapes (n,) and (n, dimension)."""
    ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    return ids, np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), dimension)
