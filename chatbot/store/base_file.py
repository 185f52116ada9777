"""Base files: immutable, checksummed FAISS indexes that can always be made again from SQLite."""

from __future__ import annotations

import logging
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from chatbot.models import sha256_of

KEPT = 2  # generations: a reader that has just looked up the older one must still find it

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BaseFile:
    """An opened base: the chunks with id <= ``high_water`` that were alive at ``sequence``."""

    generation: int
    index: Any
    high_water: int
    sequence: int
    count: int


def open_newest(
    connection: sqlite3.Connection, folder: Path, dimension: int, current: BaseFile | None
) -> BaseFile | None:
    """The newest base that is intact, ``current`` if that is still it, ``None`` if there is none.

    A damaged or missing file costs memory, not answers: its vectors are then read from SQLite.
    """
    rows = connection.execute(
        "SELECT generation, file, sha256, high_water, sequence, count FROM base ORDER BY generation DESC"
    )
    for generation, file, sha256, high_water, sequence, count in rows.fetchall():
        if current is not None and current.generation == generation:
            return current
        index = _opened(folder / file, sha256, dimension, count)
        if index is not None:
            return BaseFile(generation, index, high_water, sequence, count)
        logger.warning("%s is missing or damaged; its vectors are read from rag.db instead", file)
    return None


@dataclass(frozen=True, slots=True)
class NewBase:
    """A base file that is complete and on disk, but not yet entered."""

    file: str
    sha256: str
    high_water: int
    count: int


def write(connection: sqlite3.Connection, folder: Path, dimension: int) -> NewBase:
    """Write the live chunks into the next generation's file; the caller holds the writer lock.

    Its row comes after it (``enter``): a crash in between leaves a file that nobody names.

    Raises:
        OSError: the file cannot be written; nothing of it is left.
    """
    last = connection.execute("SELECT coalesce(max(generation), 0) FROM base").fetchone()[0]
    name = f"base-{last + 1:06d}.faiss"
    index, high_water = _build(connection, dimension)
    temporary = folder / f"{name}.tmp"
    try:
        with temporary.open("wb") as file:
            # given a name instead, FAISS does not report a disk that is full when it closes the file
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
            file.flush()
            os.fsync(file.fileno())
        digest = sha256_of(temporary)
        temporary.replace(folder / name)
        _sync_folder(folder)
    except RuntimeError as error:  # what FAISS makes of an OSError in file.write
        raise OSError("the base file could not be written, perhaps the disk is full") from error
    finally:
        temporary.unlink(missing_ok=True)
    return NewBase(name, digest, high_water, index.ntotal)


def enter(connection: sqlite3.Connection, folder: Path, new: NewBase, sequence: int) -> None:
    """Make ``new`` the newest base, as of commit ``sequence``, inside the caller's transaction.

    Generations beyond ``KEPT`` are dropped, damaged ones too, and the tombstones that no kept base needs.
    """
    connection.execute(
        "INSERT INTO base (file, sha256, high_water, sequence, count) VALUES (?, ?, ?, ?, ?)",
        (new.file, new.sha256, new.high_water, sequence, new.count),
    )
    rows = connection.execute("SELECT generation, file, sha256 FROM base ORDER BY generation DESC").fetchall()
    for place, (generation, file, sha256) in enumerate(rows[1:], 1):
        if place >= KEPT or not is_intact(folder / file, sha256):
            connection.execute("DELETE FROM base WHERE generation = ?", (generation,))
    connection.execute("DELETE FROM tombstone WHERE sequence <= (SELECT min(sequence) FROM base)")


def is_intact(path: Path, sha256: str) -> bool:
    """Whether a base file is there and has the content that was written."""
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def _opened(path: Path, sha256: str, dimension: int, count: int) -> Any:
    if not is_intact(path, sha256):
        return None
    try:
        index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:
        return None
    return index if (index.d, index.ntotal) == (dimension, count) else None


def _build(connection: sqlite3.Connection, dimension: int) -> tuple[Any, int]:
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
    high_water = 0
    cursor = connection.execute("SELECT id, embedding FROM chunk ORDER BY id")
    while rows := cursor.fetchmany(10_000):
        ids = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        vectors = np.frombuffer(b"".join(row[1] for row in rows), "<f4").reshape(len(rows), dimension)
        index.add_with_ids(np.ascontiguousarray(vectors), ids)
        high_water = int(ids[-1])
    return index, high_water


def remove_unnamed(connection: sqlite3.Connection, folder: Path) -> None:
    """Delete the base files that have no row: old generations, and what a crash left."""
    named = {row[0] for row in connection.execute("SELECT file FROM base")}
    for path in folder.glob("base-*.faiss*"):
        if path.name not in named:
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
