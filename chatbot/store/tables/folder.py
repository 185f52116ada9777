"""Tables in a small private file: connections are short-lived, and every fault is one sentence.

A connection lasts for one operation (0.3 ms): any thread may use it, nothing leaks with Streamlit's threads, and
the last one to close folds the write-ahead log into the file, so that no copy of a deleted text stays in it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from chatbot.errors import Phrase
from chatbot.store.tables.protocol import Connection, Database, Tables

_PRIVATE = 0o600
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_OF_THE_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


_PRAGMAS = (
    "PRAGMA synchronous = NORMAL",  # a power cut may take the last exchange, never the file
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten, not only unlinked
)


class FolderDatabase(Database):
    """A file in ``folder``, made or brought to this version when it is first used."""

    def __init__(self, folder: Path, tables: Tables, wait_s: float) -> None:
        self.file = folder / tables.file
        self._tables = tables
        self._wait_s = wait_s
        self._current = (0, 0)  # device and inode of the file that is known to be of this version

    @property
    def place(self) -> str:
        return str(self.file)

    @property
    def is_there(self) -> bool:
        return self.file.exists()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self, hold: str = "") -> Iterator[sqlite3.Connection]:
        """All others who write wait for it."""
        del hold
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._sentences():
            self.prepare()
            with closing(self._connected(self.file)) as connection:
                connection.execute(begin)
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise

    def last_number(self, connection: Connection, table: str) -> int:
        (found,) = connection.execute(
            "SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0),"
            f" coalesce((SELECT max(id) FROM {table}), 0))",
            (table,),
        ).fetchone()
        return int(found)

    def go_on_after(self, connection: Connection, table: str, number: int) -> None:
        """Tables without AUTOINCREMENT go on after the greatest id that is there."""
        last = max(number, self.last_number(connection, table))
        if connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (last, table)).rowcount:
            return
        (made,) = connection.execute(
            "SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_schema WHERE name = ?", (table,)
        ).fetchone()
        if made:
            connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))

    def forget(self) -> None:
        """Empty the write-ahead log, where deleted texts would stay; while others read, their last one does it."""
        with self._sentences(), closing(self._connected(self.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def prepare(self) -> None:
        with self._sentences():
            if not self._is_current():
                self.file.parent.mkdir(0o700, parents=True, exist_ok=True)
                with FileLock(self.file.with_suffix(".lock"), timeout=self._wait_s, mode=_PRIVATE):
                    if not self.file.exists():
                        self._make()
                    elif not self._is_current():
                        self._bring_up(self.file)

    def _is_current(self) -> bool:
        """Whether there is a file of this version; it is private afterwards."""
        if not self.file.exists():
            return False
        found = self.file.stat()
        if self._current == (found.st_dev, found.st_ino):
            return True
        if found.st_mode & 0o077:
            with suppress(OSError):  # another's file: readable or not, it is theirs to close
                self.file.chmod(_PRIVATE)
        with closing(self._connected(self.file)) as connection:
            version = version_of(connection)
        newest = len(self._tables.steps)
        if version > newest:
            raise self._tables.error(
                "{file} has version {version}, this program reads {known}; use a newer version of it",
                file=self.file,
                version=version,
                known=newest,
            )
        if version == newest:
            self._current = (found.st_dev, found.st_ino)
        return version == newest

    def _make(self) -> None:
        """Under another name first: nobody ever meets a file without its tables."""
        half = self.file.with_suffix(".new")
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
        self._bring_up(half)
        half.replace(self.file)

    def _bring_up(self, file: Path) -> None:
        with closing(self._connected(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection, self._tables.steps)

    def _connected(self, file: Path) -> sqlite3.Connection:
        # rw: a file that another process deletes meanwhile is not made anew without its tables
        uri = f"{file.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            uri, uri=True, timeout=self._wait_s, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (Timeout, sqlite3.Error, OSError) as error:
            raise self._tables.error(self._tables.unusable, reason=self._why(error)) from error

    def _why(self, error: Exception) -> str:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if isinstance(error, Timeout) or code in _BUSY:
            return Phrase("another process is using {file}; try again when it has finished", file=self.file)
        if isinstance(error, OSError) or code in _OF_THE_DISK:
            reason = getattr(error, "strerror", None) or error
            return Phrase(
                "{file} cannot be used ({error}); check the free space and its permissions",
                file=self.file,
                error=reason,
            )
        return Phrase(
            "{file} is damaged ({error}); move it away, and a new one is begun", file=self.file, error=error
        )


def migrate(connection: sqlite3.Connection, steps: Sequence[Callable[[sqlite3.Connection], None]]) -> None:
    """Take every step that is missing, all in one transaction; a new file is at version 0."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version_of(connection) :]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
