"""The tables of the file of conversations, and the steps that bring an older file up to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

DATABASE = "conversations.db"

PRAGMAS = (
    "PRAGMA synchronous = NORMAL",  # a power cut may take the last exchange, never the file
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten, not only unlinked
)


def _to_1(connection: sqlite3.Connection) -> None:
    for statement in (
        """
        CREATE TABLE conversation (
            id      INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: an old link finds nothing, not another's
            owner   TEXT NOT NULL,                     -- who signed in; '' without sign-in
            title   TEXT NOT NULL DEFAULT '',          -- '': the first question
            sought  TEXT NOT NULL DEFAULT '',          -- the title as search compares it
            updated TEXT NOT NULL
        )
        """,
        "CREATE INDEX conversation_of_owner ON conversation (owner, updated)",
        """
        CREATE TABLE exchange (
            id              INTEGER PRIMARY KEY,
            conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
            position        INTEGER NOT NULL,
            question        TEXT NOT NULL,
            UNIQUE (conversation_id, position)
        )
        """,
        # apart from it, so that the list reads no answers and a search no candidates, 30 KB for each answer
        """
        CREATE TABLE words (
            exchange_id INTEGER PRIMARY KEY REFERENCES exchange (id) ON DELETE CASCADE,
            sought      TEXT NOT NULL                  -- question and answer as search compares them
        )
        """,
        """
        CREATE TABLE record (
            exchange_id INTEGER PRIMARY KEY REFERENCES exchange (id) ON DELETE CASCADE,
            content     TEXT NOT NULL                  -- JSON
        )
        """,
        """
        CREATE TABLE rating (
            exchange_id INTEGER NOT NULL REFERENCES exchange (id) ON DELETE CASCADE,
            chunk_id    INTEGER NOT NULL,              -- the passage that is rated; 0: the answer
            value       INTEGER NOT NULL CHECK (value IN (-1, 1)),
            PRIMARY KEY (exchange_id, chunk_id)
        ) WITHOUT ROWID
        """,
    ):
        connection.execute(statement)


def _to_2(connection: sqlite3.Connection) -> None:
    """Versions of an answer side by side, pinned conversations, reasons for a thumb, and what a person has chosen.

    Until now an exchange followed the one at the position before it, and was the only one there.
    """
    for statement in (
        "ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE conversation ADD COLUMN changes INTEGER NOT NULL DEFAULT 0", # how often something in it changed
        "ALTER TABLE exchange ADD COLUMN follows INTEGER",                        # position; NULL: it begins
        "ALTER TABLE exchange ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0",      # of versions, the greatest is shown
        "ALTER TABLE exchange ADD COLUMN changed INTEGER NOT NULL DEFAULT 0",     # number of its last change
        """
        UPDATE exchange SET follows = (
            SELECT max(e.position) FROM exchange e
            WHERE e.conversation_id = exchange.conversation_id AND e.position < exchange.position
        )
        """,
        "ALTER TABLE rating ADD COLUMN why TEXT NOT NULL DEFAULT ''",             # a name of ``Why``
        "ALTER TABLE rating ADD COLUMN words TEXT NOT NULL DEFAULT ''",           # the person's own
        """
        CREATE TABLE setting (
            owner TEXT NOT NULL,
            name  TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (owner, name)
        ) WITHOUT ROWID
        """,
    ):  # fmt: skip
        connection.execute(statement)


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _to_1,
    _to_2,
)  # number n leads from version n to n + 1


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
