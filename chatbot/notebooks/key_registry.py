"""The API keys of the library. It asks nobody whether they may: ``ApiKeys`` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chatbot.notebooks.access import Scope
from chatbot.notebooks.people import ALONE, Person
from chatbot.notebooks.registry import FIRST_NAME, Registry

_COLUMNS = (
    "api_key.id, api_key.name, ending, scopes, notebook_id, coalesce(notebook.name, ''), made, expires, used,"
    " revoked, person.id, person.name, person.email"
)
_FROM = (
    " FROM api_key LEFT JOIN person ON person.id = person_id LEFT JOIN notebook ON notebook.id = notebook_id"
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; the key itself is not.

    Attributes:
        ending: its last four characters.
        person: whose rights it has; ``ALONE``: those of whoever has the machine.
        notebook: the only one that it opens; ``None``: all that the person may open.
        notebook_name: what that one is called.
        expires, used, revoked: ``None``: never.
    """

    id: int
    name: str
    ending: str
    person: Person
    scopes: frozenset[Scope]
    notebook: int | None
    notebook_name: str
    made: datetime
    expires: datetime | None = None
    used: datetime | None = None
    revoked: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at this time."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    def __str__(self) -> str:
        """As the log has it."""
        scopes = " ".join(sorted(self.scopes))
        until = f", until {self.expires:%Y-%m-%d}" if self.expires else ""
        return f"{self.name} (…{self.ending}): {scopes}{until}"


class KeyRegistry(Registry):
    """The registry, and the keys in it."""

    def add_key(self, digest: bytes, key: ApiKey, person: Person) -> int:
        """Keep ``key``, made by ``person``, and the line of the log. Returns its id."""
        with self._database.writing() as connection:
            if key.person.id:
                self._know(connection, key.person)
            [(number,)] = connection.execute(
                "INSERT INTO api_key (hash, ending, name, person_id, scopes, notebook_id, made, expires)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (digest, key.ending, key.name, key.person.id or None, " ".join(sorted(key.scopes)), key.notebook,
                 _text(key.made), _text(key.expires)),
            ).fetchall()  # fmt: skip
            self._note(connection, person, "make key", key.notebook or 0, key.notebook_name, str(key))
        return int(number)

    def key_of(self, digest: bytes) -> tuple[bytes, ApiKey] | None:
        """The key with this hash, and the hash as it is kept; revoked ones as well."""
        if not self.is_there:
            return None
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT hash, {_COLUMNS}{_FROM} WHERE hash = ?", (digest,)).fetchone()
        return (bytes(row[0]), _key(row[1:])) if row else None

    def key(self, number: int) -> ApiKey | None:
        """That with this id, revoked or not."""
        with self._database.reading() as connection:
            row = connection.execute(f"SELECT {_COLUMNS}{_FROM} WHERE api_key.id = ?", (number,)).fetchone()
        return _key(row) if row else None

    @property
    def has_keys(self) -> bool:
        """Whether there ever was one, good or not."""
        if not self.is_there:
            return False
        with self._database.reading() as connection:
            return connection.execute("SELECT 1 FROM api_key LIMIT 1").fetchone() is not None

    def keys(self, person: Person | None) -> list[ApiKey]:
        """Those of ``person``, or all of them for ``None``; those that were made last first, revoked ones as well."""
        if not self.is_there:
            return []
        where, values = "", []
        if person is not None:
            where = " WHERE person_id = ?" if person.id else " WHERE person_id IS NULL"
            values = [person.id] if person.id else []
        with self._database.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS}{_FROM}{where} ORDER BY api_key.id DESC", values
            ).fetchall()
        return [_key(row) for row in rows]

    def revoke_key(self, key: ApiKey, person: Person, at: datetime) -> None:
        """From here on it opens nothing; when it was revoked first stays."""
        with self._database.writing() as connection:
            changed = connection.execute(
                "UPDATE api_key SET revoked = ? WHERE id = ? AND revoked = ''", (_text(at), key.id)
            )
            if changed.rowcount:
                self._note(connection, person, "revoke key", key.notebook or 0, key.notebook_name, str(key))

    def used_key(self, key: ApiKey, at: datetime) -> None:
        """Remember when it was used."""
        with self._database.writing() as connection:
            connection.execute("UPDATE api_key SET used = ? WHERE id = ?", (_text(at), key.id))


def _key(row: Sequence[Any]) -> ApiKey:
    number, name, ending, scopes, notebook, called, made, expires, used, revoked, *who = row
    return ApiKey(
        number, name, ending, Person(*who) if who[0] is not None else ALONE, frozenset(scopes.split()), notebook,
        (called or FIRST_NAME) if notebook is not None else "", datetime.fromisoformat(made), _time(expires), _time(used),
        _time(revoked),
    )  # fmt: skip


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _text(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
