"""Sums that are kept as rows which are only added: now and then many rows become one."""

from __future__ import annotations

from typing import Any

from psycopg import Connection, sql

from chatbot.store.postgres import schema

_DUE = 200  # commits since the last time
_ROWS = 16  # of one key; fewer are added up as they are
_CACHED = 20_000  # embeddings of chunks that are gone


def is_due(connection: Connection[Any]) -> bool:
    """Whether ``_DUE`` commits have come since the last time: then summing their rows up saves time."""
    row = connection.execute("SELECT count(*) FROM (SELECT 1 FROM tally LIMIT %s) AS few", (_DUE,)).fetchone()
    return row is not None and row[0] >= _DUE


def fold(connection: Connection[Any], name: str) -> bool:
    """Inside the caller's transaction; ``False`` where another one is at it. Rows added meanwhile stay as they are."""
    key, values = schema.lock_key(name, "\x1ffolding")
    row = connection.execute(sql.SQL("SELECT pg_try_advisory_xact_lock({})").format(key), values).fetchone()
    if row is None or not row[0]:
        return False
    connection.execute(
        "WITH gone AS (DELETE FROM tally RETURNING commits, chunks, length)"
        " INSERT INTO tally SELECT sum(commits), sum(chunks), sum(length) FROM gone HAVING count(*) > 0"
    )
    connection.execute(
        "WITH many AS (SELECT key FROM frequency GROUP BY key HAVING count(*) >= %s OR sum(chunks) = 0),"
        " gone AS (DELETE FROM frequency WHERE key IN (SELECT key FROM many) RETURNING key, chunks)"
        " INSERT INTO frequency SELECT key, sum(chunks) FROM gone GROUP BY key HAVING sum(chunks) != 0",
        (_ROWS,),
    )
    connection.execute(
        "DELETE FROM embedding_cache WHERE id <= (SELECT max(id) FROM embedding_cache) - %s", (_CACHED,)
    )
    return True
