"""Conversations that outlive the session: kept, listed, searched, pinned, renamed, rated, deleted.

conversations = Conversations.open(config)
number = conversations.create()
place = conversations.add(number, record)
for exchange in conversations.exchanges(number): ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chatbot.config import Config
from chatbot.conversations.branches import Branches, Place
from chatbot.conversations.exchange_rows import (
    WHYS,
    SavedExchange,
    Why,
    add_exchange,
    branches_of,
    choose_way,
    exchange_at,
    rate_exchange,
    read_exchanges,
    read_rated,
    replace_record,
)
from chatbot.conversations.record import ExchangeRecord
from chatbot.conversations.schema import TABLES
from chatbot.conversations.texts import folded, shortened, storable
from chatbot.errors import ConversationGone
from chatbot.store.tables import Connection, Database, open_tables
from chatbot.store.tables.opening import WAIT_S
from chatbot.text.invisible import on_one_line

_FIRST_QUESTION = (  # the version of it that is shown
    "(SELECT f.question FROM exchange f WHERE f.conversation_id = c.id AND f.follows IS NULL "
    "ORDER BY f.chosen DESC, f.position DESC LIMIT 1)"
)


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of the list.

    Attributes:
        title: the first question, shortened, until it is given another: by a person, or where that was a greeting.
        updated: when something was asked or answered in it last.
        exchanges: how many there are, all versions counted.
    """

    id: int
    title: str
    updated: datetime
    exchanges: int
    pinned: bool = False


