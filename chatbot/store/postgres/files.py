"""The content of uploads and of web pages in the database, with a copy on each machine that has needed it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from chatbot.store.folder_files import FolderFiles
from chatbot.store.protocol import Files

_SPARED = "1 hour"  # what was put so lately may belong to a document that somebody is about to store


class PostgresFiles(Files):
    """``folder``: where this machine's copies are. ``name``: of the schema."""

    def __init__(
        self, folder: Path, connected: Callable[[], AbstractContextManager[Connection[Any]]], name: str
    ) -> None:
        self._copies = FolderFiles(folder)
        self._connected = connected
        self._table = sql.Identifier(name, "file")

    def put(self, sha256: str, content: bytes) -> Path:
        with self._connected() as connection:
            connection.execute(
                sql.SQL(
                    "INSERT INTO {} (sha256, content) VALUES (%s, %s) ON CONFLICT (sha256) DO UPDATE SET kept_at = now()"
                ).format(self._table),
                (sha256, content),
            )
        return self._copies.put(sha256, content)

    def path(self, sha256: str) -> Path:
        here = self._copies.path(sha256)
        if here.exists() or not sha256:
            return here
        with self._connected() as connection:
            row = connection.execute(
                sql.SQL("SELECT content FROM {} WHERE sha256 = %s").format(self._table), (sha256,)
            ).fetchone()
        return self._copies.put(sha256, bytes(row[0])) if row else here

    def sweep(self, used: set[str]) -> None:
        """Here, what is not ``used``; in the database, what no document has: another may know more than the caller."""
        self._copies.sweep(used)
        with self._connected() as connection:
            connection.execute(
                sql.SQL("DELETE FROM {} WHERE kept_at < now() - %s::interval AND sha256 != ALL(%s)").format(
                    self._table
                ),
                (_SPARED, sorted(used)),
            )
