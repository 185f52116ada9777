"""Copies the library to another engine, as a whole and once: notebooks, people, roles, API keys, the log."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.config import Config
from chatbot.errors import LibraryError
from chatbot.notebooks.schema import FIRST, TABLES
from chatbot.store.tables import Connection, open_tables
from chatbot.store.tables.copying import copy_rows

_TABLES = ("notebook", "person", "member", "gone", "event", "api_key")  # those first to which others refer
_NUMBERED = ("notebook", "event", "api_key")


@dataclass(frozen=True, slots=True)
class CopiedLibrary:
    """How much was copied now: nothing of it where ``was_there``. The first notebook counts."""

    notebooks: int = 0
    people: int = 0
    keys: int = 0
    lines: int = 0
    was_there: bool = False


def copy_library(source: Config, target: Config) -> CopiedLibrary:
    """All of it in one transaction, with the same numbers. API keys stay good: their hashes are copied.

    Where the target knows all these notebooks already nothing is copied: a role or a key that was taken away there
    meanwhile does not come back.

    Raises:
        LibraryError: the target has other notebooks, people or keys; or one of them cannot be used.
    """
    here, there = open_tables(source, TABLES), open_tables(target, TABLES)
    if not here.is_there:
        return CopiedLibrary()
    with here.reading() as old, there.writing(hold="all of it") as new:
        if not _is_empty(new):
            if not _notebooks(old) <= _notebooks(new):
                raise LibraryError(
                    "where the notebooks are to be copied to are others already; choose an empty place"
                )
            return CopiedLibrary(was_there=True)
        new.execute(
            "DELETE FROM notebook WHERE id = ?", (FIRST,)
        )  # as it was made: nobody has named it or set anything
        counts = {table: copy_rows(old, new, table) for table in _TABLES}
        for table in _NUMBERED:
            there.go_on_after(new, table, here.last_number(old, table))
    return CopiedLibrary(counts["notebook"], counts["person"], counts["api_key"], counts["event"])


def _is_empty(connection: Connection) -> bool:
    """Whether nothing was kept in it but what a new one has."""
    if _notebooks(connection) != {(FIRST, "")}:
        return False
    return all(
        connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() is None
        for table in ("person", "event", "api_key")
    )


def _notebooks(connection: Connection) -> set[tuple[int, str]]:
    return {
        (int(number), str(folder)) for number, folder in connection.execute("SELECT id, folder FROM notebook")
    }
