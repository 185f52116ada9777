"""What people had lately, in the database that several programs share: a person has the same at all of them together.

A span is cut into 60 slots, by the clock of the server, and a person has one row for each slot in which they had anything: a
question costs the same whatever they had before. What is over is taken away by whoever counts next.
"""

from __future__ import annotations

import math

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.limits.window import seconds_until_room
from chatbot.store.tables import Connection, Tables, open_tables

_SLOTS = 60  # of a span: waiting is at most one sixtieth longer than it need be
_SWEPT = 100  # rows that one who counts takes away of others

# never in a file. UNLOGGED: a commit waits for no disk, and a server that has crashed begins anew, as a program does
_TABLES = Tables(
    "limits",
    steps=(),
    scripts=(
        """
        CREATE UNLOGGED TABLE had (
            kind   text COLLATE "C" NOT NULL,
            person text COLLATE "C" NOT NULL,
            slot   bigint NOT NULL,
            amount bigint NOT NULL,
            ends   timestamptz NOT NULL,         -- from then on it counts no longer
            PRIMARY KEY (kind, person, slot)
        );
        CREATE INDEX had_ends ON had (ends);
        """,
    ),
    error=StoreError,
    unusable="what you may do is not known now: {reason}",
)


class SharedCounts:
    """Amounts of one ``kind`` by person, each of which counts for ``span_s`` seconds; see ``window.Window``.

    Both methods raise ``StoreError`` where the database cannot be asked.
    """

    def __init__(self, config: Config, kind: str, span_s: float) -> None:
        self._database = open_tables(config, _TABLES)
        self._kind = kind
        self._slot_s = span_s / _SLOTS

    def take(self, person: str, amount: int, most: int) -> float:
        """As ``Window.take``."""
        with self._database.writing(hold=f"{self._kind} {person}") as connection:
            now = _now(connection)
            rows = connection.execute(
                "SELECT amount, EXTRACT(EPOCH FROM ends) FROM had WHERE kind = ? AND person = ? AND ends > to_timestamp(?)"
                " ORDER BY slot",
                (self._kind, person, now),
            ).fetchall()
            had = [(float(ends) - now, size) for size, ends in rows]
            if not (wait_s := seconds_until_room(had, amount, most)):
                self._write(connection, person, amount, now)
            return wait_s

    def give_back(self, person: str, amount: int) -> None:
        """Take back the latest ``take`` of this amount: nothing came of it."""
        with self._database.writing(hold=f"{self._kind} {person}") as connection:
            connection.execute(
                "UPDATE had SET amount = amount - ? WHERE kind = ? AND person = ? AND slot ="
                " (SELECT max(slot) FROM had WHERE kind = ? AND person = ? AND amount >= ?)",
                (amount, *(self._kind, person) * 2, amount),
            )

    def _write(self, connection: Connection, person: str, amount: int, now: float) -> None:
        slot = math.floor(now / self._slot_s)
        connection.execute(
            "INSERT INTO had VALUES (?, ?, ?, ?, to_timestamp(?))"
            " ON CONFLICT (kind, person, slot) DO UPDATE SET amount = had.amount + excluded.amount",
            (self._kind, person, slot, amount, (slot + 1 + _SLOTS) * self._slot_s),
        )
        connection.execute(
            "DELETE FROM had WHERE ctid = ANY(ARRAY(SELECT ctid FROM had WHERE ends <= to_timestamp(?)"
            f" ORDER BY ends LIMIT {_SWEPT} FOR UPDATE SKIP LOCKED))",
            (now,),
        )


def _now(connection: Connection) -> float:
    """By the clock of the server, once nobody else is counting for the same person."""
    (now,) = connection.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp())").fetchone()
    return float(now)
