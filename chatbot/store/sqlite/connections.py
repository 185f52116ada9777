"""A pool of SQLite connections, and the lock that lets one writer in at a time, across processes and threads.

A connection is lent to one thread at a time. Streamlit starts a thread for every rerun, so a connection per thread
would leak; a handful is reused.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatbot.errors import StoreError
from chatbot.store.sqlite.schema import PRAGMAS


class ConnectionPool:
    """Grows with the number of threads that read at the same moment; ``close`` ends it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection in autocommit mode."""
        connection = self._take()
        try:
            yield connection
        except BaseException as error:
            if _cannot_write(error):
                connection.close()
            else:
                self._give_back(connection)
            raise
        self._give_back(connection)

    def close(self) -> None:
        """Close the idle connections now and the lent ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreError("{file} has been closed; open the store again", file=self._database)
            if self._idle:
                return self._idle.pop()
        connection = sqlite3.connect(self._database, isolation_level=None, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()


def _cannot_write(error: BaseException) -> bool:
    """SQLite opens a file for reading when it cannot for writing, and stays so: another connection may do better."""
    cause = error if isinstance(error, sqlite3.Error) else error.__cause__  # of a StoreError
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY
