"""Base files: immutable, checksummed FAISS indexes that can always be made again from SQLite."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from random import Random

import faiss
import numpy as np

from chatbot.models.folders import sha256_of
from chatbot.store.private_files import open_private
from chatbot.store.records import Ids, Vectors, vectors_of
from chatbot.store.sqlite import base_index
from chatbot.store.sqlite.base_index import BaseIndex

_BATCH = 1_000  # vectors read together: 1.5 MB of 384 numbers each, held twice
_NAME = re.compile(r"base-\d{6,19}\.faiss")
# a link is not followed, a pipe not waited for
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
KEPT = 2  # generations: a reader that has just looked up the older one must still find it

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BaseFile:
    """An opened base: the chunks with id <= ``high_water`` that were alive at ``sequence``."""

    generation: int
    index: BaseIndex
    high_water: int
    sequence: int
    count: int


@dataclass(frozen=True, slots=True)
class BaseRow:
    """What the database says of a base file."""

    generation: int
    file: str
    sha256: str
    high_water: int
    sequence: int
    count: int
    bytes: int


def rows(connection: sqlite3.Connection) -> list[BaseRow]:
    """The base files that are kept, newest first."""
    found = connection.execute(
        "SELECT generation, file, sha256, high_water, sequence, count, bytes FROM base"
        " ORDER BY generation DESC"
    )
    return [BaseRow(*row) for row in found.fetchall()]


def newest(connection: sqlite3.Connection) -> BaseRow | None:
    """The row of the base that was made last; ``None`` before the first one."""
    return next(iter(rows(connection)), None)


def is_there(folder: Path, row: BaseRow) -> bool:
    """Whether the file is present with its full length: a look that costs nothing. See ``is_intact``."""
    try:
        return (folder / row.file).stat().st_size == row.bytes
    except OSError:
        return False


def was_replaced(folder: Path, row: BaseRow, known: list[BaseRow]) -> bool:
    """Whether compactions since the commit that names only ``known`` have removed this file, rightly."""
    newer = any(path.name > known[0].file for path in folder.glob("base-*.faiss"))
    return newer and not (folder / row.file).exists()


def open_newest(
    connection: sqlite3.Connection, folder: Path, dimension: int, current: BaseFile | None
) -> BaseFile | None:
    """The newest base that is intact, ``current`` if that is still it, ``None`` if there is none.

    A damaged or missing file costs memory, not answers: its vectors are then read from SQLite.
    """
    known = rows(connection)
    for row in known:
        if current is not None and current.generation == row.generation:
            return current
        index = _opened(folder, row, dimension)
        if index is not None:
            return BaseFile(row.generation, index, row.high_water, row.sequence, row.count)
        if was_replaced(folder, row, known):
            continue
        logger.warning(
            "%s is missing or damaged; its vectors are read from rag.db until a new one is written:"
            " secondlook doctor --repair",
            row.file,
        )
    return None


@dataclass(frozen=True, slots=True)
class NewBase:
    """A base file that is complete and on disk, but not yet entered."""

    file: str
    sha256: str
    high_water: int
    count: int
    bytes: int


def write(
    connection: sqlite3.Connection,
    folder: Path,
    dimension: int,
    chunk_table: str = "chunk",
    offset: int = 0,
) -> NewBase:
    """Write the live chunks into the next generation's file; the caller holds the writer lock.

    Its row comes after it (``enter``): a crash in between leaves a file that nobody names. ``offset`` is added
    to the ids of ``chunk_table``.

    Raises:
        OSError: the file cannot be written; nothing of it is left.
    """
    last = connection.execute("SELECT coalesce(max(generation), 0) FROM base").fetchone()[0]
    name = f"base-{last + 1:06d}.faiss"
    ids = _ids(connection, chunk_table)
    sample = _sample(connection, dimension, chunk_table, ids)
    high_water = int(ids[-1]) + offset if len(ids) else offset
    temporary = folder / f"{name}.tmp"
    try:
        temporary.unlink(missing_ok=True)
        with open_private(temporary) as file:
            base_index.write(
                file, ids + offset, lambda: _batches(connection, dimension, chunk_table), dimension, sample
            )
            file.flush()
            os.fsync(file.fileno())
        digest = sha256_of(temporary)
        size = temporary.stat().st_size
        temporary.replace(folder / name)
        sync_folder(folder)
    except RuntimeError as error:  # what FAISS makes of an OSError in file.write
        raise OSError("the base file could not be written, perhaps the disk is full") from error
    finally:
        temporary.unlink(missing_ok=True)
    return NewBase(name, digest, high_water, len(ids), size)


def enter(connection: sqlite3.Connection, folder: Path, new: NewBase, sequence: int) -> None:
    """Make ``new`` the newest base, as of commit ``sequence``, inside the caller's transaction.

    Generations beyond ``KEPT`` are dropped, damaged ones too, and the tombstones that no kept base needs.
    """
    connection.execute(
        "INSERT INTO base (file, sha256, high_water, sequence, count, bytes) VALUES (?, ?, ?, ?, ?, ?)",
        (new.file, new.sha256, new.high_water, sequence, new.count, new.bytes),
    )
    for place, old in enumerate(rows(connection)[1:], 1):
        if place >= KEPT or not is_intact(folder / old.file, old.sha256):
            connection.execute("DELETE FROM base WHERE generation = ?", (old.generation,))
    connection.execute("DELETE FROM tombstone WHERE sequence <= (SELECT min(sequence) FROM base)")


def is_intact(path: Path, sha256: str) -> bool:
    """Whether a regular file is there, not a link to one, and has the content that was written."""
    try:
        with _regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False


def _regular(path: Path) -> BufferedReader:
    """A regular file, opened; raises ``OSError`` for a link, a device or a pipe: a row may name anything."""
    file = os.fdopen(os.open(path, _READ), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError("not a regular file")
    return file


def _is_as_written(path: Path, dimension: int, count: int) -> bool:
    try:
        with _regular(path) as file:
            return base_index.is_as_written(file, os.fstat(file.fileno()).st_size, dimension, count)
    except OSError:
        return False


def _opened(folder: Path, row: BaseRow, dimension: int) -> BaseIndex | None:
    """A base that may be given to FAISS: under a name of ours, of our own layout, as it was written."""
    path = folder / row.file
    if not (
        _NAME.fullmatch(row.file)
        and _is_as_written(path, dimension, row.count)
        and is_intact(path, row.sha256)
    ):
        return None
    try:
        index = faiss.read_index(str(folder / row.file), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError:
        return None
    return BaseIndex(index) if (index.d, index.ntotal) == (dimension, row.count) else None


def _ids(connection: sqlite3.Connection, chunk_table: str) -> Ids:
    rows = connection.execute(f"SELECT id FROM {chunk_table} ORDER BY id")
    return np.fromiter((row[0] for row in rows), np.int64)


def _batches(connection: sqlite3.Connection, dimension: int, chunk_table: str) -> Iterator[Vectors]:
    cursor = connection.execute(f"SELECT id, embedding FROM {chunk_table} ORDER BY id")
    while found := cursor.fetchmany(_BATCH):
        yield vectors_of(found, dimension)[1]


def _sample(connection: sqlite3.Connection, dimension: int, chunk_table: str, ids: Ids) -> Vectors | None:
    """Vectors to train codes on, the same for the same chunks; ``None`` where codes are not worth it."""
    if not base_index.takes_codes(len(ids), dimension):
        return None
    chosen = ids[Random(0).sample(range(len(ids)), base_index.TRAINED_ON)]
    rows = connection.execute(
        f"SELECT id, embedding FROM {chunk_table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(chosen.tolist()),),
    )
    return vectors_of(rows.fetchall(), dimension)[1]


def remove_unnamed(connection: sqlite3.Connection, folder: Path) -> None:
    """Delete the base files that have no row: old generations, and what a crash left."""
    named = {row[0] for row in connection.execute("SELECT file FROM base")}
    for path in folder.glob("base-*.faiss*"):
        if path.name not in named:
            with suppress(OSError):  # a folder, say; the others must go all the same
                path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
