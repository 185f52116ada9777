"""The vectors as of one commit: an immutable FAISS base, a small delta, and what has died since.

A snapshot is never changed. A commit makes the next one, and searches that run keep theirs, because
FAISS allows concurrent searches but dies when something is added during one.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chatbot.store.records import Ids, Vectors, vectors_of
from chatbot.store.sqlite.base_file import BaseFile, open_newest
from chatbot.store.sqlite.base_file import newest as newest_base
from chatbot.store.sqlite.base_index import in_memory, search_flat


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Searchable state at ``sequence``.

    Attributes:
        base: the opened base file, or ``None``.
        delta_ids, delta: chunks newer than the base, ids ascending; shapes (n,) and (n, dimension).
        index: ``delta`` as a FAISS index.
        dead: ids in the base that have been deleted since, ascending.
        newest: highest chunk id seen.
        base_is_damaged: whether a newer base file is missing or damaged.
    """

    sequence: int
    base: BaseFile | None
    delta_ids: Ids
    delta: Vectors
    index: Any
    dead: Ids
    newest: int
    base_is_damaged: bool

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """The k nearest live chunks as (id, cosine), best first; only among ``allowed`` where given."""
        if k <= 0 or (allowed is not None and not len(allowed)):
            return []
        hits = search_flat(self.index, vector, k, allowed, None)
        if self.base is not None and self.base.count:
            hits += self.base.index.search(vector, k, allowed, self.dead)
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    @property
    def count(self) -> int:
        """Live chunks."""
        return (self.base.count if self.base else 0) - len(self.dead) + len(self.delta_ids)

    def ids(self) -> Ids:
        """Ids of the live chunks, ascending."""
        in_base = self.base.index.ids if self.base else np.empty(0, np.int64)
        return np.union1d(np.setdiff1d(in_base, self.dead), self.delta_ids)


def load(connection: sqlite3.Connection, folder: Path, dimension: int, previous: Snapshot | None) -> Snapshot:
    """The snapshot of what ``connection`` sees, built from ``previous`` where that saves work."""
    sequence = read_sequence(connection)
    if previous is not None and previous.sequence == sequence:
        return previous
    base = open_newest(connection, folder, dimension, previous.base if previous else None)
    if (
        previous is None
        or previous.base is not base
        or not _continues(connection, previous.sequence, sequence)
    ):
        previous = _empty(base, dimension)
    born_ids, born = _vectors_after(connection, previous.newest, dimension)
    died = _died_since(connection, previous.sequence)
    ids = np.concatenate([previous.delta_ids, born_ids])
    vectors = np.concatenate([previous.delta, born])
    alive = ~np.isin(ids, died)
    ids, vectors = ids[alive], vectors[alive]
    high_water = base.high_water if base else 0
    dead = np.union1d(previous.dead, died[died <= high_water]).astype(np.int64)
    newest = max([previous.newest, *born_ids[-1:].tolist()])
    wanted = newest_base(connection)
    damaged = wanted is not None and (base is None or base.generation != wanted.generation)
    return Snapshot(sequence, base, ids, vectors, in_memory(ids, vectors), dead, newest, damaged)


def _continues(connection: sqlite3.Connection, previous: int, sequence: int) -> bool:
    """Whether all tombstones after commit ``previous`` are still there: they go when a base replaces them."""
    pruned_to = connection.execute("SELECT coalesce(min(sequence), 0) FROM base").fetchone()[0]
    return int(pruned_to) <= previous <= sequence


def read_sequence(connection: sqlite3.Connection) -> int:
    """The number of the last commit that ``connection`` sees."""
    return int(connection.execute("SELECT value FROM meta WHERE key = 'sequence'").fetchone()[0])


def _empty(base: BaseFile | None, dimension: int) -> Snapshot:
    ids, vectors = np.empty(0, np.int64), np.empty((0, dimension), np.float32)
    sequence, newest = (base.sequence, base.high_water) if base else (0, 0)
    return Snapshot(sequence, base, ids, vectors, None, ids, newest, False)


def _vectors_after(connection: sqlite3.Connection, newest: int, dimension: int) -> tuple[Ids, Vectors]:
    rows = connection.execute("SELECT id, embedding FROM chunk WHERE id > ? ORDER BY id", (newest,))
    return vectors_of(rows.fetchall(), dimension)


def _died_since(connection: sqlite3.Connection, sequence: int) -> Ids:
    rows = connection.execute("SELECT chunk_id FROM tombstone WHERE sequence > ?", (sequence,)).fetchall()
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))
