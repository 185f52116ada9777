"""What every engine of the index can do: ``Store``, and what it opens, a ``View`` to read and a ``Writer``.

An engine is chosen by name (``chatbot.store.engines``); the rest of the program knows no other names than these.
``tests/chatbot/store/contract`` holds every engine to what is said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from chatbot.store.records import (
    ANYTHING,
    ChunkRow,
    DocumentName,
    DocumentRow,
    Hit,
    Maintained,
    NewChunk,
    NewDocument,
    SamePassage,
    StoreIdentity,
    Vectors,
)
from chatbot.text.hidden import HiddenText


class Scope:
    """Which passages a search may find: made by ``View.scope``, and of use only to a view of the same store.

    What is in it depends on the engine: ids of chunks, ids of documents, a scope of each of several notebooks.
    """


class View(Protocol):
    """One moment of a store; every method answers as of that moment."""

    # documents

    def documents(
        self, filters: Sequence[str] = (), *, after: str = "", most: int | None = None
    ) -> list[DocumentRow]:
        """Documents by uri, refused ones included; those that ``filters`` let through, as in ``scope``.

        Args:
            after: only those whose uri comes after this one, so that one page of a list follows another.
            most: of them, at most.

        Raises:
            DocumentMissing: a filter matches no document.
        """
        ...

    def document_names(self, filters: Sequence[str] = ()) -> list[DocumentName]:
        """Uri and title of all that ``documents`` gives: of 100,000 in a tenth of the time. Raises the same."""
        ...

    def document(self, uri: str) -> DocumentRow | None: ...

    def hidden_text(self, uri: str) -> tuple[HiddenText, ...]:
        """What the document's file hides from its readers; empty for a document that is not there."""
        ...

    def document_text(self, uri: str) -> str:
        """The stored text, into which all spans of the document's chunks point.

        Raises:
            DocumentMissing: there is no such document.
        """
        ...

    def text_between(self, uri: str, start: int, end: int) -> str:
        """``document_text(uri)[start:end]`` without reading the rest; empty if there is no such document."""
        ...

    def roots(self) -> dict[str, Path]:
        """label -> folder of everything that was ingested as a folder."""
        ...

    # chunks

    def chunks(self, ids: Iterable[int]) -> dict[int, ChunkRow]:
        """The chunks with these ids that exist."""
        ...

    def chunks_of(self, uri: str, most: int | None = None) -> list[ChunkRow]:
        """A document's chunks in reading order; the first ``most`` of them where that is given."""
        ...

    def embeddings_of(self, uri: str, most: int) -> Vectors:
        """The embeddings of the first ``most`` chunks of a document in reading order, (n, dimension)."""
        ...

    def chunks_around(self, chunk: int, before: int, after: int) -> list[ChunkRow]:
        """The chunk with this id between so many of its document's on either side, in reading order.

        Empty if there is no such chunk any more.
        """
        ...

    def chunk_count(self) -> int: ...

    def known_embeddings(self, texts: Sequence[str]) -> list[Vectors | None]:
        """For each text its embedding, shape (dimension,), if a chunk with it is or was recently stored."""
        ...

    # token vectors

    def known_token_vectors(self, texts: Sequence[str]) -> list[bytes | None]:
        """For each text that was embedded the codes of its token vectors, if they are stored."""
        ...

    def token_vectors(self, ids: Iterable[int]) -> dict[int, bytes]:
        """The codes of the token vectors of those chunks that have them (``chatbot.reranking.codec``)."""
        ...

    def token_vector_size(self) -> tuple[int, int]:
        """How many texts have token vectors, and their bytes."""
        ...

    def without_token_vectors(self, number: int, after: int, limit: int) -> list[ChunkRow]:
        """Up to ``limit`` chunks, one of each text, whose text has no token vectors that begin with byte ``number``.

        Args:
            after: chunks with larger ids only, so that one call goes on where another ended.
        """
        ...

    # passages that read the same

    def same_passages(self, ids: Sequence[int], scope: Scope | None = None) -> dict[int, SamePassage]:
        """For each of these chunks, which chunks read the same among those in ``scope``."""
        ...

    def also_in(self, chunk: int, scope: Scope | None = None) -> tuple[str, ...]:
        """The other documents that hold a passage which reads as this chunk, by uri, not more than ``NAMED``."""
        ...

    # search

    def scope(
        self, filters: Sequence[str], *more: Sequence[str], ids: Sequence[int] | None = None
    ) -> Scope | None:
        """The chunks that ``filters`` let through, ``None`` for no filters.

        A filter is a document's uri, a folder's (``data`` or ``data/2024``), a bare file name, or the path on disk
        of a file or folder that was ingested.

        Args:
            more: further lists of filters; each that is not empty must let a chunk through.
            ids: of these chunks only.

        Raises:
            DocumentMissing: a filter matches no document.
        """
        ...

    def dense(self, vector: Vectors, k: int, scope: Scope | None = None) -> list[Hit]:
        """(chunk id, cosine) of the k nearest, best first; ``vector`` has shape (dimension,) and length 1."""
        ...

    def lexical(self, terms: Sequence[str], k: int, scope: Scope | None = None) -> list[Hit]:
        """(chunk id, BM25) of the k best that share any of ``terms``, best first; higher is better.

        Args:
            terms: as ``chatbot.text.keywords`` makes them of a question; the engine stems them as it does its own.
        """
        ...

    def texts_with(
        self, any_of: Sequence[str], most: int, scope: Scope | None = None, all_of: Sequence[str] = ()
    ) -> list[str]:
        """The texts of the first ``most`` chunks that hold any of some terms and all of others: nothing is scored."""
        ...

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Exact cosine of ``vector`` with each of these chunks."""
        ...

    def bm25(self, terms: Sequence[str], ids: Iterable[int]) -> dict[int, float]:
        """BM25 of each of these chunks that shares any of ``terms``."""
        ...


class Writer(Protocol):
    """Who may write; each method is one transaction, wholly done or not at all."""

    def replace(
        self,
        document: NewDocument,
        chunks: Sequence[NewChunk],
        vectors: Vectors,
        codes: Mapping[bytes, bytes] = MappingProxyType({}),
        seen: str | None = ANYTHING,
    ) -> bool:
        """Store ``document`` under its uri with ``vectors[i]`` for ``chunks[i]``, in place of what was there.

        Args:
            codes: token vectors by ``text_hash`` (``chatbot.reranking.codec``), of as many chunks as have them.
            seen: the ``sha256`` of what the caller knows to be there, ``None`` for nothing: where something else is
                there by now, nothing is stored.

        Returns:
            Whether it was stored.
        """
        ...

    def keep_token_vectors(self, codes: Mapping[bytes, bytes]) -> None:
        """Token vectors of texts that are in the index already, by ``text_hash``."""
        ...

    def drop_token_vectors(self) -> None:
        """Remove all token vectors; the second look then reads the passages themselves."""
        ...

    def extend(self, document: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Add chunks to a stored document; ``document.text`` is the whole new text, which the old one begins."""
        ...

    def rename(
        self, uri: str, new_uri: str, path: Path, seen: str = ANYTHING, seen_there: str | None = ANYTHING
    ) -> bool:
        """The file of a document has another name or place; its chunks, their ids and vectors stay.

        What ``new_uri`` held before is gone.

        Args:
            seen, seen_there: as in ``replace``, of ``uri`` and of ``new_uri``: where something else is there by now,
                nothing is renamed.

        Returns:
            Whether it was renamed.

        Raises:
            StoreError: there is no document ``uri``, and none is said to have been seen.
        """
        ...

    def delete(self, uri: str, seen: str = ANYTHING) -> bool:
        """Remove a document and everything of it; ``False`` if there is none, or another one than was ``seen``."""
        ...

    def label_root(self, path: Path) -> str:
        """The label under which documents of the folder ``path`` appear; a new one is the folder's name."""
        ...

    def relabel_root(self, label: str, path: Path) -> None:
        """The folder called ``label`` is now at ``path``: its documents are, too. Nothing else changes."""
        ...

    def compact(self, only_if_due: bool = False) -> bool:
        """Put the vector index in order, where the engine does not by itself; returns whether anything was done."""
        ...


