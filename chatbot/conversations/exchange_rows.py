"""Exchanges as rows: each call is part of a transaction of ``conversation_store``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from chatbot.conversations.branches import Branches, Place
from chatbot.conversations.record import ExchangeRecord
from chatbot.conversations.record_json import from_json, to_json
from chatbot.conversations.texts import folded, storable
from chatbot.errors import ConversationsError
from chatbot.store.tables import Connection
from chatbot.text.invisible import on_one_line

Why = Literal["", "wrong", "incomplete", "sources", "unclear"]  # of a thumb down, as far as a person says
WHYS: tuple[Why, ...] = get_args(Why)
_THE_ANSWER = 0  # stands for it among the rated passages, whose ids begin at 1
_LONGEST_WORDS = 500  # characters that a person writes on a thumb down


@dataclass(frozen=True, slots=True)
class SavedExchange:
    """A record at its place in a conversation.

    Attributes:
        position: see ``Place``; greater than those of the exchanges before it.
        rating: of the answer: 1, -1, or 0 for none.
        source_ratings: chunk id -> 1 or -1.
        why, words: why the thumb is down, where the person said so.
        versions: positions of the versions of this place, this one among them, in the order in which they were asked.
        changed: see ``Place``.
    """

    conversation: int
    position: int
    record: ExchangeRecord
    rating: int = 0
    source_ratings: Mapping[int, int] = field(default_factory=dict)
    why: Why = ""
    words: str = ""
    versions: tuple[int, ...] = ()
    changed: int = 0


def branches_of(connection: Connection, conversation: int) -> Branches:
    """All places of the conversation."""
    rows = connection.execute(
        "SELECT position, follows, chosen, changed FROM exchange WHERE conversation_id = ?", (conversation,)
    )
    return Branches(Place(*row) for row in rows)


def read_exchanges(
    connection: Connection, conversation: int, branches: Branches, positions: Sequence[int]
) -> tuple[SavedExchange, ...]:
    """Those at ``positions``, in the order of their positions."""
    if not positions:
        return ()
    where = f"e.conversation_id = ? AND e.position IN ({_marks(positions)})"
    return _read(connection, where, (conversation, *positions), {conversation: branches})


def read_rated(connection: Connection, mine: str, whose: tuple[str, ...]) -> tuple[SavedExchange, ...]:
    """Every exchange with a rating in the conversations ``c`` for which ``mine`` holds, oldest first."""
    return _read(connection, f"{mine} AND e.id IN (SELECT exchange_id FROM rating)", whose, {})


def add_exchange(
    connection: Connection,
    conversation: int,
    record: ExchangeRecord,
    follows: int | None,
    change: int,
) -> Place:
    """A further exchange behind ``follows``, at a position of its own."""
    (position,) = connection.execute(
        "SELECT coalesce(max(position), -1) + 1 FROM exchange WHERE conversation_id = ?", (conversation,)
    ).fetchone()
    place = Place(position, follows, change, change)
    [(exchange,)] = connection.execute(
        "INSERT INTO exchange (conversation_id, position, question, follows, chosen, changed)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (conversation, position, storable(record.question), follows, change, change),
    ).fetchall()
    _write(connection, int(exchange), record)
    return place


def replace_record(
    connection: Connection, conversation: int, position: int, record: ExchangeRecord, change: int
) -> None:
    """More of the same answer. A thumb on it goes when it is not the same word for word any more."""
    exchange = exchange_at(connection, conversation, position)
    rated = connection.execute(
        "SELECT content FROM record JOIN rating ON rating.exchange_id = record.exchange_id"
        " WHERE record.exchange_id = ? AND chunk_id = ?",
        (exchange, _THE_ANSWER),
    ).fetchone()
    if rated and _received(rated[0]) != storable(record.received):
        connection.execute(
            "DELETE FROM rating WHERE exchange_id = ? AND chunk_id = ?", (exchange, _THE_ANSWER)
        )
    connection.execute("UPDATE exchange SET changed = ? WHERE id = ?", (change, exchange))
    _write(connection, exchange, record)


def choose_way(connection: Connection, conversation: int, way: Sequence[int], change: int) -> None:
    """Show the exchanges at the positions of ``way``, each among its versions."""
    if way:
        connection.execute(
            f"UPDATE exchange SET chosen = ? WHERE conversation_id = ? AND position IN ({_marks(way)})",
            (change, conversation, *way),
        )


def rate_exchange(
    connection: Connection, exchange: int, chunk_id: int, value: int, why: Why, words: str
) -> None:
    """One rating in place of an earlier one; none where ``value`` is 0."""
    connection.execute("DELETE FROM rating WHERE exchange_id = ? AND chunk_id = ?", (exchange, chunk_id))
    if value:
        said = storable(on_one_line(words))[:_LONGEST_WORDS]
        connection.execute(
            "INSERT INTO rating VALUES (?, ?, ?, ?, ?)", (exchange, chunk_id, value, why, said)
        )


def exchange_at(connection: Connection, conversation: int, position: int) -> int:
    """Its row. Raises ``ConversationsError`` where there is none."""
    found = connection.execute(
        "SELECT id FROM exchange WHERE conversation_id = ? AND position = ?", (conversation, position)
    ).fetchone()
    if found is None:
        raise ConversationsError("this answer is no longer kept; ask again to rate it")
    return int(found[0])


def _write(connection: Connection, exchange: int, record: ExchangeRecord) -> None:
    sought = folded(f"{record.question}\n{record.received}")
    connection.execute(
        "INSERT INTO words VALUES (?, ?) ON CONFLICT (exchange_id) DO UPDATE SET sought = excluded.sought",
        (exchange, sought),
    )
    connection.execute(
        "INSERT INTO record VALUES (?, ?) ON CONFLICT (exchange_id) DO UPDATE SET content = excluded.content",
        (exchange, storable(to_json(record))),
    )


def _received(content: str) -> object:
    try:
        return json.loads(content).get("received")
    except (ValueError, AttributeError):  # damaged
        return None


def _marks(values: Sequence[int]) -> str:
    """As many question marks as there are values."""
    return ", ".join("?" * len(values))


def _read(
    connection: Connection,
    where: str,
    values: tuple[int | str, ...],
    branches: Mapping[int, Branches],
) -> tuple[SavedExchange, ...]:
    rows = connection.execute(
        "SELECT e.id, e.conversation_id, e.position, e.changed, r.content FROM exchange e "
        "JOIN record r ON r.exchange_id = e.id JOIN conversation c ON c.id = e.conversation_id "
        f"WHERE {where} ORDER BY e.conversation_id, e.position",
        values,
    ).fetchall()
    found = []
    for exchange, conversation, position, changed, content in rows:
        query = "SELECT chunk_id, value, why, words FROM rating WHERE exchange_id = ?"
        ratings = {chunk: rest for chunk, *rest in connection.execute(query, (exchange,))}
        rating, why, words = ratings.pop(_THE_ANSWER, (0, "", ""))
        found.append(
            SavedExchange(
                conversation, position, _record(content), rating, {c: value for c, (value, *_) in ratings.items()},
                why if why in WHYS else "", words,
                branches[conversation].versions(position) if conversation in branches else (position,), changed,
            )
        )  # fmt: skip
    return tuple(found)


def _record(content: str) -> ExchangeRecord:
    try:
        return from_json(content)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ConversationsError(
            "an answer of this conversation is damaged; delete the conversation"
        ) from error
