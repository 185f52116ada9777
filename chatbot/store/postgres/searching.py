"""Dense and lexical search in SQL.

dense     few chunks may be found: every vector is compared; many: the graph (HNSW, half precision) gives candidates,
          which are scored exactly
lexical   BM25 with the numbers of FTS5. Few chunks in the index: every posting of every term is added up; many: the
          rarest terms give candidates, and those are scored with all terms
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from chatbot.store.postgres.scope import DocumentIds, only
from chatbot.store.postgres.terms import keys_of
from chatbot.store.protocol import Scope
from chatbot.store.records import Hit, Vectors

COMPARED_ALL = (
    20_000  # chunks; more go through the graph. It finds too little where a filter lets one in ten through
)
_MORE = (
    20  # candidates of the graph above those asked for: half precision may put neighbours in another order
)
_K1, _B = 1.2, 0.75  # of FTS5
_LEAST = 1e-6  # what FTS5 gives a term that stands in more than half of all chunks
_PRUNED_FROM = 20_000  # chunks in the index
_POSTINGS = 5_000  # read of the rarest terms, at least
_RESCORED = 200  # candidates, at least


def dense(
    connection: Connection[Any], dimension: int, vector: Vectors, k: int, scope: Scope | None
) -> list[Hit]:
    """(chunk id, cosine) of the k nearest."""
    if k <= 0:
        return []
    where, values = only(scope, "chunk_id")
    few = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM chunk_vector WHERE true{where} LIMIT %s) AS few".encode(),
        (*values, COMPARED_ALL + 1),
    ).fetchone()
    question = literal(vector)
    if few is None or few[0] <= COMPARED_ALL:
        rows = connection.execute(
            f"SELECT chunk_id, -(embedding <#> %s::vector) AS cosine FROM chunk_vector WHERE true{where}"
            " ORDER BY cosine DESC, chunk_id LIMIT %s".encode(),
            (question, *values, k),
        ).fetchall()
    else:
        half = f"halfvec({int(dimension)})"
        rows = connection.execute(
            "WITH near AS MATERIALIZED (SELECT chunk_id, embedding FROM chunk_vector"
            f" WHERE true{where} ORDER BY embedding::{half} <#> %s::{half} LIMIT %s)"
            " SELECT chunk_id, -(embedding <#> %s::vector) AS cosine FROM near"
            " ORDER BY cosine DESC, chunk_id LIMIT %s".encode(),
            (*values, question, k + _MORE, question, k),
        ).fetchall()
    return [(int(chunk), float(cosine)) for chunk, cosine in rows]


def literal(vector: Vectors) -> str:
    """A vector as pgvector reads it; nine digits give every number back exactly."""
    return "[" + ",".join(format(number, ".9g") for number in vector.tolist()) + "]"


class _Question(NamedTuple):
    """What BM25 needs to know of a question."""

    keys: list[int]  # those that are in the index, rarest first
    weights: list[float]  # idf of each, as often as the question has it
    found: list[int]  # chunks with each
    chunks: int  # in the index
    mean: float  # terms of a chunk


def lexical(connection: Connection[Any], terms: Sequence[str], k: int, scope: Scope | None) -> list[Hit]:
    """(chunk id, BM25) of the k best."""
    asked = _asked(connection, terms)
    if not asked.keys or k <= 0:
        return []
    rarest = len(asked.keys)
    if asked.chunks > _PRUNED_FROM:
        rarest, read = 0, 0
        while rarest < len(asked.keys) and (rarest == 0 or read + asked.found[rarest] <= _POSTINGS):
            read += asked.found[rarest]
            rarest += 1
    if rarest == len(asked.keys):
        return _best(connection, asked, rarest, k, scope)
    candidates = _best(connection, asked, rarest, max(_RESCORED, 2 * k), scope)
    if len(candidates) < k:  # the rarest terms stand in too few chunks
        return _best(connection, asked, len(asked.keys), k, scope)
    scores = scored(connection, terms, [chunk for chunk, _ in candidates])
    return sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))[:k]


def scored(connection: Connection[Any], terms: Sequence[str], ids: list[int]) -> dict[int, float]:
    """BM25 of those of these chunks that hold any of the terms."""
    asked = _asked(connection, terms)
    if not asked.keys or not ids:
        return {}
    scope = DocumentIds(None, tuple(ids))
    return dict(_best(connection, asked, len(asked.keys), len(ids), scope))


def _asked(connection: Connection[Any], terms: Sequence[str]) -> _Question:
    times = Counter(keys_of(terms))
    rows = connection.execute(
        "SELECT 0::bigint, coalesce(sum(chunks), 0), coalesce(sum(length), 0) FROM tally UNION ALL"
        " SELECT key, sum(chunks), 0 FROM frequency WHERE key = ANY(%s) GROUP BY key",
        (list(times),),
    ).fetchall()
    (_, chunks, length), *frequencies = sorted(rows, key=lambda row: row[0] != 0)
    known = sorted((int(found), int(key)) for key, found, _ in frequencies if found > 0)
    weights = [
        times[key] * max(math.log((max(int(chunks) - found, 0) + 0.5) / (found + 0.5)), _LEAST)
        for found, key in known
    ]
    return _Question(
        [key for _, key in known],
        weights,
        [found for found, _ in known],
        int(chunks),
        max(float(length) / max(int(chunks), 1), 1e-9),
    )


def _best(
    connection: Connection[Any], asked: _Question, rarest: int, k: int, scope: Scope | None
) -> list[Hit]:
    """The k best chunks by the ``rarest`` first terms."""
    where, values = "", list[Any]()
    if isinstance(scope, DocumentIds) and scope.documents is None:
        where, values = only(scope, "chunk_id")
    elif scope is not None:
        inner, values = only(scope, "id")
        where = f" AND chunk_id IN (SELECT id FROM chunk WHERE true{inner})"
    rows = connection.execute(
        # rounded: what is added up in another order is not quite the same, and like passages must stay in order
        "SELECT chunk_id, round(1e9 * sum(weight * tf"
        f" * {_K1 + 1} / (tf + {_K1} * ({1 - _B} + {_B} * length / %s::float8)))) / 1e9 AS score"
        " FROM posting JOIN unnest(%s::bigint[], %s::float8[]) AS asked (wanted, weight) ON key = wanted"
        f" WHERE true{where} GROUP BY chunk_id ORDER BY score DESC, chunk_id LIMIT %s".encode(),
        (asked.mean, asked.keys[:rarest], asked.weights[:rarest], *values, k),
    ).fetchall()
    return [(int(chunk), float(score)) for chunk, score in rows]
