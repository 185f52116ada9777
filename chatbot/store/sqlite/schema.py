"""The database schema: its tables, and the steps that bring an older index to them.

SQLite is the truth: everything else in the store can be rebuilt from it. Older indexes are migrated when they are
opened, without one embedding call. Each step takes a database from one version to the next; all of it is one
transaction, and a crash leaves the older index whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from chatbot.store.records import embedded_text, hash_of
from chatbot.text.keywords import ANALYSIS_VERSION, analyse

DATABASE = "rag.db"
SCHEMA_VERSION = 6  # raise it with a step in _STEPS

PAGE_SIZE = (
    8192  # bytes; two chunks with their vectors fill one: a quarter less disk than with SQLite's own 4096
)

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE root (            -- a folder that was ingested; its label starts the uri of its documents
    label TEXT PRIMARY KEY,
    path  TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE document (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uri        TEXT NOT NULL UNIQUE,          -- label/relative/path: what people see and cite
    path       TEXT NOT NULL,                 -- where the file was read from
    sha256     TEXT NOT NULL,
    made_by    TEXT NOT NULL,                 -- parser and splitter versions; another one means "changed"
    status     TEXT NOT NULL CHECK (status IN ('indexed', 'partial', 'refused')),
    reason     TEXT NOT NULL DEFAULT '',      -- a phrase: its template and values, or text
    missing    TEXT NOT NULL DEFAULT '',      -- what would make it readable: ocr
    format     TEXT NOT NULL DEFAULT '',
    title      TEXT NOT NULL DEFAULT '',
    bytes      INTEGER NOT NULL,
    pages      INTEGER NOT NULL DEFAULT 0,
    text       TEXT NOT NULL DEFAULT '',      -- every chunk is text[char_start:char_end]
    indexed_at TEXT NOT NULL,
    hidden     TEXT NOT NULL DEFAULT '',      -- what the file hides from its readers; JSON, see chatbot/text/hidden.py
    hidden_words INTEGER NOT NULL DEFAULT 0,
    address    TEXT NOT NULL DEFAULT '',      -- of a web page
    validators TEXT NOT NULL DEFAULT ''       -- by which its server knows whether it has changed; JSON
);

CREATE INDEX document_by_name ON document (uri, title);  -- names are read without the texts beside them

CREATE TABLE chunk (           -- AUTOINCREMENT: an id is never used twice, so no citation can go astray
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES document (id),
    position    INTEGER NOT NULL,
    page        INTEGER,
    char_start  INTEGER NOT NULL,
    char_end    INTEGER NOT NULL,
    heading     TEXT NOT NULL,                -- JSON list, outermost first
    text        TEXT NOT NULL,
    embedding   BLOB NOT NULL,                -- float32, little-endian, length 1
    text_hash   BLOB,                         -- of the text that was embedded; NULL: unknown
    header      TEXT NOT NULL DEFAULT ''      -- the header row of the table that the chunk continues
);
CREATE INDEX chunk_of_document ON chunk (document_id, position);
CREATE INDEX chunk_by_text ON chunk (text_hash);

CREATE TABLE embedding_cache ( -- of chunks that are gone; rowids grow, the oldest are dropped
    text_hash BLOB PRIMARY KEY,
    embedding BLOB NOT NULL
);

CREATE TABLE token_vectors (   -- of a text that was embedded, for the second look; see chatbot/reranking/codec.py
    text_hash BLOB PRIMARY KEY,               -- chunks that read the same share them
    codes     BLOB NOT NULL
);

CREATE VIRTUAL TABLE chunk_fts USING fts5 (terms, tokenize = "{tokenize}");

CREATE TABLE tombstone (       -- chunks that are gone but may still be in a base file
    chunk_id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL
);

CREATE TABLE base (            -- immutable FAISS files, newest generation last
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    file       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    high_water INTEGER NOT NULL,              -- holds the live chunks with id <= high_water ...
    sequence   INTEGER NOT NULL,              -- ... as of this commit
    count      INTEGER NOT NULL,
    bytes      INTEGER NOT NULL
);
"""

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
)


