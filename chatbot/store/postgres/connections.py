"""Connections to PostgreSQL: where it is comes from the environment alone, and is never in a message.

``SECONDLOOK_DSN`` is a connection string (``postgresql://...``, or ``host=... dbname=...``); without it libpq's own
variables count: PGHOST, PGDATABASE, PGUSER, PGPASSFILE and the rest.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from chatbot.errors import StoreError

DSN = "SECONDLOOK_DSN"
_WAIT_S = 10  # for a connection
_MOST = 20  # connections of one process
# where the connection string says nothing else: a machine that has vanished is noticed after 25 s, and not after 15 minutes
_PATIENCE: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}


def connection_string() -> str:
    """From the environment. Raises ``StoreError`` where it is none, without repeating it."""
    given = os.environ.get(DSN, "")
    try:
        conninfo_to_dict(given)
    except psycopg.Error:
        raise StoreError(
            "{name} is no connection string that PostgreSQL understands; set it to postgresql://user@host/database",
            name=DSN,
        ) from None  # the cause would repeat it
    return given


class Connections:
    """As many as threads use at the same moment, kept for the next ones; share it between all threads.

    psycopg's own pool opens connections in the background, and after a restart of the server waits 1, 2, 4, 8 s between
    its attempts: whoever asks then is told too late that the server cannot be reached, or that it can again.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._given = connection_string()
        given = conninfo_to_dict(self._given)
        self._patience = {name: value for name, value in _PATIENCE.items() if name not in given}
        self._most = most
        self._idle: list[Connection[Any]] = []
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(most)
        self._closed = False

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """In autocommit mode; whatever transaction is left open is rolled back."""
        if not self._slots.acquire(timeout=_WAIT_S):
            raise StoreError(
                "all {count} connections to PostgreSQL are in use; try again in a moment", count=self._most
            )
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close the idle ones now and the lent ones when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> Connection[Any]:
        while True:
            with self._lock:
                if self._closed:
                    raise StoreError("the index has been closed; open the store again")
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return psycopg.connect(
                    self._given,
                    autocommit=True,
                    prepare_threshold=None,
                    connect_timeout=_WAIT_S,
                    **self._patience,
                )
            try:
                connection.execute("")  # a server that was restarted has closed it
                return connection
            except psycopg.OperationalError:
                connection.close()

    def _give_back(self, connection: Connection[Any]) -> None:
        try:
            if not connection.closed and connection.info.transaction_status != TransactionStatus.IDLE:
                connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
        with self._lock:
            if not self._closed and not connection.closed:
                self._idle.append(connection)
                return
        connection.close()


@contextmanager
def explained() -> Iterator[None]:
    """What goes wrong between here and the server, in one sentence."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise StoreError(
            "PostgreSQL cannot be reached or used ({error}); what was stored is safe; try again in a moment",
            error=first_line(error),
        ) from error
    except (psycopg.Error, UnicodeEncodeError) as error:
        raise StoreError(
            "PostgreSQL refused ({error}); the index is as before", error=first_line(error)
        ) from error


def first_line(error: BaseException) -> str:
    """Of what the server or libpq says."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
