"""What the library has: notebooks, people, their roles, and the log. It asks nobody whether they may: ``Library`` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chatbot.config import Config
from chatbot.notebooks.access import Role
from chatbot.notebooks.people import Person
from chatbot.notebooks.schema import FIRST, TABLES
from chatbot.store.tables import Connection, open_tables
from chatbot.store.tables.opening import WAIT_S

_LONGEST_DETAIL = 500  # characters of an event
_SEEN_EVERY = 13  # characters of a time, up to the hour: a person who comes back sooner is not written anew


@dataclass(frozen=True, slots=True)
class NotebookRow:
    """A notebook as the registry has it.

    Attributes:
        folder: its name in ``notebooks/``; empty for the first one.
        name: empty for the first one until somebody names it.
        archived: since when, as ISO 8601; empty while it is in use.
        everybody: the role of whoever signs in, or empty.
        role: that of the person who asked for this row.
    """

    id: int
    folder: str = ""
    name: str = ""
    created: str = ""
    archived: str = ""
    everybody: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    role: Role | None = None

    @property
    def is_first(self) -> bool:
        return self.id == FIRST

    @property
    def called(self) -> str:
        """Its name on the command line; the page has its own word for a first one without a name."""
        return self.name or FIRST_NAME


FIRST_NAME = "main"
_UNKNOWN = NotebookRow(FIRST)  # what there is before anything is registered


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role in a notebook."""

    person: Person
    role: Role


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the log; ``person`` is empty for the command line, and where nobody signs in."""

    at: datetime
    person: str
    action: str
    notebook: int
    name: str
    detail: str


class Registry:
    """The file in the index folder. Safe to share between threads; raises ``LibraryError`` where it cannot be used."""

    def __init__(self, config: Config, wait_s: float = WAIT_S) -> None:
        self._database = open_tables(config, TABLES, wait_s)
        self._most_events = config.audit.most_events

    @property
    def is_there(self) -> bool:
        """Whether anything was registered; until then there is the first notebook, and nothing is written for it."""
        return self._database.is_there

    # notebooks

    def notebook(self, number: int, person: Person) -> NotebookRow | None:
        """That with this id, with the role of ``person``, who may have none."""
        found = self._rows(person, number) if -(2**63) <= number < 2**63 else []
        return found[0] if found else None

    def notebooks(self, person: Person) -> list[NotebookRow]:
        """All of them, the first one first, then in the order of their making."""
        return self._rows(person)

    def _rows(self, person: Person, number: int | None = None) -> list[NotebookRow]:
        """That with this id, or all of them."""
        if not self.is_there:
            return [_UNKNOWN] if number in (None, FIRST) else []
        where, values = ("", ()) if number is None else (" WHERE notebook.id = ?", (number,))
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, folder, name, created, archived, everybody, settings, member.role FROM notebook"
                " LEFT JOIN member ON member.notebook_id = notebook.id AND member.person_id = ?"
                f"{where} ORDER BY id",
                (person.id, *values),
            ).fetchall()
        return [_row(row, person) for row in rows]

    def add(self, folder: str, name: str, person: Person, event: tuple[str, str]) -> int:
        """Register a notebook in ``folder``; ``person`` owns it, unless they are alone."""
        with self._database.writing() as connection:
            [(number,)] = connection.execute(
                "INSERT INTO notebook (folder, name, created) VALUES (?, ?, ?) RETURNING id",
                (folder, name, _now()),
            ).fetchall()
            if person.id:
                self._know(connection, person)
                connection.execute("INSERT INTO member VALUES (?, ?, 'owner')", (number, person.id))
            self._note(connection, person, event[0], number, name, event[1])
        return int(number)

    def change(self, row: NotebookRow, person: Person, event: tuple[str, str], **columns: str) -> None:
        """Set columns of a notebook."""
        sets = ", ".join(f"{name} = ?" for name in columns)
        with self._database.writing() as connection:
            connection.execute(f"UPDATE notebook SET {sets} WHERE id = ?", (*columns.values(), row.id))
            name = columns.get("name", row.called)
            self._note(connection, person, event[0], row.id, name, event[1])

    def take_out(self, row: NotebookRow, person: Person, event: tuple[str, str]) -> None:
        """Forget a notebook; its folder is remembered until ``swept``."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM notebook WHERE id = ?", (row.id,))
            connection.execute("INSERT INTO gone VALUES (?) ON CONFLICT DO NOTHING", (row.folder,))
            self._note(connection, person, event[0], row.id, row.called, event[1])

    def to_sweep(self) -> list[str]:
        """Folders of deleted notebooks whose files may still be there."""
        if not self.is_there:
            return []
        with self._database.reading() as connection:
            return [row[0] for row in connection.execute("SELECT folder FROM gone")]

    def swept(self, folder: str) -> None:
        with self._database.writing() as connection:
            connection.execute("DELETE FROM gone WHERE folder = ?", (folder,))

    def stored_together(self, number: int) -> list[list[str]]:
        """For each owner of this notebook the folders of all that they own; where it has none, of all without an owner.

        Only who is written down as an owner: an admin, who may do everything in the first one, has not filled it.
        """
        if not self.is_there:
            return [[""]]
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT member.person_id, folder FROM member JOIN notebook ON notebook.id = notebook_id"
                " WHERE role = 'owner' AND member.person_id IN"
                " (SELECT person_id FROM member WHERE notebook_id = ? AND role = 'owner')",
                (number,),
            ).fetchall()
            if not rows:
                return [self._without_owner(connection)]
        folders: dict[str, list[str]] = {}
        for who, folder in rows:
            folders.setdefault(who, []).append(folder)
        return list(folders.values())

    def owned(self, person: Person) -> list[str]:
        """The folders of the notebooks that ``person`` owns; of those without an owner for whoever has the machine."""
        if not self.is_there:
            return [""] if person.is_alone else []
        with self._database.reading() as connection:
            if person.is_alone:
                return self._without_owner(connection)
            rows = connection.execute(
                "SELECT folder FROM notebook JOIN member ON notebook_id = notebook.id"
                " WHERE role = 'owner' AND person_id = ?",
                (person.id,),
            ).fetchall()
        return [folder for (folder,) in rows]

    @staticmethod
    def _without_owner(connection: Connection) -> list[str]:
        rows = connection.execute(
            "SELECT folder FROM notebook WHERE id NOT IN (SELECT notebook_id FROM member WHERE role = 'owner')"
        ).fetchall()
        return [folder for (folder,) in rows]

    # people

    def meet(self, person: Person) -> None:
        """Remember a person who has signed in; written once an hour, and when their name or address has changed."""
        if self.is_there:
            with self._database.reading() as connection:
                known = connection.execute(
                    "SELECT name, email, substr(seen, 1, ?) FROM person WHERE id = ?",
                    (_SEEN_EVERY, person.id),
                ).fetchone()
            if known == (person.name, person.email, _now()[:_SEEN_EVERY]):
                return
        with self._database.writing() as connection:
            self._know(connection, person)

    @property
    def has_people(self) -> bool:
        """Whether any person is remembered."""
        if not self.is_there:
            return False
        with self._database.reading() as connection:
            return connection.execute("SELECT 1 FROM person LIMIT 1").fetchone() is not None

    def people(self, wanted: str) -> list[Person]:
        """Those with this id or e-mail address."""
        if not self.is_there or not wanted:
            return []
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, name, email FROM person WHERE id = ? OR (email != '' AND email = ?)",
                (wanted, wanted.casefold()),
            ).fetchall()
        return [Person(*row) for row in rows]

    def members(self, notebook: int) -> list[Member]:
        """Owners first, then by name."""
        if not self.is_there:
            return []
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT person.id, name, email, role FROM member JOIN person ON person.id = person_id"
                " WHERE notebook_id = ? ORDER BY role != 'owner', role != 'editor', email, name, person.id",
                (notebook,),
            ).fetchall()
        return [Member(Person(*row[:3]), row[3]) for row in rows]

    def set_role(
        self, row: NotebookRow, whose: Person, role: Role | None, person: Person, event: tuple[str, str]
    ) -> bool:
        """Give ``whose`` a role, or take it; false, and nothing is done, where the last owner would be gone."""
        with self._database.writing(hold=f"roles {row.id}") as connection:  # two owners may leave at once
            others = connection.execute(
                "SELECT count(*) FROM member WHERE notebook_id = ? AND role = 'owner' AND person_id != ?",
                (row.id, whose.id),
            ).fetchone()[0]
            was = connection.execute(
                "SELECT role FROM member WHERE notebook_id = ? AND person_id = ?", (row.id, whose.id)
            ).fetchone()
            if was == ("owner",) and role != "owner" and not others:
                return False
            connection.execute(
                "DELETE FROM member WHERE notebook_id = ? AND person_id = ?", (row.id, whose.id)
            )
            if role is not None:
                connection.execute("INSERT INTO member VALUES (?, ?, ?)", (row.id, whose.id, role))
            self._note(connection, person, event[0], row.id, row.called, event[1])
        return True

    # the log

    def note(self, person: Person, action: str, row: NotebookRow, detail: str) -> None:
        """A line of the log."""
        with self._database.writing() as connection:
            self._note(connection, person, action, row.id, row.called, detail)

    def events(self, notebooks: Sequence[int] | None, most: int) -> list[Event]:
        """The newest ``most``, newest first; of these notebooks, or of all for ``None``."""
        if not self.is_there:
            return []
        values = notebooks or ()
        marks = ", ".join("?" * len(values))
        where = "" if notebooks is None else f"WHERE notebook_id IN ({marks or 'NULL'})"
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT at, person, action, notebook_id, notebook, detail FROM event {where}"
                " ORDER BY id DESC LIMIT ?",
                (*values, most),
            ).fetchall()
        return [Event(datetime.fromisoformat(at), *rest) for at, *rest in rows]

    @staticmethod
    def _know(connection: Connection, person: Person) -> None:
        connection.execute(
            "INSERT INTO person VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET name = excluded.name, email = excluded.email, seen = excluded.seen",
            (person.id, person.name, person.email, _now()),
        )

    def _note(
        self, connection: Connection, person: Person, action: str, number: int, name: str, detail: str
    ) -> None:
        [(line,)] = connection.execute(
            "INSERT INTO event (at, person_id, person, action, notebook_id, notebook, detail)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (_now(), person.id, person.called, action, number, name, _short(detail)),
        ).fetchall()
        connection.execute("DELETE FROM event WHERE id <= ?", (int(line) - self._most_events,))


def _row(row: tuple[Any, ...], person: Person) -> NotebookRow:
    number, folder, name, created, archived, everybody, settings, role = row
    if number == FIRST and person.is_admin:
        role = "owner"  # nobody made it
    elif person.id and not role:
        role = everybody or None
    elif role == "viewer" and everybody:
        role = everybody
    return NotebookRow(
        number, folder, name, created, archived, everybody, json.loads(settings), role if person.id else None
    )


def _short(detail: str) -> str:
    return detail if len(detail) <= _LONGEST_DETAIL else f"{detail[: _LONGEST_DETAIL - 1]}…"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
