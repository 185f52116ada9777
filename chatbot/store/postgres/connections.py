"""Connections to PostgreSQL: where it is comes from the environment alone, and is never in a message.

``SECONDLOOK_DSN`` is a connection string (``postgresql://...``, or ``host=... dbname=...``); without it libpq's own
variables count: PGHOST, PGDATABASE, PGUSER, PGPASSFILE and the rest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from chatbot.errors import StoreError

DSN = "SECONDLOOK_DSN"
_CONNECT_S = 10  # to wait for a connection, of the server or of the pool
_MOST = 20  # connections of one process


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
    """A pool, opened when it is first used; share one between all threads."""

    def __init__(self) -> None:
        self._pool: ConnectionPool[Connection[Any]] | None = None

    def open(self) -> None:
        """Connect once, so that a server that is not there is noticed at once. Raises ``StoreError``."""
        given = connection_string()
        with explained():
            psycopg.connect(given, connect_timeout=_CONNECT_S).close()
            self._pool = ConnectionPool(
                given,
                min_size=1,
                max_size=_MOST,
                timeout=_CONNECT_S,
                open=True,
                check=ConnectionPool.check_connection,  # a server that was restarted has closed them
                kwargs={"autocommit": True, "prepare_threshold": None, "connect_timeout": _CONNECT_S},
            )

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """In autocommit mode; whatever transaction is left open is rolled back."""
        if self._pool is None:
            raise StoreError("the index has been closed; open the store again")
        with self._pool.connection() as connection:
            try:
                yield connection
            finally:
                if not connection.closed and connection.info.transaction_status != TransactionStatus.IDLE:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()
            self._pool = None


@contextmanager
def explained() -> Iterator[None]:
    """What goes wrong between here and the server, in one sentence."""
    try:
        yield
    except (psycopg.OperationalError, PoolTimeout, PoolClosed) as error:
        raise StoreError(
            "PostgreSQL cannot be reached or used ({error}); what was stored is safe; try again in a moment",
            error=_first_line(error),
        ) from error
    except (psycopg.Error, UnicodeEncodeError) as error:
        raise StoreError(
            "PostgreSQL refused ({error}); the index is as before", error=_first_line(error)
        ) from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
