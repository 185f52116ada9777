"""Copies rows of tables from one engine into the other, with their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chatbot.store.tables.protocol import Connection

_AT_ONCE = 500  # ids


def copy_rows(
    source: Connection, target: Connection, table: str, column: str = "", ids: Sequence[Any] = ()
) -> int:
    """All rows of ``table``, or those whose ``column`` is one of ``ids``; how many there were.

    What the target has already under the same key stays as it is.
    """
    copied = 0
    for where, values in _conditions(column, ids):
        rows = source.execute(f"SELECT * FROM {table}{where}", values)
        names = [str(described[0]) for described in rows.description or ()]
        into = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) ON CONFLICT DO NOTHING"
        for row in rows:
            copied += target.execute(into, row).rowcount
    return copied


def _conditions(column: str, ids: Sequence[Any]) -> Iterable[tuple[str, Sequence[Any]]]:
    if not column:
        yield "", ()
    for first in range(0, len(ids) if column else 0, _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        yield f" WHERE {column} IN ({', '.join('?' * len(some))})", some