class Files(Protocol):
    """The content of uploads and of web pages, by the sha256 of it."""

    def put(self, sha256: str, content: bytes) -> Path:
        """Keep ``content``; returns where it lies."""
        ...

    def path(self, sha256: str) -> Path:
        """Where the content is on this machine; there is no file there if it is not kept."""
        ...

    def sweep(self, used: set[str]) -> None:
        """Remove what is not among ``used``; the caller is the one who writes."""
        ...


class Store(Protocol):
    """An index. Share one instance between all threads of a process."""

    identity: StoreIdentity
    dimension: int
    folder: Path

    @property
    def files(self) -> Files: ...

    def reading(self) -> AbstractContextManager[View]:
        """One consistent view of documents, terms and vectors; commits made meanwhile stay unseen."""
        ...

    def writing(self, wait_s: float = ...) -> AbstractContextManager[Writer]:
        """A writer. Where the engine has but one at a time, others wait ``wait_s`` seconds.

        Raises:
            StoreBusy: another one is still writing after that.
        """
        ...

    def sequence(self) -> int:
        """Another number after every commit: cheap, for noticing changes."""
        ...

    def stored_bytes(self) -> int:
        """What it takes on the disk, with the content of uploads and web pages."""
        ...

    def maintain(self) -> Maintained:
        """Put the vector index in order now, whether or not it is due."""
        ...

    def faults(self) -> list[str]:
        """A line for everything that is wrong with it, empty when all is well; reads all of it, changes nothing."""
        ...

    def repair(self) -> list[str]:
        """Mend what needs no embedding; a line for everything that was done.

        Raises:
            StoreBusy: another process is writing.
            StoreError: the index cannot be written, or is damaged beyond this.
        """
        ...

    def close(self) -> None:
        """Let go of every connection; running searches must have ended."""
        ...
