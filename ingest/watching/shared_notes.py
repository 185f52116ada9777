"""Notes beside an index in PostgreSQL: a row for each program, which it signs again and again while it lives.

A program that was killed signs no more, and its note counts for ``SIGNED_S`` seconds longer at most, by the clock of the
server. The next program that leaves one takes it away.
"""

from __future__ import annotations

import json
import os
import platform
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.store.tables import Connection, Tables, open_tables

SIGNED_S = 30
_SIGNS_EVERY_S = 10.0

# never in a file
_TABLES = Tables(
    "watching",
    steps=(),
    scripts=(
        """
        CREATE TABLE watcher (
            id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            machine   text NOT NULL,
            paths     text NOT NULL,             -- JSON
            looked_at text NOT NULL DEFAULT '',
            signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
        );
        """,
    ),
    error=StoreError,
    unusable="what is watched is not known: {reason}",
)
_IS_SIGNED = f"signed_at > now() - interval '{SIGNED_S} seconds'"


class SharedNote:
    """The note of this process, signed by a thread of its own: also while it reads files for an hour."""

    def __init__(self, config: Config, paths: Sequence[Path]) -> None:
        self._database = open_tables(config, _TABLES)
        self._paths = json.dumps([os.path.realpath(path) for path in paths])
        self._number = 0  # until it could be written
        self._looked_at = ""
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._sign()
        threading.Thread(target=self._go_on, name="sign the note", daemon=True).start()

    def looked(self) -> None:
        """All files were compared with the index, just now."""
        self._looked_at = datetime.now(UTC).isoformat()
        self._sign()

    def close(self) -> None:
        """Take it away."""
        self._over.set()
        with self._lock, suppress(StoreError), self._database.writing() as connection:
            connection.execute("DELETE FROM watcher WHERE id = ?", (self._number,))

    def _go_on(self) -> None:
        while not self._over.wait(_SIGNS_EVERY_S):
            self._sign()

    def _sign(self) -> None:
        with self._lock, suppress(StoreError):
            if not self._over.is_set():
                with self._database.writing() as connection:
                    self._number = self._written(connection)

    def _written(self, connection: Connection) -> int:
        found = connection.execute(
            "UPDATE watcher SET looked_at = ?, signed_at = clock_timestamp() WHERE id = ? RETURNING id",
            (self._looked_at, self._number),
        ).fetchone()
        if found is None:
            connection.execute(f"DELETE FROM watcher WHERE NOT ({_IS_SIGNED})")
            found = connection.execute(
                "INSERT INTO watcher (machine, paths, looked_at) VALUES (?, ?, ?) RETURNING id",
                (platform.node(), self._paths, self._looked_at),
            ).fetchone()
        return int(found[0])


def shared_notes(config: Config) -> Iterator[tuple[list[str], datetime | None, str]]:
    """(paths, when they were looked at, the machine: empty for this one) of each program that is alive."""
    database, rows = open_tables(config, _TABLES), []
    with suppress(StoreError):
        if database.is_there:
            with database.reading() as connection:
                rows = connection.execute(
                    f"SELECT paths, looked_at, machine FROM watcher WHERE {_IS_SIGNED} ORDER BY id"
                ).fetchall()
    for paths, looked_at, machine in rows:
        here = "" if machine == platform.node() else machine
        yield json.loads(paths), datetime.fromisoformat(looked_at) if looked_at else None, here
