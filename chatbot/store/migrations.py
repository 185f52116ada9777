"""Older indexes are brought to this program's schema when they are opened, without one embedding call.

Each step takes a database from one schema version to the next. All of it is one transaction: a crash leaves
the older index, whole.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from chatbot.store.records import embedded_text, hash_of
from chatbot.store.schema import SCHEMA_VERSION
from chatbot.text.keywords import ANALYSIS_VERSION, analyse


def are_needed(connection: sqlite3.Connection) -> bool:
    """Whether the index is older than this program; one that is newer, or no index at all, is not."""
    meta = _meta(connection)
    schema = meta.get("schema", "")
    if not schema.isdigit() or int(schema) > SCHEMA_VERSION:
        return False
    return int(schema) < SCHEMA_VERSION or meta.get("analysis") != ANALYSIS_VERSION


def carry_out(connection: sqlite3.Connection) -> None:
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


_STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _to_2}
