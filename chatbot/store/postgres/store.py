"""The index in a schema of a PostgreSQL database. Share one instance between all threads of a process.

A view is a transaction that only reads and sees one moment (REPEATABLE READ, READ ONLY); a document is stored in one
transaction, under a lock of its own. Nothing else is locked: many machines read and write at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from chatbot.errors import StoreError, StoreMissing
from chatbot.store.postgres import check, schema
from chatbot.store.postgres.connections import Connections, explained
from chatbot.store.postgres.files import PostgresFiles
from chatbot.store.postgres.view import PostgresView
from chatbot.store.postgres.writer import PostgresWriter
from chatbot.store.protocol import Store
from chatbot.store.records import Maintained, StoreIdentity

_EF_SEARCH = 100  # entries of the graph that a search keeps: recall@10 of .998 at 100,000 chunks


class PostgresStore(Store):
    """Use ``PostgresStore.open`` or ``PostgresStore.create``."""

    def __init__(self, name: str, folder: Path, identity: StoreIdentity) -> None:
        self.folder = folder  # what this machine keeps beside the index: copies of uploads, notes of watchers
        self.identity = identity
        self.dimension = 0
        self._name = name
        self._connections = Connections()
        self._begin = sql.Composed([])

    @classmethod
    def open(cls, name: str, folder: Path, identity: StoreIdentity) -> PostgresStore:
        """The index in the schema ``name``, brought to this program's tables if it is older.

        Raises:
            StoreMissing: nothing has been ingested there.
            ModelMismatch: it was built with another embedding model.
            StoreError: the server cannot be reached, or the index is of a newer version of this program.
        """
        store = cls(name, folder, identity)
        try:
            with store._connected() as connection:
                _require(connection, name)
                schema.migrate(connection, name)
                with connection.transaction():
                    path = schema.search_path(connection, name)
            store._begin = _begin(path)
            with store.reading():
                pass
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def create(
        cls, name: str, folder: Path, identity: StoreIdentity, dimension: int, after: str | None = None
    ) -> PostgresStore:
        """The index in the schema ``name``, made if there is none yet; otherwise like ``open``.

        Args:
            after: another schema, whose ids it goes on from.
        """
        connections = Connections()
        try:
            with explained(), connections.connection() as connection:
                schema.create(connection, name, identity, dimension, after)
        finally:
            connections.close()
        return cls.open(name, folder, identity)

    @property
    def files(self) -> PostgresFiles:
        return PostgresFiles(self.folder / "files", self._connected, self._name)

    def close(self) -> None:
        self._connections.close()

    @contextmanager
    def reading(self) -> Iterator[PostgresView]:
        with self._connected() as connection:
            connection.execute(self._begin)
            self._check_meta(connection)
            yield PostgresView(connection, self.dimension)

    @contextmanager
    def writing(self, wait_s: float = 0.0) -> Iterator[PostgresWriter]:
        """A writer; there may be many."""
        del wait_s  # nobody waits for anybody
        with self._connected() as connection:
            connection.execute(self._begin)
            self._check_meta(connection)
            commits = PostgresView(connection, self.dimension).commits()
        yield PostgresWriter(self._connected, self._name, self.identity, self.dimension, commits)

    def sequence(self) -> int:
        with self.reading() as view:
            return view.commits()

    def stored_bytes(self) -> int:
        with self._connected() as connection:
            return schema_bytes(connection, self._name)

    def maintain(self) -> Maintained:
        """Sums put into one row each, and what is dead taken out of the indexes."""
        with self.writing() as writer:
            writer.compact()
        with self._connected() as connection:
            for table in ("chunk_vector", "posting", "frequency", "chunk"):
                connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(self._name, table)))
        with self.reading() as view:
            return Maintained("", view.chunk_count(), view.vector_bytes())

    def faults(self) -> list[str]:
        return check.faults_of(self.reading())

    def repair(self) -> list[str]:
        with self.writing() as writer:
            return check.repair(writer, self.reading)

    @contextmanager
    def _connected(self) -> Iterator[Connection[Any]]:
        with explained(), self._connections.connection() as connection:
            yield connection

    def _check_meta(self, connection: Connection[Any]) -> None:
        """Is this still an index that this program and model can read?"""
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if meta.get("schema") != str(schema.SCHEMA_VERSION):
            raise StoreError(
                "the index in the schema {name} has version {version}, this program reads {known}; use a newer version of it",
                name=self._name,
                version=meta.get("schema"),
                known=schema.SCHEMA_VERSION,
            )
        schema.require_identity(meta, self.identity, self._name)
        self.dimension = int(meta["dimension"])


def stored_identity(name: str) -> StoreIdentity:
    """What the index in the schema ``name`` was built with. Raises ``StoreMissing``, ``StoreError``."""
    connections = Connections()
    try:
        with explained(), connections.connection() as connection:
            _require(connection, name)
            statement = sql.SQL("SELECT value FROM {} WHERE key = 'identity'")
            row = connection.execute(statement.format(sql.Identifier(name, "meta"))).fetchone()
    finally:
        connections.close()
    return StoreIdentity(**json.loads(row[0] if row else "{}"))


def schema_bytes(connection: Connection[Any], *names: str) -> int:
    """What the tables of these schemas take on the disk together, with their indexes."""
    row = connection.execute(
        "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ANY(%s) AND relkind = 'r'",
        (list(names),),
    ).fetchone()
    return int(row[0]) if row else 0


def _require(connection: Connection[Any], name: str) -> None:
    if not schema.exists(connection, name):
        raise StoreMissing(
            "no index in the schema {name} of the database; run: secondlook ingest FOLDER", name=name
        )


def _begin(path: sql.Composed) -> sql.Composed:
    """What a view begins with, in one round trip."""
    return sql.SQL("; ").join([
        sql.SQL("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"),
        path,
        # entries of replaced chunks that no vacuum has taken out yet would else fill what a search looks at
        sql.SQL("SET LOCAL hnsw.iterative_scan = strict_order"),
        sql.SQL("SET LOCAL hnsw.ef_search = {}").format(sql.Literal(_EF_SEARCH)),
        sql.SQL("SET LOCAL plan_cache_mode = force_custom_plan"),
    ])  # fmt: skip
