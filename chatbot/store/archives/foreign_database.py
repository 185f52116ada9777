"""A database from elsewhere, read as an enemy's: columns of known tables, as values, and nothing else of it.

SQLite runs what a schema says: triggers, views, generated columns, virtual tables, checks. So nothing is written into
it and nothing is computed in it: only ``SELECT column, ... FROM table`` is allowed, on tables that are plain.
https://www.sqlite.org/security.html
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from chatbot.errors import Phrase
from chatbot.store.archives.bounds import Bounds, Table, foreign
from chatbot.store.archives.foreign_header import check_header
from chatbot.store.sqlite.fts5 import TOKENIZE
from chatbot.store.sqlite.schema import TABLES

_SEQUENCES = "sqlite_sequence"  # the highest ids that were ever used
_SYSTEM = {_SEQUENCES, "sqlite_stat1", "sqlite_stat4"}
_FREE_CATALOGUE = {"type", "name", "sql"}
_LIMITS = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 1,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 1,
}
_HIDDEN = 6  # column of PRAGMA table_xinfo: not 0 where a column is generated
_BYTES_OF_A_CHARACTER = 4

Row = Mapping[str, Any]


class ForeignDatabase:
    """What can be asked of it; see ``opened_database``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._columns: dict[str, list[str]] = {}

    def rows(self, table: Table, wanted: Mapping[str, Any]) -> Iterator[Row]:
        """The rows of a table in the order of the file, with those of the columns ``wanted`` that it has.

        Nothing where it has no such table: an older version had fewer.
        """
        if table not in self._columns:
            return
        names = [name for name in self._columns[table] if name in wanted]
        columns = ", ".join(f'"{name}"' for name in names)
        for row in self._connection.execute(f"SELECT {columns} FROM {table}"):
            yield dict(zip(names, row, strict=True))

    def has_column(self, table: Table, column: str) -> bool:
        return column in self._columns.get(table, ())

    def highest_ids(self) -> dict[str, Any]:
        """table -> the highest id that was ever used, as the file says."""
        return dict(self._connection.execute(f"SELECT name, seq FROM {_SEQUENCES} LIMIT 20"))

    def _look_at_schema(self, ours: dict[tuple[str, str], list[str]]) -> None:
        """Our tables and nothing that runs by itself: triggers and views could do anything when they are touched."""
        for kind, name, sql in self._connection.execute("SELECT type, name, sql FROM sqlite_master"):
            if (
                (kind, name) not in ours
                and name not in _SYSTEM
                and not str(name).startswith("sqlite_autoindex")
            ):
                foreign(Phrase("tables that are not ours"))
            if columns := ours.get((kind, name), []):
                if not re.match(rf"CREATE TABLE {name} \(", str(sql)):
                    foreign(Phrase("tables of another kind"))
                self._columns[name] = columns
        for name, columns in self._columns.items():
            self._columns[name] = self._plain_columns(name, columns)

    def _plain_columns(self, table: str, known: list[str]) -> list[str]:
        found = []
        for row in self._connection.execute(f"PRAGMA table_xinfo({table})").fetchall():
            if row[_HIDDEN] or row[1] not in known:
                foreign(Phrase("columns that are not ours"))
            found.append(str(row[1]))
        return found


@contextmanager
def opened_database(file: Path, bounds: Bounds) -> Iterator[ForeignDatabase]:
    """The database in ``file``, which nobody else has open.

    Raises:
        RefusedArchive: it is none, or has other tables than ours.
        sqlite3.Error: it is damaged; also inside the block.
    """
    check_header(file)
    # immutable: neither a log beside it nor a lock is looked for
    address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        for limit, value in _LIMITS.items():
            connection.setlimit(limit, value)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _BYTES_OF_A_CHARACTER * bounds.text)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
        ours = _our_columns()
        connection.set_authorizer(_only_reading({name for _, name in ours}))
        database = ForeignDatabase(connection)
        database._look_at_schema(ours)
        yield database


def _our_columns() -> dict[tuple[str, str], list[str]]:
    """(type, name) of everything in a database of ours -> its columns where it is a plain table that is read."""
    read = {"document", "chunk", "root", "token_vectors", "meta"}
    with closing(sqlite3.connect(":memory:")) as ours:
        ours.executescript(TABLES.replace("{tokenize}", TOKENIZE))
        entries = ours.execute("SELECT type, name FROM sqlite_master").fetchall()
        return {
            (kind, name): [row[1] for row in ours.execute(f"PRAGMA table_info({name})")]
            if name in read
            else []
            for kind, name in entries
        }


def _only_reading(tables: set[str]) -> Any:
    """SQLite asks before it prepares a statement: may it do this?"""

    def allow(action: int, what: str | None, detail: str | None, _: str | None, inside: str | None) -> int:
        if inside is not None:  # a view or a trigger
            return sqlite3.SQLITE_DENY
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (
            what in tables or what == _SEQUENCES or (what == "sqlite_master" and detail in _FREE_CATALOGUE)
        ):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_PRAGMA and what == "table_xinfo":
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return allow
