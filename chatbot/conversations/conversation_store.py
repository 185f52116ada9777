"""Conversations that outlive the session: kept, listed, searched, renamed, rated, deleted.

conversations = Conversations.open(config.store)
number = conversations.create()
conversations.save(number, 0, record)
for exchange in conversations.exchanges(number): ...
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from chatbot.conversations.database import Database
from chatbot.conversations.record import ExchangeRecord, from_json, to_json
from chatbot.errors import ConversationsError
from chatbot.text.invisible import on_one_line, without_invisible

TITLE_CHARS = 60
WAIT_S = 2.0  # for another process; a page that waits longer seems to hang
_THE_ANSWER = 0  # stands for it among the rated passages, whose ids begin at 1


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One line of the list. ``title`` is the first question, shortened, until a person gives another."""

    id: int
    title: str
    updated: datetime
    exchanges: int


@dataclass(frozen=True, slots=True)
class SavedExchange:
    """A record at its place in a conversation.

    Attributes:
        position: from 0; gaps are possible, positions grow.
        rating: of the answer: 1, -1, or 0 for none.
        source_ratings: chunk id -> 1 or -1.
    """

    conversation: int
    position: int
    record: ExchangeRecord
    rating: int = 0
    source_ratings: Mapping[int, int] = field(default_factory=dict)


