"""The index on disk: documents, chunks, their vectors and their terms, one transaction per file.

store = SqliteStore.create(folder, identity, dimension)   # ingest
with store.writing() as writer:
    writer.replace(document, chunks, vectors)
store = SqliteStore.open(folder, identity)                # ask
with store.reading() as view:
    view.dense(vector, k)
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import faiss

from chatbot.errors import ModelMismatch, StoreError, StoreMissing
from chatbot.store.folder_files import FolderFiles
from chatbot.store.folder_lock import writer_lock
from chatbot.store.private_files import open_private, private_folder, tighten
from chatbot.store.protocol import Store
from chatbot.store.records import Maintained, StoreIdentity
from chatbot.store.sqlite import schema
from chatbot.store.sqlite.base_file import sync_folder
from chatbot.store.sqlite.check import faults_of, repair
from chatbot.store.sqlite.connections import ConnectionPool
from chatbot.store.sqlite.fts5 import TOKENIZE
from chatbot.store.sqlite.schema import DATABASE, PAGE_SIZE, SCHEMA_VERSION, TABLES
from chatbot.store.sqlite.sizes import stored_bytes
from chatbot.store.sqlite.snapshot import Snapshot, load, read_sequence
from chatbot.store.sqlite.view import SqliteView
from chatbot.store.sqlite.writer import SqliteWriter
from chatbot.text.keywords import ANALYSIS_VERSION

_OF_THE_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
WRITER_WAIT_S = 10.0  # an upload from the page outlasts another page's, not a long ingest


class SqliteStore(Store):
    """One index folder. Share one instance between all threads of a process."""

    def __init__(self, folder: Path, identity: StoreIdentity) -> None:
        """Use ``SqliteStore.open`` or ``SqliteStore.create``."""
        self.folder = folder
        self.identity = identity
        self.dimension = 0  # of a vector; read when the store is opened
        self._pool = ConnectionPool(folder / DATABASE)
        self._checked = ""  # the last commit whose meta is known to be ours
        self._snapshot: Snapshot | None = None
        self._snapshot_lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path, identity: StoreIdentity) -> SqliteStore:
        """The existing index at ``folder``, brought to this program's schema if it is older.

        Raises:
            StoreMissing: nothing has been ingested there.
            ModelMismatch: it was built with another embedding model.
            StoreBusy: it is of an older version, and another process is writing.
            StoreError: it is not readable, or of a newer version of this program.
        """
        _require_index(folder)
        tighten(folder)
        store = cls(folder, identity)
        try:
            with store._readable():
                store._migrate()
            with store.reading():
                pass
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(cls, folder: Path, identity: StoreIdentity, dimension: int) -> SqliteStore:
        """The index at ``folder``, made for vectors of ``dimension`` if there is none yet; otherwise like ``open``."""
        try:
            private_folder(folder)
            with writer_lock(folder, WRITER_WAIT_S):
                if not (folder / DATABASE).exists():
                    create_database(folder, identity, dimension)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                "cannot make an index at {folder} ({error}); choose another --store",
                folder=folder,
                error=error,
            ) from error
        return cls.open(folder, identity)

    @staticmethod
    def identity_at(folder: Path) -> StoreIdentity:
        """What the index at ``folder`` was built with. Raises ``StoreMissing``, or ``StoreError`` if it is not readable."""
        _require_index(folder)
        try:
            with closing(sqlite3.connect(folder / DATABASE)) as connection:
                row = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
                return StoreIdentity(**json.loads(row[0]))
        except (sqlite3.Error, TypeError, ValueError) as error:
            raise StoreError(
                "{file} cannot be read ({error}); restore it or ingest anew",
                file=folder / DATABASE,
                error=error,
            ) from error

    def close(self) -> None:
        """Close every connection; running searches must have ended."""
        self._pool.close()

    @contextmanager
    def reading(self) -> Iterator[SqliteView]:
        """One consistent view of documents, terms and vectors; commits made meanwhile stay unseen."""
        with self._readable(), self._pool.connection() as connection:
            try:
                connection.execute("BEGIN")
                self._check_meta(connection)
                yield SqliteView(
                    connection, lambda: self._snapshot_for(connection), self.folder, self.dimension
                )
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def writing(self, wait_s: float = WRITER_WAIT_S) -> Iterator[SqliteWriter]:
        """The one writer. Others wait ``wait_s`` seconds, then get ``StoreBusy``."""
        with self._readable(), writer_lock(self.folder, wait_s), self._pool.connection() as connection:
            self._check_meta(connection)  # another model may have taken the index over while we waited
            yield SqliteWriter(connection, self.folder, self.dimension, self._snapshot)

    def sequence(self) -> int:
        """Number of the last commit: cheap, for noticing changes."""
        with self._readable(), self._pool.connection() as connection:
            return read_sequence(connection)

    @property
    def files(self) -> FolderFiles:
        return FolderFiles(self.folder / "files")

    def faiss_index(self) -> Any:
        """That of the newest base file, or an empty one; read only."""
        with self.reading() as view:
            base = view.snapshot.base
            return base.index.faiss_index if base else faiss.IndexFlatIP(self.dimension)

    def stored_bytes(self) -> int:
        return stored_bytes(self.folder)

    def maintain(self) -> Maintained:
        """All vectors in one new base file."""
        with self.writing() as writer:
            writer.compact()
        with self.reading() as view:
            base = view.base_files()[0]
        return Maintained(base.file, base.count, base.bytes)

    def faults(self) -> list[str]:
        return faults_of(self.reading())

    def repair(self) -> list[str]:
        with self.writing() as writer:
            return repair(writer, self.reading)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            database = self.folder / DATABASE
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK:
                advice = "nothing is lost; check the free space, the disk and the permissions of its folder"
            else:
                advice = "restore it or ingest anew"
            raise StoreError(
                "{file} cannot be used ({error}); {advice}", file=database, error=error, advice=advice
            ) from error

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

    def _migrate(self) -> None:
        """Bring an older index to this schema, in one transaction under the writer lock."""
        with self._pool.connection() as connection:
            if schema.migrations_needed(connection):
                with writer_lock(self.folder, WRITER_WAIT_S):
                    schema.migrate(connection)

    def _check_meta(self, connection: sqlite3.Connection) -> None:
        """Once per commit that ``connection`` sees: is this still an index that this program and model can read?"""
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if meta.get("sequence") == self._checked:
            return
        if meta.get("schema") != str(SCHEMA_VERSION):
            raise StoreError(
                "{folder} has index version {version}, this program reads {known}; use a newer version of it, or ingest into a new --store",
                folder=self.folder,
                version=meta.get("schema"),
                known=SCHEMA_VERSION,
            )
        built = StoreIdentity(**json.loads(meta["identity"]))
        if built.embedding != self.identity.embedding:
            raise ModelMismatch(
                "{folder} was built with {model} ({fingerprint}), the configured model is {other} ({other_fingerprint}); set embedding.model back, or run: secondlook reindex",
                folder=self.folder,
                model=built.model,
                fingerprint=built.embedding,
                other=self.identity.model,
                other_fingerprint=self.identity.embedding,
            )
        self.dimension = int(meta["dimension"])
        self._checked = meta["sequence"]


def _require_index(folder: Path) -> None:
    try:
        if (folder / DATABASE).exists():
            return
    except OSError as error:
        raise StoreError(
            "{folder} cannot be read ({error}); check its permissions", folder=folder, error=error.strerror
        ) from error
    raise StoreMissing("no index at {folder}; run: secondlook ingest FOLDER", folder=folder)


def create_database(folder: Path, identity: StoreIdentity, dimension: int) -> None:
    """Made under another name and renamed, so that a database without its tables is never seen."""
    half = folder / f"{DATABASE}.new"
    half.unlink(missing_ok=True)
    open_private(half).close()  # SQLite gives the files beside it the same permissions
    meta = {
        "schema": str(SCHEMA_VERSION),
        "analysis": ANALYSIS_VERSION,
        "sequence": "0",
        "dimension": str(dimension),
        "identity": json.dumps(asdict(identity)),
    }
    with closing(sqlite3.connect(half)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.executescript(TABLES.replace("{tokenize}", TOKENIZE))
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        connection.commit()
    half.replace(folder / DATABASE)
    sync_folder(folder)
