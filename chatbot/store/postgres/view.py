"""A view of an index in PostgreSQL: everything that can be read, as of one moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from psycopg import Connection

from chatbot.errors import DocumentMissing
from chatbot.store.postgres.scope import DocumentIds, documents_of, only
from chatbot.store.postgres.searching import dense, lexical, scored
from chatbot.store.postgres.terms import keys_of
from chatbot.store.protocol import Scope, View
from chatbot.store.records import (
    NAMED,
    ChunkRow,
    DocumentName,
    DocumentRow,
    Hit,
    SamePassage,
    Vectors,
    hash_of,
)
from chatbot.store.selected import CHUNKS, DOCUMENTS, chunk_of, document_of
from chatbot.text.hidden import HiddenText, from_stored


class PostgresView(View):
    """One moment of the index; ``connection`` is in a transaction that only reads."""

    def __init__(self, connection: Connection[Any], dimension: int) -> None:
        self.connection = connection
        self.dimension = dimension  # of a vector

    # documents

    def documents(
        self, filters: Sequence[str] = (), *, after: str = "", most: int | None = None
    ) -> list[DocumentRow]:
        return [document_of(row) for row in self._by_uri(DOCUMENTS, filters, after, most)]

    def document_names(self, filters: Sequence[str] = ()) -> list[DocumentName]:
        return list(map(DocumentName._make, self._by_uri("SELECT uri, title FROM document", filters)))

    def _by_uri(
        self, select: str, filters: Sequence[str], after: str = "", most: int | None = None
    ) -> list[tuple[Any, ...]]:
        where, values = "uri > %s", [after]
        if filters:
            where += " AND id = ANY(%s)"
            values.append(sorted(documents_of(self.connection, filters)))  # type: ignore[arg-type]
        return self._rows(f"{select} WHERE {where} ORDER BY uri LIMIT %s", *values, most)

    def document(self, uri: str) -> DocumentRow | None:
        rows = self._rows(f"{DOCUMENTS} WHERE uri = %s", uri)
        return document_of(rows[0]) if rows else None

    def hidden_text(self, uri: str) -> tuple[HiddenText, ...]:
        rows = self._rows("SELECT hidden FROM document WHERE uri = %s", uri)
        return from_stored(rows[0][0]) if rows else ()

    def document_text(self, uri: str) -> str:
        rows = self._rows("SELECT text FROM document WHERE uri = %s", uri)
        if not rows:
            raise DocumentMissing(
                "no document {name} in the index; run: secondlook ingest FOLDER", name=repr(uri)
            )
        return str(rows[0][0])

    def text_between(self, uri: str, start: int, end: int) -> str:
        rows = self._rows(
            "SELECT substr(text, %s, %s) FROM document WHERE uri = %s", start + 1, max(end - start, 0), uri
        )
        return str(rows[0][0]) if rows else ""

    def roots(self) -> dict[str, Path]:
        return {label: Path(path) for label, path in self._rows("SELECT label, path FROM root")}

    # chunks

    def chunks(self, ids: Iterable[int]) -> dict[int, ChunkRow]:
        rows = self._rows(f"{CHUNKS} WHERE chunk.id = ANY(%s)", _numbers(ids))
        return {row[0]: chunk_of(row) for row in rows}

    def chunks_of(self, uri: str, most: int | None = None) -> list[ChunkRow]:
        return list(
            map(chunk_of, self._rows(f"{CHUNKS} WHERE uri = %s ORDER BY position LIMIT %s", uri, most))
        )

    def embeddings_of(self, uri: str, most: int) -> Vectors:
        rows = self._rows(
            "SELECT vector_send(embedding) FROM chunk"
            " JOIN chunk_vector ON chunk_id = chunk.id AND chunk_vector.document_id = chunk.document_id"
            " JOIN document ON document.id = chunk.document_id WHERE uri = %s ORDER BY position LIMIT %s",
            uri,
            most,
        )
        return np.stack([vector_from(row[0]) for row in rows]) if rows else np.empty((0, 0), np.float32)

    def chunks_around(self, chunk: int, before: int, after: int) -> list[ChunkRow]:
        rows = self._rows(
            f"{CHUNKS} JOIN (SELECT document_id AS of, position AS at FROM chunk WHERE id = %s) AS this"
            " ON of = document_id WHERE position BETWEEN at - %s AND at + %s ORDER BY position",
            chunk,
            before,
            after,
        )
        return list(map(chunk_of, rows))

    def chunk_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM chunk")[0][0])

    def known_embeddings(self, texts: Sequence[str]) -> list[Vectors | None]:
        hashes = [hash_of(text) for text in texts]
        rows = self._rows(
            "SELECT text_hash, vector_send(embedding) FROM embedding_cache WHERE text_hash = ANY(%s)"
            " UNION ALL SELECT text_hash, vector_send(embedding) FROM chunk"
            " JOIN chunk_vector ON chunk_id = chunk.id AND chunk_vector.document_id = chunk.document_id"
            " WHERE text_hash = ANY(%s)",
            hashes,
            hashes,
        )
        known = {bytes(key): vector_from(vector) for key, vector in rows}
        return [known.get(key) for key in hashes]

    # token vectors

    def known_token_vectors(self, texts: Sequence[str]) -> list[bytes | None]:
        hashes = [hash_of(text) for text in texts]
        rows = self._rows(
            "SELECT DISTINCT ON (text_hash) text_hash, codes FROM chunk"
            " WHERE text_hash = ANY(%s) AND codes IS NOT NULL",
            hashes,
        )
        known = {bytes(key): bytes(codes) for key, codes in rows}
        return [known.get(key) for key in hashes]

    def token_vectors(self, ids: Iterable[int]) -> dict[int, bytes]:
        rows = self._rows(
            "SELECT id, codes FROM chunk WHERE id = ANY(%s) AND codes IS NOT NULL", _numbers(ids)
        )
        return {chunk: bytes(codes) for chunk, codes in rows}

    def token_vector_size(self) -> tuple[int, int]:
        row = self._rows(
            "SELECT count(*), coalesce(sum(size), 0) FROM (SELECT DISTINCT ON (text_hash) octet_length(codes) AS size"
            " FROM chunk WHERE codes IS NOT NULL AND text_hash IS NOT NULL) AS each"
        )[0]
        return int(row[0]), int(row[1])

    def without_token_vectors(self, number: int, after: int, limit: int) -> list[ChunkRow]:
        rows = self._rows(
            "SELECT id FROM chunk WHERE id > %s AND text_hash IS NOT NULL"
            " AND (codes IS NULL OR substr(codes, 1, 1) != %s)"
            " AND id = (SELECT min(id) FROM chunk AS copy WHERE copy.text_hash = chunk.text_hash)"
            " ORDER BY id LIMIT %s",
            after,
            bytes([number]),
            limit,
        )
        return sorted(self.chunks(row[0] for row in rows).values(), key=lambda chunk: chunk.id)

    # passages that read the same

    def same_passages(self, ids: Sequence[int], scope: Scope | None = None) -> dict[int, SamePassage]:
        hashes = dict(self._rows("SELECT id, text_hash FROM chunk WHERE id = ANY(%s)", _numbers(ids)))
        where, values = only(scope, "chunk.id")
        rows = self._rows(
            "SELECT text_hash, min(id), count(*) FROM chunk"
            f" WHERE text_hash = ANY(%s){where} GROUP BY text_hash",
            [key for key in hashes.values() if key is not None],
            *values,
        )
        groups = {bytes(key): SamePassage(first, count) for key, first, count in rows}
        return {
            chunk: groups.get(bytes(key), SamePassage(chunk)) if key is not None else SamePassage(chunk)
            for chunk, key in hashes.items()
        }

    def also_in(self, chunk: int, scope: Scope | None = None) -> tuple[str, ...]:
        where, values = only(scope, "chunk.id")
        rows = self._rows(
            "SELECT uri FROM chunk JOIN document ON document.id = document_id"
            " WHERE text_hash = (SELECT text_hash FROM chunk WHERE id = %s)"
            f" AND document_id != (SELECT document_id FROM chunk WHERE id = %s){where}"
            f" GROUP BY uri ORDER BY min(chunk.id) LIMIT {NAMED}",
            chunk,
            chunk,
            *values,
        )
        return tuple(row[0] for row in rows)

    # search

    def scope(
        self, filters: Sequence[str], *more: Sequence[str], ids: Sequence[int] | None = None
    ) -> DocumentIds | None:
        lists = [documents_of(self.connection, one) for one in (filters, *more) if one]
        if not lists and ids is None:
            return None
        documents = tuple(sorted(set.intersection(*lists))) if lists else None
        return DocumentIds(documents, None if ids is None else tuple(map(int, ids)))

    def dense(self, vector: Vectors, k: int, scope: Scope | None = None) -> list[Hit]:
        return dense(self.connection, self.dimension, vector, k, scope)

    def lexical(self, terms: Sequence[str], k: int, scope: Scope | None = None) -> list[Hit]:
        return lexical(self.connection, terms, k, scope)

    def texts_with(
        self, any_of: Sequence[str], most: int, scope: Scope | None = None, all_of: Sequence[str] = ()
    ) -> list[str]:
        needed, other = keys_of(all_of), keys_of(any_of)
        if not needed and not other:
            return []
        # the keys of each chunk, and not posting: what is asked for stands in nearly every chunk, or in none
        test, wanted = ("keys @> %s AND keys && %s", [needed, other]) if other else ("keys @> %s", [needed])
        where, values = only(scope, "chunk.id")
        rows = self._rows(
            f"SELECT text FROM chunk WHERE {test}{where} ORDER BY id LIMIT %s", *wanted, *values, most
        )
        return [row[0] for row in rows]

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        rows = self._rows(
            "SELECT chunk_id, vector_send(embedding) FROM chunk_vector WHERE chunk_id = ANY(%s)",
            _numbers(ids),
        )
        return {chunk: float(vector_from(stored) @ vector) for chunk, stored in rows}

    def bm25(self, terms: Sequence[str], ids: Iterable[int]) -> dict[int, float]:
        return scored(self.connection, terms, _numbers(ids))

    # what only this engine has

    def commits(self) -> int:
        """How many there were."""
        return int(self._rows("SELECT coalesce(sum(commits), 0) FROM tally")[0][0])

    def vector_bytes(self) -> int:
        """Of the table of vectors with its indexes."""
        return int(self._rows("SELECT pg_total_relation_size('chunk_vector')")[0][0])

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement.encode(), values).fetchall()


def vector_from(sent: bytes) -> Vectors:
    """What ``vector_send`` gives: two numbers of 16 bits, then the vector, with the high byte first."""
    return np.frombuffer(sent, ">f4", offset=4).astype(np.float32)


def _numbers(ids: Iterable[int]) -> list[int]:
    return [int(i) for i in ids]
