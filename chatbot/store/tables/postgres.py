"""Tables in PostgreSQL: a schema beside that of the index, whose name ends in ``_people``.

A transaction begins in one round trip, which also says whether the tables are there and of this version: nothing about
them is remembered from one to the next, so that whatever other processes do is seen at once.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import sql
from psycopg.errors import IntegrityError, LockNotAvailable, UndefinedTable

from chatbot.errors import ConfigError, Phrase, StoreError
from chatbot.store.postgres.connections import Connections, first_line
from chatbot.store.postgres.schema import lock_key
from chatbot.store.tables.protocol import Connection, Database, Tables

ENDING = "_people"
_LONGEST = 63  # characters of a schema's name; PostgreSQL cuts off what is more
_MOST = 10  # connections of one process to all such tables; each is lent for some milliseconds
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED"

# SQLite has it by itself
_INSTR = """CREATE OR REPLACE FUNCTION instr(text, text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT strpos($1, $2)'"""


class PostgresDatabase(Database):
    """``tables`` beside the index in the schema ``index``, made or brought to this version when they are first used."""

    def __init__(self, index: str, tables: Tables, wait_s: float) -> None:
        self.schema = index + ENDING
        if len(self.schema) > _LONGEST:
            raise ConfigError(
                "store.schema {name} is too long; choose a name of at most {most} characters",
                name=repr(index),
                most=_LONGEST - len(ENDING),
            )
        self._tables = tables
        self._wait_s = wait_s
        self._was_there = False

    @property
    def place(self) -> str:
        return f"{self.schema}.{self._tables.name} in PostgreSQL"

    @property
    def is_there(self) -> bool:
        if not self._was_there:  # until somebody drops the schema by hand, they stay
            with self._sentences(), _shared().connection() as connection:
                self._was_there = self._began(connection, _READ)
        return self._was_there

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._transaction(_READ) as connection:
            yield connection

    @contextmanager
    def writing(self, hold: str = "") -> Iterator[Connection]:
        with self._transaction(_WRITE, hold) as connection:
            yield connection

    def prepare(self) -> None:
        with self._transaction(_READ):
            pass

    def last_number(self, connection: Connection, table: str) -> int:
        (found,) = connection.execute(
            "SELECT coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = ? AND sequencename = ?",
            (self.schema, f"{table}_id_seq"),
        ).fetchone()
        return int(found)

    def go_on_after(self, connection: Connection, table: str, number: int) -> None:
        last = max(number, self.last_number(connection, table), 1)
        connection.execute(
            f"SELECT setval(pg_get_serial_sequence(?, 'id'), greatest(?, (SELECT max(id) FROM {table})))",
            (table, last),
        )

    def forget(self) -> None:
        """Nothing: the server's vacuum, log and copies decide when the bytes are gone."""

    def discard(self) -> None:
        """Drop the schema with everything in it, whatever tables these are."""
        with self._sentences(), _shared().connection() as connection:
            connection.execute(
                sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(self.schema))
            )

    @contextmanager
    def _transaction(self, begin: str, hold: str = "") -> Iterator[Connection]:
        with self._sentences(), _shared().connection() as connection:
            if not self._began(connection, begin):
                self._bring_up(connection)
                self._began(connection, begin)
            if hold:
                key, values = lock_key(self.schema, self._tables.name, hold)
                connection.execute(sql.SQL("SELECT pg_advisory_xact_lock({})").format(key), values)
            yield _Statements(connection)
            connection.execute("COMMIT")  # whoever lent the connection rolls back what has not come so far

    def _began(self, connection: psycopg.Connection[Any], begin: str) -> bool:
        """Begin a transaction, and say whether the tables are of this version; where they are not, it has ended."""
        cursor = connection.cursor()
        try:
            cursor.execute(
                sql.SQL(
                    "{}; SET LOCAL search_path TO {}; SET LOCAL lock_timeout = {}; SELECT version FROM version WHERE part = {}"
                ).format(
                    sql.SQL(begin),  # one of two constants
                    sql.Identifier(self.schema),
                    sql.Literal(f"{int(self._wait_s * 1000)}ms"),
                    sql.Literal(self._tables.name),
                )
            )
            while cursor.nextset():
                pass
            (found,) = cursor.fetchone() or (0,)
        except UndefinedTable:
            found = 0
        if found > len(self._tables.scripts):
            raise self._tables.error(
                "{file} has version {version}, this program reads {known}; use a newer version of it",
                file=self.place,
                version=found,
                known=len(self._tables.scripts),
            )
        if found < len(self._tables.scripts):
            connection.execute("ROLLBACK")
        return bool(found == len(self._tables.scripts))

    def _bring_up(self, connection: psycopg.Connection[Any]) -> None:
        """Take every script that is missing, in one transaction, one program at a time."""
        key, values = lock_key(self.schema)
        name = sql.Identifier(self.schema)
        with connection.transaction():
            connection.execute(sql.SQL("SELECT pg_advisory_xact_lock({})").format(key), values)
            row = connection.execute("SELECT to_regnamespace(%s)", (f'"{self.schema}"',)).fetchone()
            if row is None or row[0] is None:  # whoever may not make one may use one that is there
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
            connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
            connection.execute(
                "CREATE TABLE IF NOT EXISTS version (part text PRIMARY KEY, version integer NOT NULL)"
            )
            connection.execute(_INSTR)
            (found,) = connection.execute(
                "SELECT version FROM version WHERE part = %s", (self._tables.name,)
            ).fetchone() or (0,)
            for script in self._tables.scripts[found:]:
                connection.execute(script.encode())
            connection.execute(
                "INSERT INTO version VALUES (%s, %s) ON CONFLICT (part) DO UPDATE SET version = excluded.version",
                (self._tables.name, len(self._tables.scripts)),
            )

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, UnicodeEncodeError, StoreError) as error:
            raise self._tables.error(self._tables.unusable, reason=_why(error)) from error


class _Statements(Connection):
    """A transaction that takes statements with ``?`` in them, as SQLite does."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[Any]:
        return self._connection.execute(_translated(statement), [_storable(value) for value in values])


@lru_cache(500)
def _translated(statement: str) -> bytes:
    return statement.replace("%", "%%").replace("?", "%s").encode()


def _storable(value: Any) -> Any:
    """NUL is no character to PostgreSQL; in what is kept as JSON it is escaped, and comes back."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


_pools: dict[tuple[str, ...], Connections] = {}
_lock = threading.Lock()


def _shared() -> Connections:
    """The connections of this process to the database that the environment names."""
    where = (
        os.environ.get("SECONDLOOK_DSN", ""),
        *(f"{name}={os.environ[name]}" for name in sorted(os.environ) if name.startswith("PG")),
    )
    with _lock:
        if where not in _pools:
            _pools[where] = Connections(_MOST)
        return _pools[where]


@atexit.register
def _close() -> None:
    for pool in _pools.values():
        pool.close()


def _why(error: Exception) -> str:
    if isinstance(error, StoreError):
        return str(error)
    if isinstance(error, LockNotAvailable):
        return Phrase("somebody else is changing the same; try again in a moment")
    if isinstance(error, IntegrityError):
        return Phrase("somebody else has just changed or removed the same; look at it anew")
    if isinstance(error, psycopg.OperationalError):
        return Phrase(
            "PostgreSQL cannot be reached or used ({error}); what was stored is safe; try again in a moment",
            error=first_line(error),
        )
    return Phrase("PostgreSQL refused ({error}); nothing was changed", error=first_line(error))