def migrations_needed(connection: sqlite3.Connection) -> bool:
    """Whether the index is older than this program; one that is newer, or no index at all, is not."""
    meta = _meta(connection)
    schema = meta.get("schema", "")
    if not schema.isdigit() or int(schema) > SCHEMA_VERSION:
        return False
    return int(schema) < SCHEMA_VERSION or meta.get("analysis") != ANALYSIS_VERSION


def migrate(connection: sqlite3.Connection) -> None:
    """Take every step that is missing; the caller holds the writer lock."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        meta = _meta(connection)  # another process may have been faster
        for version in range(int(meta["schema"]), SCHEMA_VERSION):
            _STEPS[version](connection)
        if meta["analysis"] != ANALYSIS_VERSION:
            analyse_again(connection)
        for key, value in {"schema": str(SCHEMA_VERSION), "analysis": ANALYSIS_VERSION}.items():
            connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))
        connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'sequence'")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def analyse_again(connection: sqlite3.Connection) -> None:
    """Fill lexical search anew from the stored chunks, inside the caller's transaction."""
    connection.execute("DELETE FROM chunk_fts")
    rows = connection.execute("SELECT id, text, heading, header FROM chunk")
    for chunk, text, heading, header in rows:
        terms = analyse(embedded_text(text, tuple(json.loads(heading)), header))
        connection.execute("INSERT INTO chunk_fts (rowid, terms) VALUES (?, ?)", (chunk, terms))


def _meta(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM meta").fetchall())


def _to_2(connection: sqlite3.Connection) -> None:
    """Hashes of what was embedded, table headers, and what is known of a base file."""
    for statement in (
        "ALTER TABLE chunk ADD COLUMN text_hash BLOB",
        "ALTER TABLE chunk ADD COLUMN header TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX chunk_by_text ON chunk (text_hash)",
        "CREATE TABLE embedding_cache (text_hash BLOB PRIMARY KEY, embedding BLOB NOT NULL)",
        "ALTER TABLE base ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0",
    ):
        connection.execute(statement)
    connection.create_function(
        "hash_of_chunk", 2, lambda text, heading: hash_of(embedded_text(text, tuple(json.loads(heading))))
    )
    connection.execute("UPDATE chunk SET text_hash = hash_of_chunk(text, heading)")


def _to_3(connection: sqlite3.Connection) -> None:
    """What would make a document readable; until now that was a command in the reason."""
    connection.execute("ALTER TABLE document ADD COLUMN missing TEXT NOT NULL DEFAULT ''")
    connection.execute(
        """UPDATE document SET missing = 'ocr' WHERE instr(reason, 'pip install "secondlook[ocr]"') > 0"""
    )


def _to_4(connection: sqlite3.Connection) -> None:
    """What a file hides from its readers, known of files that are read from now on; addresses of web pages."""
    for column in ("hidden TEXT", "address TEXT", "validators TEXT"):
        connection.execute(f"ALTER TABLE document ADD COLUMN {column} NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE document ADD COLUMN hidden_words INTEGER NOT NULL DEFAULT 0")


def _to_5(connection: sqlite3.Connection) -> None:
    """Token vectors, kept of texts that are embedded from now on."""
    connection.execute("CREATE TABLE token_vectors (text_hash BLOB PRIMARY KEY, codes BLOB NOT NULL)")


def _to_6(connection: sqlite3.Connection) -> None:
    """Names and titles beside each other: of 100,000 documents in 0.2 s, and not from among 0.5 GB of texts."""
    connection.execute("CREATE INDEX document_by_name ON document (uri, title)")


_STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _to_2, 2: _to_3, 3: _to_4, 4: _to_5, 5: _to_6}
