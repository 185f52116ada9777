"""The tables of ``library.db``, and the steps that bring an older file up to them."""

from __future__ import annotations

import sqlite3

from chatbot.conversations.database import Database
from chatbot.errors import LibraryError

FIRST = 1  # id of the notebook that is the index folder itself


def _to_1(connection: sqlite3.Connection) -> None:
    for statement in (
        """
        CREATE TABLE notebook (
            id        INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: an old address finds nothing
            folder    TEXT NOT NULL UNIQUE,              -- in notebooks/; '': the index folder itself
            name      TEXT NOT NULL,                     -- '': the first one, which nobody has named
            created   TEXT NOT NULL,
            archived  TEXT NOT NULL DEFAULT '',          -- since when
            everybody TEXT NOT NULL DEFAULT '' CHECK (everybody IN ('', 'viewer', 'editor')),
            settings  TEXT NOT NULL DEFAULT '{}'         -- JSON
        )
        """,
        """
        CREATE TABLE person (                            -- whoever has signed in once
            id    TEXT PRIMARY KEY,
            name  TEXT NOT NULL,
            email TEXT NOT NULL,                         -- '' where the provider does not vouch for it
            seen  TEXT NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE INDEX person_by_email ON person (email)",
        """
        CREATE TABLE member (
            notebook_id INTEGER NOT NULL REFERENCES notebook (id) ON DELETE CASCADE,
            person_id   TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
            role        TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')),
            PRIMARY KEY (notebook_id, person_id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX member_by_person ON member (person_id)",
        "CREATE TABLE gone (folder TEXT PRIMARY KEY) WITHOUT ROWID",  # deleted notebooks whose files may be there
        """
        CREATE TABLE event (                             -- names as they were then: people and notebooks go
            id          INTEGER PRIMARY KEY AUTOINCREMENT,
            at          TEXT NOT NULL,
            person_id   TEXT NOT NULL,                   -- '': the command line, or nobody signs in
            person      TEXT NOT NULL,
            action      TEXT NOT NULL,
            notebook_id INTEGER NOT NULL,                -- 0: none
            notebook    TEXT NOT NULL,
            detail      TEXT NOT NULL
        )
        """,
        "CREATE INDEX event_of_notebook ON event (notebook_id, id)",
    ):
        connection.execute(statement)
    # whoever signed in could read the index until now; changing it takes a role
    connection.execute(
        "INSERT INTO notebook (id, folder, name, created, everybody)"
        " VALUES (?, '', '', strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now'), 'viewer')",
        (FIRST,),
    )


def _to_2(connection: sqlite3.Connection) -> None:
    """API keys. What goes with a person or a notebook goes by itself: no key is left that has lost its bound."""
    connection.execute(
        """
        CREATE TABLE api_key (
            id          INTEGER PRIMARY KEY AUTOINCREMENT,
            hash        BLOB NOT NULL UNIQUE,            -- SHA-256; the key itself is nowhere
            ending      TEXT NOT NULL,                   -- its last characters, to be told apart by
            name        TEXT NOT NULL,
            person_id   TEXT REFERENCES person (id) ON DELETE CASCADE,       -- NULL: whoever has the machine
            scopes      TEXT NOT NULL,                   -- with blanks between them
            notebook_id INTEGER REFERENCES notebook (id) ON DELETE CASCADE,  -- NULL: every one of the person's
            made        TEXT NOT NULL,
            expires     TEXT NOT NULL DEFAULT '',
            used        TEXT NOT NULL DEFAULT '',        -- to the minute
            revoked     TEXT NOT NULL DEFAULT ''         -- since when
        )
        """
    )
    connection.execute("CREATE INDEX api_key_by_person ON api_key (person_id)")
    connection.execute("CREATE INDEX api_key_by_notebook ON api_key (notebook_id)")


class LibraryDatabase(Database):
    """``library.db``, private, made when the first notebook, person or key is added."""

    name = "library.db"
    steps = (_to_1, _to_2)
    error = LibraryError
    unusable = "the notebooks cannot be used: {reason}"
