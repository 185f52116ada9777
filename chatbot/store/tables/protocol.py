"""What both engines of tables can do, and how tables are described to them.

Statements are written once, in the SQL that SQLite (from 3.35 on) and PostgreSQL share: ``?`` for values, ``RETURNING``
in place of the last row's id, ``ON CONFLICT`` in place of ``OR REPLACE``, numbers in place of truth values in columns. A
part of a text is found by ``instr``, which the tables in PostgreSQL bring along. What no row may hold twice is said by the
tables; what a transaction reads before it writes is locked by what it changes first, or by ``hold``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from chatbot.errors import ChatbotError


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables that belong together.

    Attributes:
        name: of the file, with ``.db`` at its end, and of this part of the schema in PostgreSQL.
        steps: number n leads a file from version n to n + 1.
        scripts: the same in PostgreSQL, where versions are counted apart.
        error, unusable: what is raised where they cannot be used, and the sentence, with a blank for the reason.
    """

    name: str
    steps: tuple[Callable[[sqlite3.Connection], None], ...]
    scripts: tuple[str, ...]
    error: type[ChatbotError]
    unusable: str

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.db"


class Rows(Protocol):
    """What a statement has found."""

    @property
    def rowcount(self) -> int: ...

    @property
    def description(self) -> Sequence[Any] | None:
        """A sequence for each column, whose first entry is its name."""
        ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One transaction."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Rows: ...


class Database(Protocol):
    """Where some tables are. Share one instance between all threads.

    Every method raises ``Tables.error``, also for what goes wrong with the database inside a block.
    """

    @property
    def place(self) -> str:
        """Two objects with the same one hold the same."""
        ...

    @property
    def is_there(self) -> bool:
        """Whether anything was ever kept in it."""
        ...

    def prepare(self) -> None:
        """Make the tables, or bring them to this version; reading and writing do it too."""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """One consistent view."""
        ...

    def writing(self, hold: str = "") -> AbstractContextManager[Connection]:
        """One transaction; those who write the same rows wait for it.

        Args:
            hold: names what is decided by reading: others with the same one wait until this transaction has ended.
        """
        ...

    def last_number(self, connection: Connection, table: str) -> int:
        """The greatest id that a row of ``table`` was ever given, also where that row is gone."""
        ...

    def go_on_after(self, connection: Connection, table: str, number: int) -> None:
        """Give no row of ``table`` an id up to ``number`` any more, nor one that is there."""
        ...

    def forget(self) -> None:
        """Leave no copy of what was deleted, as far as that is in this program's hands."""
        ...
