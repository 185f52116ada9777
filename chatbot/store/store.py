"""The index on disk: documents, chunks, their vectors and their terms, one transaction per file.

store = Store.create(folder, identity, dimension)   # ingest
with store.writing() as writer:
    writer.replace(document, chunks, vectors)
store = Store.open(folder, identity)                # ask
with store.reading() as view:
    view.dense(vector, k)
"""

from __future__ import annotations

import json
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from chatbot.errors import ModelMismatch, StoreError, StoreMissing
from chatbot.store import base_file
from chatbot.store.analysis import ANALYSIS_VERSION, TOKENIZE
from chatbot.store.lock import writer_lock
from chatbot.store.pool import ConnectionPool
from chatbot.store.records import NewChunk, NewDocument, StoreIdentity, Vectors, are_unit
from chatbot.store.schema import SCHEMA_VERSION, TABLES
from chatbot.store.snapshot import Snapshot, load, read_sequence
from chatbot.store.view import View

DATABASE = "rag.db"
WRITER_WAIT_S = 10.0  # an upload from the page outlasts another page's, not a long ingest
_DELTA_MAX = 10_000  # chunks; a flat search over them takes about 1 ms
_DELTA_SHARE = 0.02


class Store:
    """One index folder. Share one instance between all threads of a process."""

    def __init__(self, folder: Path, identity: StoreIdentity) -> None:
        """Use ``Store.open`` or ``Store.create``."""
        self.folder = folder
        self.identity = identity
        self.dimension = 0  # of a vector; read when the store is opened
        self._pool = ConnectionPool(folder / DATABASE)
        self._snapshot: Snapshot | None = None
        self._snapshot_lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, identity: StoreIdentity) -> Store:
        """The existing index at ``folder``.

        Raises:
            StoreMissing: nothing has been ingested there.
            ModelMismatch: it was built with another embedding model.
            StoreError: it is not readable, or of a newer version of this program.
        """
        if not (folder / DATABASE).exists():
            raise StoreMissing(f"no index at {folder}; run: secondlook ingest FOLDER")
        store = cls(folder, identity)
        try:
            with store._readable():
                store._check_meta()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, folder: Path, identity: StoreIdentity, dimension: int) -> Store:
        """The index at ``folder``, made for vectors of ``dimension`` if there is none yet; otherwise like ``open``."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with writer_lock(folder, WRITER_WAIT_S):
                if not (folder / DATABASE).exists():
                    _create_database(folder, identity, dimension)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot make an index at {folder} ({error}); choose another --store") from error
        return cls.open(folder, identity)

    def close(self) -> None:
        """Close every connection; running searches must have ended."""
        self._pool.close()

    @contextmanager
    def reading(self) -> Iterator[View]:
        """One consistent view of documents, terms and vectors; commits made meanwhile stay unseen."""
        with self._readable(), self._pool.connection() as connection:
            try:
                connection.execute("BEGIN")
                yield View(connection, self._snapshot_for(connection), self.folder)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self, wait_s: float = WRITER_WAIT_S) -> Iterator[Writer]:
        """The one writer. Others wait ``wait_s`` seconds, then get ``StoreBusy``."""
        with self._readable(), writer_lock(self.folder, wait_s), self._pool.connection() as connection:
            yield Writer(self, connection)

    def sequence(self) -> int:
        """Number of the last commit: cheap, for noticing changes."""
        with self._readable(), self._pool.connection() as connection:
            return read_sequence(connection)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            database = self.folder / DATABASE
            raise StoreError(f"{database} cannot be read ({error}); restore it or ingest anew") from error

    def _snapshot_for(self, connection: sqlite3.Connection) -> Snapshot:
        sequence = read_sequence(connection)
        current = self._snapshot
        if current is not None and current.sequence == sequence:
            return current
        with self._snapshot_lock:
            fresh = load(connection, self.folder, self.dimension, self._snapshot)
            if self._snapshot is None or fresh.sequence >= self._snapshot.sequence:
                self._snapshot = fresh
            return fresh

    def _check_meta(self) -> None:
        with self._pool.connection() as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if meta.get("schema") != str(SCHEMA_VERSION):
            raise StoreError(
                f"{self.folder} has index version {meta.get('schema')}, this program reads {SCHEMA_VERSION}; "
                "ingest into a new --store"
            )
        if meta["analysis"] != ANALYSIS_VERSION:
            raise StoreError(
                f"{self.folder} was analysed as {meta['analysis']}, not {ANALYSIS_VERSION}; ingest anew"
            )
        built = StoreIdentity(**json.loads(meta["identity"]))
        if built.embedding != self.identity.embedding:
            raise ModelMismatch(
                f"{self.folder} was built with {built.model} ({built.embedding}), the configured model is "
                f"{self.identity.model} ({self.identity.embedding}); set embedding.model back, or ingest into a "
                "new index with --store"
            )
        self.dimension = int(meta["dimension"])


class Writer:
    """Changes to a store; each method is one transaction. Get it from ``Store.writing``."""

    def __init__(self, store: Store, connection: sqlite3.Connection) -> None:
        self._store = store
        self._connection = connection

    def replace(self, document: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Store ``document`` under its uri with ``vectors[i]`` for ``chunks[i]``, in place of what was there."""
        self._check(document, chunks, vectors)
        with self._transaction() as sequence:
            self._bury(document.uri, sequence)
            row = self._connection.execute(
                "INSERT INTO document (uri, path, sha256, made_by, status, reason, format, title, bytes, pages, text,"
                " indexed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (document.uri, str(document.path), document.sha256, document.made_by, document.status,
                 document.reason, document.format, document.title, document.bytes, document.pages, document.text,
                 datetime.now(UTC).isoformat(timespec="seconds")),
            )  # fmt: skip
            self._insert(row.lastrowid, 0, chunks, vectors)

    def extend(self, document: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Add chunks to a stored document; ``document.text`` is the whole new text, which the old one begins."""
        self._check(document, chunks, vectors)
        with self._transaction():
            row = self._connection.execute(
                "SELECT id, text, (SELECT count(*) FROM chunk WHERE document_id = document.id)"
                " FROM document WHERE uri = ?",
                (document.uri,),
            ).fetchone()
            if row is None or not document.text.startswith(row[1]):
                raise StoreError(f"{document.uri} holds another text; nothing was stored")
            self._connection.execute(
                "UPDATE document SET text = ?, sha256 = ?, bytes = ? WHERE id = ?",
                (document.text, document.sha256, document.bytes, row[0]),
            )
            self._insert(row[0], row[2], chunks, vectors)

    def delete(self, uri: str) -> bool:
        """Remove a document and everything of it; ``False`` if there is none."""
        with self._transaction() as sequence:
            return self._bury(uri, sequence)

    def label_root(self, path: Path) -> str:
        """The label under which documents of the folder ``path`` appear; a new one is the folder's name."""
        rows = dict(self._connection.execute("SELECT path, label FROM root").fetchall())
        if str(path) in rows:
            return str(rows[str(path)])
        name = label = unicodedata.normalize("NFC", path.name) or "root"
        number = 1
        while label in rows.values() or label == "uploads":
            number += 1
            label = f"{name}-{number}"
        with self._transaction():
            self._connection.execute("INSERT INTO root (label, path) VALUES (?, ?)", (label, str(path)))
        return label

    def compact(self, only_if_due: bool = False) -> bool:
        """Write all live vectors into a new base file; ``only_if_due`` when there is no base or the delta has grown."""
        if only_if_due and not self._compaction_is_due():
            return False
        folder = self._store.folder
        with self._explained():
            new = base_file.write(self._connection, folder, self._store.dimension)
        with self._transaction() as sequence:  # the new sequence makes readers look for the new base
            base_file.enter(self._connection, folder, new, sequence)
        with suppress(OSError):  # the next compaction tries again
            base_file.remove_unnamed(self._connection, folder)
        return True

    def _compaction_is_due(self) -> bool:
        newest = self._connection.execute("SELECT coalesce(max(generation), 0) FROM base").fetchone()[0]
        with self._store.reading() as view:
            snapshot = view.snapshot
        if newest != (snapshot.base.generation if snapshot.base else 0):
            return True  # the newest is damaged
        if snapshot.base is None:
            return snapshot.count > 0
        stale = len(snapshot.delta_ids) + len(snapshot.dead)
        return stale > max(_DELTA_MAX, _DELTA_SHARE * snapshot.count)

    def _insert(
        self, document_id: int | None, position: int, chunks: Sequence[NewChunk], vectors: Vectors
    ) -> None:
        for place, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True), position):
            row = self._connection.execute(
                "INSERT INTO chunk (document_id, position, page, char_start, char_end, heading, text, embedding)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (document_id, place, chunk.page, chunk.start, chunk.end,
                 json.dumps(chunk.heading, ensure_ascii=False), chunk.text, vector.astype("<f4").tobytes()),
            )  # fmt: skip
            self._connection.execute(
                "INSERT INTO chunk_fts (rowid, terms) VALUES (?, ?)", (row.lastrowid, chunk.terms)
            )

    def _bury(self, uri: str, sequence: int) -> bool:
        row = self._connection.execute("SELECT id FROM document WHERE uri = ?", (uri,)).fetchone()
        if row is None:
            return False
        mine = "(SELECT id FROM chunk WHERE document_id = ?)"
        self._connection.execute(f"DELETE FROM chunk_fts WHERE rowid IN {mine}", row)
        self._connection.execute(
            "INSERT INTO tombstone (chunk_id, sequence) SELECT id, ? FROM chunk WHERE document_id = ?",
            (sequence, row[0]),
        )
        self._connection.execute("DELETE FROM chunk WHERE document_id = ?", row)
        self._connection.execute("DELETE FROM document WHERE id = ?", row)
        return True

    @contextmanager
    def _transaction(self) -> Iterator[int]:
        """``BEGIN IMMEDIATE`` .. ``COMMIT`` with the next sequence number; anything raised rolls all of it back."""
        with self._explained():
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute(
                    "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'sequence'"
                )
                yield read_sequence(self._connection)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot write {self._store.folder}: {error}; the index is as before") from error

    def _check(self, document: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        if len(vectors) != len(chunks) or (chunks and vectors.shape[1:] != (self._store.dimension,)):
            raise StoreError(
                f"{document.uri}: {len(chunks)} chunks of dimension {self._store.dimension} came with "
                f"vectors of shape {vectors.shape}; nothing was stored"
            )
        if chunks and not are_unit(vectors).all():
            raise StoreError(f"{document.uri}: a vector is not of length 1; nothing was stored")
        for chunk in chunks:
            if document.text[chunk.start : chunk.end] != chunk.text:
                raise StoreError(
                    f"{document.uri}: a chunk is not the text at {chunk.start}; nothing was stored"
                )


def _create_database(folder: Path, identity: StoreIdentity, dimension: int) -> None:
    """Made under another name and renamed, so that a database without its tables is never seen."""
    half = folder / f"{DATABASE}.new"
    half.unlink(missing_ok=True)
    meta = {
        "schema": str(SCHEMA_VERSION),
        "analysis": ANALYSIS_VERSION,
        "sequence": "0",
        "dimension": str(dimension),
        "identity": json.dumps(asdict(identity)),
    }
    with closing(sqlite3.connect(half)) as connection:
        connection.executescript(TABLES.replace("{tokenize}", TOKENIZE))
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        connection.commit()
    half.replace(folder / DATABASE)
