"""The tables, and the steps from one version of them to the next. The version is SQLite's ``user_version``."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

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


STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (_to_1,)  # number n leads from version n to n + 1
VERSION = len(STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Take every step that is missing, all in one transaction; a new file is at version 0."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[version_of(connection) :]:
            step(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