class Conversations:
    """The conversations of one person beside one index. Share one instance between all threads.

    Every method raises ``ConversationsError`` when they cannot be used; the chat does not depend on it.
    """

    def __init__(self, database: Database, owner: str | None) -> None:
        """Use ``Conversations.open``."""
        self._database = database
        self._owner = owner

    @classmethod
    def open(cls, place: Config | Path, owner: str | None = "", wait_s: float = WAIT_S) -> Conversations:
        """Those beside the index of a configuration, or in a folder; their tables are made when there are none.

        Args:
            owner: who signed in, or empty where nobody does; others' conversations do not exist for them.
                ``None`` reads everybody's: for the command line.
            wait_s: seconds to wait for another process.
        """
        database = open_tables(place, TABLES, wait_s)
        database.prepare()
        return cls(database, owner)

    @staticmethod
    def are_kept(place: Config | Path) -> bool:
        """Whether there have ever been any; makes nothing."""
        return open_tables(place, TABLES).is_there

    @property
    def name(self) -> tuple[str, str]:
        """Where they are and whose: two objects with the same one hold the same conversations."""
        return self._database.place, self._owner or ""

    def create(self) -> int:
        """A new conversation's id. It is listed once something is saved in it."""
        with self._database.writing() as connection:
            [(number,)] = connection.execute(
                "INSERT INTO conversation (owner, updated) VALUES (?, ?) RETURNING id",
                (self._owner or "", _now()),
            ).fetchall()
            return int(number)

    def list(self, search: str = "") -> tuple[ConversationRow, ...]:
        """Those that are pinned, then the others, each the latest first; with every word of ``search`` in a question, an answer or the title.

        Words are parts of words, whatever their case: "연차" finds "연차휴가는".
        """
        words = folded(search).split()
        found_in = (
            "(instr(c.sought, ?) > 0 OR EXISTS (SELECT 1 FROM exchange x JOIN words w ON w.exchange_id = x.id "
            "WHERE x.conversation_id = c.id AND instr(w.sought, ?) > 0))"
        )
        query = f"""
            SELECT c.id, c.title, c.updated, count(e.id), c.pinned, {_FIRST_QUESTION}
            FROM conversation c JOIN exchange e ON e.conversation_id = c.id
            WHERE {" AND ".join([self._mine, *[found_in] * len(words)])}
            GROUP BY c.id ORDER BY c.pinned DESC, c.updated DESC, c.id DESC
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                query, [*self._whose, *(word for word in words for _ in "12")]
            ).fetchall()
        return tuple(
            ConversationRow(
                number, title or shortened(question), datetime.fromisoformat(updated), count, bool(pinned)
            )
            for number, title, updated, count, pinned, question in rows
        )

    def title(self, conversation: int) -> str:
        """As in the list; empty for a conversation in which nothing is saved yet."""
        with self._database.reading() as connection:
            self._require(connection, conversation)
            title, question = connection.execute(
                f"SELECT c.title, {_FIRST_QUESTION} FROM conversation c WHERE c.id = ?", (conversation,)
            ).fetchone()
        return title or shortened(question or "")

    def rename(self, conversation: int, title: str) -> None:
        """Give it a title of at most 200 characters; an empty one brings the first question back."""
        title = storable(on_one_line(title))[:200]
        with self._database.writing() as connection:
            self._require(connection, conversation)
            connection.execute(
                "UPDATE conversation SET title = ?, sought = ? WHERE id = ?",
                (title, folded(title), conversation),
            )

    def pin(self, conversation: int, on: bool = True) -> None:
        """Keep it at the head of the list, or let it go from there; its time stays as it is."""
        with self._database.writing() as connection:
            self._require(connection, conversation)
            connection.execute("UPDATE conversation SET pinned = ? WHERE id = ?", (int(on), conversation))

    def delete(self, conversation: int) -> None:
        """Delete it with its ratings, so that in a folder no copy of its text stays."""
        with self._database.writing() as connection:
            self._require(connection, conversation)
            connection.execute("DELETE FROM conversation WHERE id = ?", (conversation,))
        self._database.forget()

    def delete_all(self) -> int:
        """Delete every conversation of this owner; how many there were."""
        with self._database.writing() as connection:
            query = f"DELETE FROM conversation AS c WHERE {self._mine}"
            count = connection.execute(query, self._whose).rowcount
        self._database.forget()
        return count

    def changes(self, conversation: int) -> int:
        """How often something in it has changed: a reader that knows this number has seen it all."""
        with self._database.reading() as connection:
            self._require(connection, conversation)
            return _changes(connection, conversation)

    def branches(self, conversation: int) -> Branches:
        """All its exchanges by their places, those that are not shown among them; reads no answer."""
        with self._database.reading() as connection:
            self._require(connection, conversation)
            return branches_of(connection, conversation)

    def exchanges(
        self, conversation: int, positions: Sequence[int] | None = None
    ) -> tuple[SavedExchange, ...]:
        """Those that are shown, oldest first; those at ``positions`` where these are given."""
        with self._database.reading() as connection:
            self._require(connection, conversation)
            branches = branches_of(connection, conversation)
            wanted = [place.position for place in branches.shown()] if positions is None else positions
            return read_exchanges(connection, conversation, branches, wanted)

    def rated(self) -> tuple[SavedExchange, ...]:
        """Every exchange with a rated answer or source, of all conversations and versions, oldest first."""
        with self._database.reading() as connection:
            return read_rated(connection, self._mine, self._whose)

    def add(
        self,
        conversation: int,
        record: ExchangeRecord,
        *,
        after: int | None = None,
        version_of: int | None = None,
    ) -> Place:
        """Add ``record`` and show it; where it stands. What is there already stays: two pages never overwrite each other.

        Args:
            after: position of the last exchange that the person saw. It is put behind whatever was asked after that
                meanwhile, in another window.
            version_of: position of the exchange that was asked again or edited: the two then share one place.
        """
        with self._changing(conversation) as (connection, change):
            branches = branches_of(connection, conversation)
            if version_of is not None:
                exchange_at(connection, conversation, version_of)
                follows = branches[version_of].follows
            else:
                if after is not None:
                    exchange_at(connection, conversation, after)
                follows = branches.end(after)
            if follows is not None:
                choose_way(connection, conversation, branches.way_to(follows), change)
            return add_exchange(connection, conversation, record, follows, change)

    def save(self, conversation: int, position: int, record: ExchangeRecord) -> int:
        """Put ``record``, in which more has come of the same question, at ``position``; the number of this change.

        A thumb on the answer stays while the answer is the same word for word, those on the sources stay.
        """
        with self._changing(conversation) as (connection, change):
            replace_record(connection, conversation, position, record, change)
            return change

    def choose(self, conversation: int, position: int) -> None:
        """Show this one of the versions of its place, with what followed it."""
        with self._changing(conversation, is_news=False) as (connection, change):
            exchange_at(connection, conversation, position)
            way = branches_of(connection, conversation).way_to(position)
            choose_way(connection, conversation, way, change)

    def rate(
        self,
        conversation: int,
        position: int,
        value: int,
        chunk_id: int = 0,
        why: Why = "",
        words: str = "",
    ) -> int:
        """Thumbs up (1), down (-1) or neither (0) on the answer, or on the passage ``chunk_id`` for its question.

        Args:
            why, words: the reason, where the person gives one: a choice, and at most 500 characters of their own.

        Returns:
            The number of this change.
        """
        if value not in (-1, 0, 1) or why not in WHYS:
            raise ValueError(f"a rating is -1, 0 or 1, not {value}, its reason one of {WHYS}, not {why!r}")
        with self._changing(conversation, is_news=False) as (connection, change):
            exchange = exchange_at(connection, conversation, position)
            rate_exchange(connection, exchange, chunk_id, value, why, words)
            connection.execute("UPDATE exchange SET changed = ? WHERE id = ?", (change, exchange))
            return change

    def settings(self) -> dict[str, str]:
        """What ``keep_setting`` has kept for this person, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT name, value FROM setting WHERE owner = ?", (self._owner or "",)
            ).fetchall()
        return dict(rows)

    def keep_setting(self, name: str, value: str) -> None:
        """Keep what this person has chosen on the page. Never a key: the file is private, but it is no safe."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO setting VALUES (?, ?, ?) ON CONFLICT (owner, name) DO UPDATE SET value = excluded.value",
                (self._owner or "", name, storable(value)),
            )

    @contextmanager
    def _changing(self, conversation: int, is_news: bool = True) -> Iterator[tuple[Connection, int]]:
        """A transaction with the number of this change; with news the conversation moves to the top of the list.

        It changes the conversation first: whoever else changes the same one waits until it has ended.
        """
        with self._database.writing() as connection:
            self._require(connection, conversation)
            [(change,)] = connection.execute(
                "UPDATE conversation SET changes = changes + 1, updated = CASE WHEN ? = 1 THEN ? ELSE updated END"
                " WHERE id = ? RETURNING changes",
                (int(is_news), _now(), conversation),
            ).fetchall() or [(None,)]
            if change is None:  # deleted since it was looked for
                raise _gone()
            yield connection, int(change)

    @property
    def _mine(self) -> str:
        return "c.owner = ?" if self._owner is not None else "1 = 1"

    @property
    def _whose(self) -> tuple[str, ...]:
        """The values of ``_mine``."""
        return (self._owner,) if self._owner is not None else ()

    def _require(self, connection: Connection, conversation: int) -> None:
        query = f"SELECT 1 FROM conversation c WHERE {self._mine} AND c.id = ?"
        # an address can hold a number that SQLite cannot
        if (
            conversation >= 2**63
            or connection.execute(query, (*self._whose, conversation)).fetchone() is None
        ):
            raise _gone()


def _gone() -> ConversationGone:
    return ConversationGone("this conversation is no longer kept; begin a new one")


def _changes(connection: Connection, conversation: int) -> int:
    found = connection.execute("SELECT changes FROM conversation WHERE id = ?", (conversation,)).fetchone()
    return int(found[0])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
