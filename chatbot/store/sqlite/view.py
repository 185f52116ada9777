"""A view of a store: everything that can be read, as of one moment."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from chatbot.errors import DocumentMissing, Phrase
from chatbot.store.records import (
    NAMED,
    ChunkRow,
    DocumentName,
    DocumentRow,
    Ids,
    SamePassage,
    Vectors,
    hash_of,
)
from chatbot.store.sqlite.base_file import BaseRow
from chatbot.store.sqlite.base_file import rows as base_rows
from chatbot.store.sqlite.snapshot import Snapshot
from chatbot.text.hidden import HiddenText, from_stored

_DOCUMENT = (
    "SELECT uri, path, sha256, made_by, status, reason, missing, format, title, bytes, pages, indexed_at,"
    " (SELECT count(*) FROM chunk WHERE document_id = document.id),"
    " hidden_words, address, validators FROM document"
)
_CHUNK = (
    "SELECT chunk.id, uri, position, page, char_start, char_end, heading, chunk.text, header"
    " FROM chunk JOIN document ON document.id = document_id"
)
_VARIABLES = 500  # in one SQL statement


class View:
    """One commit of a store; every method answers as of that commit."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        load_snapshot: Callable[[], Snapshot],
        folder: Path,
        dimension: int,
    ) -> None:
        self.connection = connection
        self._load_snapshot = load_snapshot
        self.folder = folder
        self.dimension = dimension  # of a vector

    @cached_property
    def snapshot(self) -> Snapshot:
        """The vectors; opened when they are first needed, so that a list of documents costs no FAISS."""
        return self._load_snapshot()

    # documents

    def documents(self, filters: Sequence[str] = ()) -> list[DocumentRow]:
        """All documents by uri, refused ones included; those that ``filters`` let through, as in ``allowed``.

        Raises:
            DocumentMissing: a filter matches no document.
        """
        return [_document(row) for row in self._by_uri(_DOCUMENT, filters)]

    def document_names(self, filters: Sequence[str] = ()) -> list[DocumentName]:
        """Uri and title of all that ``documents`` gives: of 100,000 in a tenth of the time. Raises the same."""
        return list(map(DocumentName._make, self._by_uri("SELECT uri, title FROM document", filters)))

    def _by_uri(self, select: str, filters: Sequence[str]) -> sqlite3.Cursor:
        if not filters:
            return self.connection.execute(f"{select} ORDER BY uri")
        return self.connection.execute(
            f"{select} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY uri",
            (json.dumps(sorted(self._documents_of(filters))),),
        )

    def document(self, uri: str) -> DocumentRow | None:
        row = self.connection.execute(f"{_DOCUMENT} WHERE uri = ?", (uri,)).fetchone()
        return _document(row) if row else None

    def hidden_text(self, uri: str) -> tuple[HiddenText, ...]:
        """What the document's file hides from its readers; empty for a document that is not there."""
        row = self.connection.execute("SELECT hidden FROM document WHERE uri = ?", (uri,)).fetchone()
        return from_stored(row[0]) if row else ()

    def document_text(self, uri: str) -> str:
        """The stored text, into which all spans of the document's chunks point; ``DocumentMissing`` if there is none."""
        row = self.connection.execute("SELECT text FROM document WHERE uri = ?", (uri,)).fetchone()
        if row is None:
            raise DocumentMissing(
                "no document {name} in the index; run: secondlook ingest FOLDER", name=repr(uri)
            )
        return str(row[0])

    def text_between(self, uri: str, start: int, end: int) -> str:
        """``document_text(uri)[start:end]`` without reading the rest; empty if there is no such document."""
        row = self.connection.execute(
            "SELECT substr(text, ?, ?) FROM document WHERE uri = ?", (start + 1, max(end - start, 0), uri)
        ).fetchone()
        return str(row[0]) if row else ""

    def roots(self) -> dict[str, Path]:
        """label -> folder of everything that was ingested as a folder."""
        return {label: Path(path) for label, path in self.connection.execute("SELECT label, path FROM root")}

    # chunks

    def chunks(self, ids: Iterable[int]) -> dict[int, ChunkRow]:
        """The chunks with these ids that exist."""
        wanted = json.dumps([int(i) for i in ids])
        rows = self.connection.execute(
            f"{_CHUNK} WHERE chunk.id IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {row[0]: _chunk(row) for row in rows}

    def chunks_of(self, uri: str, most: int | None = None) -> list[ChunkRow]:
        """A document's chunks in reading order; the first ``most`` of them where that is given."""
        limit = -1 if most is None else most
        rows = self.connection.execute(f"{_CHUNK} WHERE uri = ? ORDER BY position LIMIT ?", (uri, limit))
        return [_chunk(row) for row in rows]

    def embeddings_of(self, uri: str, most: int) -> Vectors:
        """The embeddings of the first ``most`` chunks of a document in reading order, (n, dimension)."""
        rows = self.connection.execute(
            "SELECT embedding FROM chunk JOIN document ON document.id = document_id"
            " WHERE uri = ? ORDER BY position LIMIT ?",
            (uri, most),
        ).fetchall()
        vectors = np.frombuffer(b"".join(row[0] for row in rows), "<f4")
        return vectors.reshape(len(rows), -1) if rows else np.empty((0, 0), np.float32)

    def chunks_around(self, chunk: int, before: int, after: int) -> list[ChunkRow]:
        """The chunk with this id between so many of its document's on either side, in reading order.

        Empty if there is no such chunk any more.
        """
        rows = self.connection.execute(
            f"{_CHUNK} WHERE document_id = (SELECT document_id FROM chunk WHERE id = ?1) AND position BETWEEN"
            " (SELECT position FROM chunk WHERE id = ?1) - ?2 AND (SELECT position FROM chunk WHERE id = ?1) + ?3"
            " ORDER BY position",
            (chunk, before, after),
        )
        return [_chunk(row) for row in rows]

    def chunk_count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM chunk").fetchone()[0])

    def chunk_ids(self) -> Ids:
        """Ids of all chunks, ascending."""
        rows = self.connection.execute("SELECT id FROM chunk ORDER BY id").fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def known_embeddings(self, texts: Sequence[str]) -> list[Vectors | None]:
        """For each text its embedding, shape (dimension,), if a chunk with it is or was recently stored."""
        found = self._of_texts(texts, ("embedding", "embedding_cache"), ("embedding", "chunk"))
        return [np.frombuffer(vector, "<f4") if vector is not None else None for vector in found]

    def known_token_vectors(self, texts: Sequence[str]) -> list[bytes | None]:
        """For each text that was embedded the codes of its token vectors, if they are stored."""
        return self._of_texts(texts, ("codes", "token_vectors"))

    def _of_texts(self, texts: Sequence[str], *places: tuple[str, str]) -> list[bytes | None]:
        """What a column of a table holds for each text, by its hash; the last of ``places`` that has it."""
        hashes = [hash_of(text) for text in texts]
        known: dict[bytes, bytes] = {}
        for start in range(0, len(hashes), _VARIABLES):
            part = list(dict.fromkeys(hashes[start : start + _VARIABLES]))
            marks = ", ".join("?" * len(part))
            for column, table in places:
                known.update(
                    self.connection.execute(
                        f"SELECT text_hash, {column} FROM {table} WHERE text_hash IN ({marks})", part
                    )
                )
        return [known.get(key) for key in hashes]

    def token_vectors(self, ids: Iterable[int]) -> dict[int, bytes]:
        """The codes of the token vectors of those chunks that have them (``chatbot.reranking.codec``)."""
        rows = self.connection.execute(
            "SELECT chunk.id, codes FROM chunk JOIN token_vectors USING (text_hash)"
            " WHERE chunk.id IN (SELECT value FROM json_each(?))",
            (json.dumps([int(i) for i in ids]),),
        )
        return dict(rows.fetchall())

    def token_vector_size(self) -> tuple[int, int]:
        """How many texts have token vectors, and their bytes."""
        row = self.connection.execute(
            "SELECT count(*), coalesce(sum(length(codes)), 0) FROM token_vectors"
        ).fetchone()
        return int(row[0]), int(row[1])

    def without_token_vectors(self, number: int, after: int, limit: int) -> list[ChunkRow]:
        """Up to ``limit`` chunks, one of each text, whose text has no token vectors that begin with byte ``number``.

        Args:
            after: chunks with larger ids only, so that one call goes on where another ended.
        """
        rows = self.connection.execute(
            # by id and not by a set of hashes: a call reads no more than it gives, however large the index
            "SELECT id FROM chunk WHERE id > ? AND text_hash NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM token_vectors WHERE text_hash = chunk.text_hash AND substr(codes, 1, 1) = ?)"
            " AND id = (SELECT min(id) FROM chunk AS copy WHERE copy.text_hash = chunk.text_hash)"
            " ORDER BY id LIMIT ?",
            (after, bytes([number]), limit),
        ).fetchall()
        return sorted(self.chunks(row[0] for row in rows).values(), key=lambda chunk: chunk.id)

    def same_passages(self, ids: Sequence[int], allowed: Ids | None = None) -> dict[int, SamePassage]:
        """For each of these chunks, which chunks read the same among those that ``allowed`` lets through."""
        hashes = dict(
            self.connection.execute(
                "SELECT id, text_hash FROM chunk WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps([int(i) for i in ids]),),
            )
        )
        only, values = _only_chunks(allowed)
        groups: dict[bytes, SamePassage] = {}
        wanted = [key for key in dict.fromkeys(hashes.values()) if key is not None]
        for start in range(0, len(wanted), _VARIABLES):
            part = wanted[start : start + _VARIABLES]
            rows = self.connection.execute(
                "SELECT text_hash, min(id), count(*) FROM chunk WHERE text_hash IN"
                f" ({', '.join('?' * len(part))}){only} GROUP BY text_hash",
                (*part, *values),
            )
            groups.update({key: SamePassage(first, count) for key, first, count in rows})
        return {chunk: groups[key] if key in groups else SamePassage(chunk) for chunk, key in hashes.items()}

    def also_in(self, chunk: int, allowed: Ids | None = None) -> tuple[str, ...]:
        """The other documents that hold a passage which reads as this chunk, by uri, not more than ``NAMED``."""
        only, values = _only_chunks(allowed)
        rows = self.connection.execute(
            "SELECT DISTINCT uri FROM chunk JOIN document ON document.id = document_id"
            " WHERE text_hash = (SELECT text_hash FROM chunk WHERE id = ?1)"
            f" AND document_id != (SELECT document_id FROM chunk WHERE id = ?1){only}"
            f" ORDER BY chunk.id LIMIT {NAMED}",
            (chunk, *values),
        )
        return tuple(row[0] for row in rows)

    def base_files(self) -> list[BaseRow]:
        """The base files that are kept, newest first."""
        return base_rows(self.connection)

    # search

    def allowed(self, filters: Sequence[str]) -> Ids | None:
        """Ids of the chunks that ``filters`` let through, ``None`` for no filters.

        A filter is a document's uri, a folder's (``data`` or ``data/2024``), a bare file name, or the path on disk
        of a file or folder that was ingested.

        Raises:
            DocumentMissing: a filter matches no document.
        """
        if not filters:
            return None
        rows = self.connection.execute(
            "SELECT id FROM chunk WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(sorted(self._documents_of(filters))),),
        ).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def _documents_of(self, filters: Sequence[str]) -> set[int]:
        """Ids of the documents that ``filters`` name. Raises ``DocumentMissing`` where one names none."""
        found: set[int] = set()
        for wanted in filters:
            uri = unicodedata.normalize("NFC", wanted).rstrip("/")
            # a whole uri means that document alone; and the page may name thousands, 4 ms each without the index
            exact = self.connection.execute("SELECT id FROM document WHERE uri = ?", (uri,)).fetchone()
            if exact:
                found.add(exact[0])
                continue
            matches = self.connection.execute(
                "SELECT id FROM document WHERE uri = ?1 OR substr(uri, 1, length(?1) + 1) = ?1 || '/'"
                " OR substr(uri, -length(?1) - 1) = '/' || ?1"
                " OR path = ?2 OR substr(path, 1, length(?2) + 1) = ?2 || '/'",
                (uri, str(Path(wanted).absolute()).rstrip("/")),
            ).fetchall()
            if not matches or not uri:
                raise DocumentMissing(
                    "no document or folder matches {name}; see: secondlook doctor", name=repr(wanted)
                )
            found.update(row[0] for row in matches)
        return found

    def dense(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """(chunk id, cosine) of the k nearest, best first; ``vector`` has shape (dimension,) and length 1."""
        return self.snapshot.search(vector, k, allowed)

    def lexical(self, match: str, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """(chunk id, BM25) of the k best for an FTS5 expression, best first; higher is better."""
        if not match or k <= 0:
            return []
        only, values = _only(allowed)
        rows = self.connection.execute(
            f"SELECT rowid, -rank FROM chunk_fts WHERE chunk_fts MATCH ?{only} ORDER BY rank LIMIT ?",
            (match, *values, k),
        )
        return [(row[0], row[1]) for row in rows]

    def texts_with(self, match: str, most: int, allowed: Ids | None = None) -> list[str]:
        """The texts of the first ``most`` chunks that fit an FTS5 expression, by id: nothing is scored."""
        only, values = _only(allowed)
        rows = self.connection.execute(
            "SELECT text FROM chunk WHERE id IN"
            f" (SELECT rowid FROM chunk_fts WHERE chunk_fts MATCH ?{only} LIMIT ?)",
            (match, *values, most),
        )
        return [row[0] for row in rows]

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        """Exact cosine of ``vector`` with each of these chunks."""
        rows = self.connection.execute(
            "SELECT id, embedding FROM chunk WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([int(i) for i in ids]),),
        )
        return {row[0]: float(np.frombuffer(row[1], "<f4") @ vector) for row in rows}

    def bm25(self, match: str, ids: Iterable[int]) -> dict[int, float]:
        """BM25 of each of these chunks that shares a term with the expression."""
        if not match:
            return {}
        only, values = _only(np.asarray([int(i) for i in ids], np.int64))
        rows = self.connection.execute(
            f"SELECT rowid, -rank FROM chunk_fts WHERE chunk_fts MATCH ?{only}", (match, *values)
        )
        return {row[0]: row[1] for row in rows}


def _only_chunks(allowed: Ids | None) -> tuple[str, tuple[str, ...]]:
    if allowed is None:
        return "", ()
    return " AND chunk.id IN (SELECT value FROM json_each(?))", (json.dumps(allowed.tolist()),)


def _only(allowed: Ids | None) -> tuple[str, tuple[str, ...]]:
    if allowed is None:
        return "", ()
    # the plus keeps FTS5 from running the whole expression once for every id: 0.7 ms instead of 36
    return " AND +rowid IN (SELECT value FROM json_each(?))", (json.dumps(allowed.tolist()),)


def _document(row: tuple[Any, ...]) -> DocumentRow:
    uri, path, sha256, made_by, status, reason, *rest = row
    return DocumentRow(uri, Path(path), sha256, made_by, status, Phrase.from_stored(reason), *rest)


def _chunk(row: tuple[Any, ...]) -> ChunkRow:
    chunk, uri, position, page, start, end, heading, text, header = row
    return ChunkRow(chunk, uri, position, page, start, end, tuple(json.loads(heading)), text, header)
