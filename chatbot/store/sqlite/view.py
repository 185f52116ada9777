"""A view of a store: everything that can be read, as of one moment."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path

import numpy as np

from chatbot.errors import DocumentMissing
from chatbot.store.protocol import Scope, View
from chatbot.store.records import (
    NAMED,
    ChunkRow,
    DocumentName,
    DocumentRow,
    Hit,
    Ids,
    SamePassage,
    Vectors,
    hash_of,
)
from chatbot.store.selected import CHUNKS, DOCUMENTS, chunk_of, document_of
from chatbot.store.sqlite.base_file import BaseRow
from chatbot.store.sqlite.base_file import rows as base_rows
from chatbot.store.sqlite.fts5 import any_of, any_of_with
from chatbot.store.sqlite.snapshot import Snapshot
from chatbot.text.hidden import HiddenText, from_stored

_VARIABLES = 500  # in one SQL statement


@dataclass(frozen=True, slots=True)
class ChunkIds(Scope):
    """Ids of chunks, ascending: FAISS and FTS5 both want them."""

    ids: Ids


class SqliteView(View):
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

    def documents(
        self, filters: Sequence[str] = (), *, after: str = "", most: int | None = None
    ) -> list[DocumentRow]:
        return [document_of(row) for row in self._by_uri(DOCUMENTS, filters, after, most)]

    def document_names(self, filters: Sequence[str] = ()) -> list[DocumentName]:
        return list(map(DocumentName._make, self._by_uri("SELECT uri, title FROM document", filters)))

    def _by_uri(
        self, select: str, filters: Sequence[str], after: str = "", most: int | None = None
    ) -> sqlite3.Cursor:
        where, values = "uri > ?", [after]
        if filters:
            where += " AND id IN (SELECT value FROM json_each(?))"
            values.append(json.dumps(sorted(self._documents_of(filters))))
        limit = -1 if most is None else most
        return self.connection.execute(f"{select} WHERE {where} ORDER BY uri LIMIT ?", (*values, limit))

    def document(self, uri: str) -> DocumentRow | None:
        row = self.connection.execute(f"{DOCUMENTS} WHERE uri = ?", (uri,)).fetchone()
        return document_of(row) if row else None

    def hidden_text(self, uri: str) -> tuple[HiddenText, ...]:
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
        row = self.connection.execute(
            "SELECT substr(text, ?, ?) FROM document WHERE uri = ?", (start + 1, max(end - start, 0), uri)
        ).fetchone()
        return str(row[0]) if row else ""

    def roots(self) -> dict[str, Path]:
        return {label: Path(path) for label, path in self.connection.execute("SELECT label, path FROM root")}

    # chunks

    def chunks(self, ids: Iterable[int]) -> dict[int, ChunkRow]:
        wanted = json.dumps([int(i) for i in ids])
        rows = self.connection.execute(
            f"{CHUNKS} WHERE chunk.id IN (SELECT value FROM json_each(?))", (wanted,)
        )
        return {row[0]: chunk_of(row) for row in rows}

    def chunks_of(self, uri: str, most: int | None = None) -> list[ChunkRow]:
        limit = -1 if most is None else most
        rows = self.connection.execute(f"{CHUNKS} WHERE uri = ? ORDER BY position LIMIT ?", (uri, limit))
        return [chunk_of(row) for row in rows]

    def embeddings_of(self, uri: str, most: int) -> Vectors:
        rows = self.connection.execute(
            "SELECT embedding FROM chunk JOIN document ON document.id = document_id"
            " WHERE uri = ? ORDER BY position LIMIT ?",
            (uri, most),
        ).fetchall()
        vectors = np.frombuffer(b"".join(row[0] for row in rows), "<f4")
        return vectors.reshape(len(rows), -1) if rows else np.empty((0, 0), np.float32)

    def chunks_around(self, chunk: int, before: int, after: int) -> list[ChunkRow]:
        rows = self.connection.execute(
            f"{CHUNKS} WHERE document_id = (SELECT document_id FROM chunk WHERE id = ?1) AND position BETWEEN"
            " (SELECT position FROM chunk WHERE id = ?1) - ?2 AND (SELECT position FROM chunk WHERE id = ?1) + ?3"
            " ORDER BY position",
            (chunk, before, after),
        )
        return [chunk_of(row) for row in rows]

    def chunk_count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM chunk").fetchone()[0])

    def chunk_ids(self) -> Ids:
        """Ids of all chunks, ascending."""
        rows = self.connection.execute("SELECT id FROM chunk ORDER BY id").fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def known_embeddings(self, texts: Sequence[str]) -> list[Vectors | None]:
        found = self._of_texts(texts, ("embedding", "embedding_cache"), ("embedding", "chunk"))
        return [np.frombuffer(vector, "<f4") if vector is not None else None for vector in found]

    def known_token_vectors(self, texts: Sequence[str]) -> list[bytes | None]:
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
        rows = self.connection.execute(
            "SELECT chunk.id, codes FROM chunk JOIN token_vectors USING (text_hash)"
            " WHERE chunk.id IN (SELECT value FROM json_each(?))",
            (json.dumps([int(i) for i in ids]),),
        )
        return dict(rows.fetchall())

    def token_vector_size(self) -> tuple[int, int]:
        row = self.connection.execute(
            "SELECT count(*), coalesce(sum(length(codes)), 0) FROM token_vectors"
        ).fetchone()
        return int(row[0]), int(row[1])

    def without_token_vectors(self, number: int, after: int, limit: int) -> list[ChunkRow]:
        rows = self.connection.execute(
            # by id and not by a set of hashes: a call reads no more than it gives, however large the index
            "SELECT id FROM chunk WHERE id > ? AND text_hash NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM token_vectors WHERE text_hash = chunk.text_hash AND substr(codes, 1, 1) = ?)"
            " AND id = (SELECT min(id) FROM chunk AS copy WHERE copy.text_hash = chunk.text_hash)"
            " ORDER BY id LIMIT ?",
            (after, bytes([number]), limit),
        ).fetchall()
        return sorted(self.chunks(row[0] for row in rows).values(), key=lambda chunk: chunk.id)

    def same_passages(self, ids: Sequence[int], scope: Scope | None = None) -> dict[int, SamePassage]:
        hashes = dict(
            self.connection.execute(
                "SELECT id, text_hash FROM chunk WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps([int(i) for i in ids]),),
            )
        )
        only, values = _only_chunks(_ids(scope))
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

    def also_in(self, chunk: int, scope: Scope | None = None) -> tuple[str, ...]:
        only, values = _only_chunks(_ids(scope))
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

    def scope(
        self, filters: Sequence[str], *more: Sequence[str], ids: Sequence[int] | None = None
    ) -> ChunkIds | None:
        lists = [self._chunks_of_documents(self._documents_of(one)) for one in (filters, *more) if one]
        if ids is not None:
            lists.append(np.asarray(ids, np.int64))
        return ChunkIds(reduce(np.intersect1d, lists)) if lists else None

    def _chunks_of_documents(self, documents: set[int]) -> Ids:
        rows = self.connection.execute(
            "SELECT id FROM chunk WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(sorted(documents)),),
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

    def dense(self, vector: Vectors, k: int, scope: Scope | None = None) -> list[Hit]:
        return self.snapshot.search(vector, k, _ids(scope))

    def lexical(self, terms: Sequence[str], k: int, scope: Scope | None = None) -> list[Hit]:
        match = any_of(terms)
        if not match or k <= 0:
            return []
        only, values = _only(_ids(scope))
        rows = self.connection.execute(
            f"SELECT rowid, -rank FROM chunk_fts WHERE chunk_fts MATCH ?{only} ORDER BY rank LIMIT ?",
            (match, *values, k),
        )
        return [(row[0], row[1]) for row in rows]

    def texts_with(
        self, any_of: Sequence[str], most: int, scope: Scope | None = None, all_of: Sequence[str] = ()
    ) -> list[str]:
        match = any_of_with(any_of, all_of)
        if not match:
            return []
        only, values = _only(_ids(scope))
        rows = self.connection.execute(
            "SELECT text FROM chunk WHERE id IN"
            f" (SELECT rowid FROM chunk_fts WHERE chunk_fts MATCH ?{only} LIMIT ?)",
            (match, *values, most),
        )
        return [row[0] for row in rows]

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        rows = self.connection.execute(
            "SELECT id, embedding FROM chunk WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([int(i) for i in ids]),),
        )
        return {row[0]: float(np.frombuffer(row[1], "<f4") @ vector) for row in rows}

    def bm25(self, terms: Sequence[str], ids: Iterable[int]) -> dict[int, float]:
        match = any_of(terms)
        if not match:
            return {}
        only, values = _only(np.asarray([int(i) for i in ids], np.int64))
        rows = self.connection.execute(
            f"SELECT rowid, -rank FROM chunk_fts WHERE chunk_fts MATCH ?{only}", (match, *values)
        )
        return {row[0]: row[1] for row in rows}


def _ids(scope: Scope | None) -> Ids | None:
    if scope is None:
        return None
    assert isinstance(scope, ChunkIds), "a scope is of use only to a view of the same store"
    return scope.ids


def _only_chunks(allowed: Ids | None) -> tuple[str, tuple[str, ...]]:
    if allowed is None:
        return "", ()
    return " AND chunk.id IN (SELECT value FROM json_each(?))", (json.dumps(allowed.tolist()),)


def _only(allowed: Ids | None) -> tuple[str, tuple[str, ...]]:
    if allowed is None:
        return "", ()
    # the plus keeps FTS5 from running the whole expression once for every id: 0.7 ms instead of 36
    return " AND +rowid IN (SELECT value FROM json_each(?))", (json.dumps(allowed.tolist()),)