class Conversations:
    """The conversations of one person beside one index. Share one instance between all threads.

    Every method raises ``ConversationsError`` when the file cannot be used; the chat does not depend on it.
    """

    def __init__(self, database: Database, owner: str | None) -> None:
        """Use ``Conversations.open``."""
        self._database = database
        self._owner = owner

    @classmethod
    def open(cls, folder: Path, owner: str | None = "", wait_s: float = WAIT_S) -> Conversations:
        """Those beside the index at ``folder``; the file is made when there is none.

        Args:
            owner: who signed in, or empty where nobody does; others' conversations do not exist for them.
                ``None`` reads everybody's: for the command line.
            wait_s: seconds to wait for another process.
        """
        database = Database(folder, wait_s)
        database.prepare()
        return cls(database, owner)

    def create(self) -> int:
        """A new conversation's id. It is listed once something is saved in it."""
        with self._database.writing() as connection:
            made = connection.execute(
                "INSERT INTO conversation (owner, updated) VALUES (?, ?)", (self._owner or "", _now())
            )
            return int(made.lastrowid or 0)

    def list(self, search: str = "") -> tuple[ConversationRow, ...]:
        """The latest first; those that hold every word of ``search`` in a question, an answer or the title.

        Words are parts of words, whatever their case: "연차" finds "연차휴가는".
        """
        words = _folded(search).split()
        found_in = (
            "(instr(c.sought, ?) OR EXISTS (SELECT 1 FROM exchange x JOIN words w ON w.exchange_id = x.id "
            "WHERE x.conversation_id = c.id AND instr(w.sought, ?)))"
        )
        query = f"""
            SELECT c.id, c.title, c.updated, count(e.id), e.question, min(e.position)
            FROM conversation c JOIN exchange e ON e.conversation_id = c.id
            WHERE {" AND ".join([self._mine, *[found_in] * len(words)])}
            GROUP BY c.id ORDER BY c.updated DESC, c.id DESC
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                query, [self._owner, *(word for word in words for _ in "12")]
            ).fetchall()
        return tuple(
            ConversationRow(number, title or shortened(question), datetime.fromisoformat(updated), count)
            for number, title, updated, count, question, _ in rows
        )

    def title(self, conversation: int) -> str:
        """As in the list; empty for a conversation in which nothing is saved yet."""
        with self._database.reading() as connection:
            self._require(connection, conversation)
            title, question = connection.execute(
                "SELECT c.title, e.question FROM conversation c LEFT JOIN exchange e ON e.conversation_id = c.id "
                "WHERE c.id = ? ORDER BY e.position LIMIT 1",
                (conversation,),
            ).fetchone()
        return title or shortened(question or "")

    def rename(self, conversation: int, title: str) -> None:
        """Give it a title of at most 200 characters; an empty one brings the first question back."""
        title = _storable(on_one_line(title))[:200]
        with self._database.writing() as connection:
            self._require(connection, conversation)
            connection.execute(
                "UPDATE conversation SET title = ?, sought = ? WHERE id = ?",
                (title, _folded(title), conversation),
            )

    def delete(self, conversation: int) -> None:
        """Delete it with its ratings, so that no copy of its text stays in the file."""
        with self._database.writing() as connection:
            self._require(connection, conversation)
            connection.execute("DELETE FROM conversation WHERE id = ?", (conversation,))
        self._database.forget()

    def delete_all(self) -> int:
        """Delete every conversation of this owner; how many there were."""
        with self._database.writing() as connection:
            query = f"DELETE FROM conversation AS c WHERE {self._mine}"
            count = connection.execute(query, (self._owner,)).rowcount
        self._database.forget()
        return count

    def exchanges(self, conversation: int) -> tuple[SavedExchange, ...]:
        """Its exchanges, oldest first."""
        with self._database.reading() as connection:
            self._require(connection, conversation)
            return self._read(connection, "e.conversation_id = ?", conversation)

    def rated(self) -> tuple[SavedExchange, ...]:
        """Every exchange with a rated answer or source, of all conversations, oldest first."""
        with self._database.reading() as connection:
            return self._read(
                connection, f"{self._mine} AND e.id IN (SELECT exchange_id FROM rating)", self._owner
            )

    def save(
        self, conversation: int, position: int, record: ExchangeRecord, *, is_last: bool = False
    ) -> None:
        """Put ``record`` at ``position``, in place of what was there; one transaction.

        Ratings stay with what was rated: that of the answer while the answer is the same word for word, those of
        the sources while the question is.

        Args:
            is_last: cut off what came after it: an edited question begins anew from here.
        """
        content = _storable(to_json(record))
        question, answer = _storable(record.question), _storable(record.received)
        with self._database.writing() as connection:
            self._require(connection, conversation)
            if is_last:
                self._cut(connection, conversation, position + 1)
            exchange = self._replaced(connection, conversation, position, question, answer)
            sought = _folded(f"{question}\n{answer}")
            connection.execute("INSERT OR REPLACE INTO words VALUES (?, ?)", (exchange, sought))
            connection.execute("INSERT OR REPLACE INTO record VALUES (?, ?)", (exchange, content))
            connection.execute("UPDATE conversation SET updated = ? WHERE id = ?", (_now(), conversation))
        if is_last:
            self._database.forget()

    def cut(self, conversation: int, position: int) -> None:
        """Delete the exchange at ``position`` and everything after it."""
        with self._database.writing() as connection:
            self._require(connection, conversation)
            self._cut(connection, conversation, position)
        self._database.forget()

    def rate(self, conversation: int, position: int, value: int, chunk_id: int = _THE_ANSWER) -> None:
        """Thumbs up (1), down (-1) or neither (0) on the answer, or on the passage ``chunk_id`` for its question."""
        if value not in (-1, 0, 1):
            raise ValueError(f"a rating is -1, 0 or 1, not {value}")
        with self._database.writing() as connection:
            self._require(connection, conversation)
            found = connection.execute(
                "SELECT id FROM exchange WHERE conversation_id = ? AND position = ?", (conversation, position)
            ).fetchone()
            if found is None:
                raise ConversationsError("this answer is no longer kept; ask again to rate it")
            connection.execute(
                "DELETE FROM rating WHERE exchange_id = ? AND chunk_id = ?", (*found, chunk_id)
            )
            if value:
                connection.execute("INSERT INTO rating VALUES (?, ?, ?)", (*found, chunk_id, value))

    @property
    def _mine(self) -> str:
        return "c.owner = ?" if self._owner is not None else "? IS NULL"

    def _require(self, connection: sqlite3.Connection, conversation: int) -> None:
        query = f"SELECT 1 FROM conversation c WHERE {self._mine} AND c.id = ?"
        # an address can hold a number that SQLite cannot
        if conversation >= 2**63 or connection.execute(query, (self._owner, conversation)).fetchone() is None:
            raise ConversationsError("this conversation is no longer kept; begin a new one")

    def _replaced(
        self, connection: sqlite3.Connection, conversation: int, position: int, question: str, answer: str
    ) -> int:
        """Id of the exchange at ``position``, made or changed to this question and answer."""
        row = connection.execute(
            "SELECT e.id, e.question, r.content FROM exchange e JOIN record r ON r.exchange_id = e.id "
            "WHERE conversation_id = ? AND position = ?",
            (conversation, position),
        ).fetchone()
        if row is None:
            made = connection.execute(
                "INSERT INTO exchange (conversation_id, position, question) VALUES (?, ?, ?)",
                (conversation, position, question),
            )
            return int(made.lastrowid or 0)
        exchange = int(row[0])
        if question != row[1]:
            connection.execute("DELETE FROM rating WHERE exchange_id = ?", (exchange,))
        elif _record(row[2]).received != answer:
            connection.execute("DELETE FROM rating WHERE exchange_id = ? AND chunk_id = 0", (exchange,))
        connection.execute("UPDATE exchange SET question = ? WHERE id = ?", (question, exchange))
        return exchange

    @staticmethod
    def _cut(connection: sqlite3.Connection, conversation: int, position: int) -> None:
        connection.execute(
            "DELETE FROM exchange WHERE conversation_id = ? AND position >= ?", (conversation, position)
        )

    @staticmethod
    def _read(
        connection: sqlite3.Connection, where: str, value: int | str | None
    ) -> tuple[SavedExchange, ...]:
        rows = connection.execute(
            "SELECT e.id, e.conversation_id, e.position, r.content FROM exchange e "
            "JOIN record r ON r.exchange_id = e.id JOIN conversation c ON c.id = e.conversation_id "
            f"WHERE {where} ORDER BY e.conversation_id, e.position",
            (value,),
        ).fetchall()
        found = []
        for exchange, conversation, position, content in rows:
            query = "SELECT chunk_id, value FROM rating WHERE exchange_id = ?"
            ratings = dict(connection.execute(query, (exchange,)).fetchall())
            rating = ratings.pop(_THE_ANSWER, 0)
            found.append(SavedExchange(conversation, position, _record(content), rating, ratings))
        return tuple(found)


def shortened(question: str) -> str:
    """A title made of a question: one line, at most ``TITLE_CHARS`` characters."""
    title = on_one_line(question)
    return title if len(title) <= TITLE_CHARS else f"{title[: TITLE_CHARS - 1].rstrip()}…"


def _record(content: str) -> ExchangeRecord:
    try:
        return from_json(content)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ConversationsError(
            "an answer of this conversation is damaged; delete the conversation"
        ) from error


def _folded(text: str) -> str:
    """``text`` as search compares it: composed Hangul, without case and what nobody sees."""
    return unicodedata.normalize("NFC", without_invisible(_storable(text))).casefold()


def _storable(text: str) -> str:
    """``text`` with what SQLite cannot take replaced: half a surrogate pair, as a model may send."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
