"""Replaces an index by another one as a whole: the second half of ``secondlook reindex``.

The new index is built in a folder of its own, in its own time. Then everything it holds is copied in one
transaction, so that readers see the old or the new one and a crash leaves the old one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatbot.store.sqlite import base_file
from chatbot.store.sqlite.schema import DATABASE

# meta that describes the content; the schema is the same, the sequence goes on
_META = ("identity", "dimension", "analysis")
_TABLES = ("chunk_fts", "chunk", "document", "tombstone", "embedding_cache", "token_vectors", "base")


class Adoption:
    """``other`` attached to the connection of the index that takes it over."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.dimension = int(self._scalar("SELECT value FROM other.meta WHERE key = 'dimension'"))
        self._chunk_offset = self._last_id("chunk")
        self._document_offset = self._last_id("document")

    def write_base(self, folder: Path) -> base_file.NewBase:
        """The base file of what is to come, under the ids that it will have."""
        return base_file.write(
            self._connection, folder, self.dimension, chunk_table="other.chunk", offset=self._chunk_offset
        )

    def carry_out(self) -> None:
        """Exchange the rows, inside the caller's transaction; folders keep their labels."""
        execute = self._connection.execute
        for table in _TABLES:
            execute(f"DELETE FROM main.{table}")
        self._copy("document", {"id": f"id + {self._document_offset}"})
        self._copy(
            "chunk",
            {"id": f"id + {self._chunk_offset}", "document_id": f"document_id + {self._document_offset}"},
        )
        self._copy("token_vectors", {})
        execute(
            f"INSERT INTO main.chunk_fts (rowid, terms) SELECT rowid + {self._chunk_offset}, terms FROM other.chunk_fts"
        )
        for key in _META:
            execute(
                "UPDATE main.meta SET value = (SELECT value FROM other.meta WHERE key = ?1) WHERE key = ?1",
                (key,),
            )

    def _copy(self, table: str, changed: dict[str, str]) -> None:
        names = [row[1] for row in self._connection.execute(f"PRAGMA main.table_info({table})")]
        values = ", ".join(changed.get(name, name) for name in names)
        self._connection.execute(
            f"INSERT INTO main.{table} ({', '.join(names)}) SELECT {values} FROM other.{table}"
        )

    def _last_id(self, table: str) -> int:
        return int(
            self._scalar(f"SELECT coalesce(max(seq), 0) FROM main.sqlite_sequence WHERE name = '{table}'")
        )

    def _scalar(self, sql: str) -> str:
        return str(self._connection.execute(sql).fetchone()[0])


@contextmanager
def adopt_from(connection: sqlite3.Connection, folder: Path) -> Iterator[Adoption]:
    """``folder``'s index, attached to ``connection`` as ``other`` for the time of the block."""
    connection.execute("ATTACH DATABASE ? AS other", (str(folder / DATABASE),))
    try:
        yield Adoption(connection)
    finally:
        connection.execute("DETACH DATABASE other")
