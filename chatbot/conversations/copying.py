"""Copies everybody's conversations beside one index to another engine, each as a whole, under the same number."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from chatbot.config import Config
from chatbot.conversations.schema import TABLES
from chatbot.errors import ConversationsError
from chatbot.store.tables import Connection, open_tables
from chatbot.store.tables.copying import copy_rows


@dataclass(frozen=True, slots=True)
class CopiedConversations:
    """How many were copied now, and how many were there already."""

    conversations: int = 0
    were_there: int = 0


def copy_conversations(
    source: Config, target: Config, on_conversation: Callable[[int, int], None] = lambda _done, _of: None
) -> CopiedConversations:
    """All that ``source`` keeps: versions, thumbs and their reasons, titles, pins, and what each person has chosen.

    One that is there already stays as it is there: an interrupted copy goes on where it was.

    Args:
        on_conversation: gets (done, of).

    Raises:
        ConversationsError: the target has another conversation under the same number; or one of them cannot be used.
    """
    here, there = open_tables(source, TABLES), open_tables(target, TABLES)
    if not here.is_there:
        return CopiedConversations()
    copied = were_there = 0
    with here.reading() as old:
        numbers = [int(row[0]) for row in old.execute("SELECT id FROM conversation ORDER BY id")]
        for done, number in enumerate(numbers, 1):
            with there.writing() as new:
                if (mine := _beginning(new, number)) is None:
                    _copy(old, new, number)
                    copied += 1
                elif mine == _beginning(old, number):
                    were_there += 1
                else:
                    raise ConversationsError(
                        "where conversations are to be copied to are others already (number {number}); choose an empty place",
                        number=number,
                    )
            on_conversation(done, len(numbers))
        with there.writing() as new:
            copy_rows(old, new, "setting")
            for table in ("conversation", "exchange"):
                there.go_on_after(new, table, here.last_number(old, table))
    return CopiedConversations(copied, were_there)


def _beginning(connection: Connection, number: int) -> tuple[str, ...] | None:
    """Whose it is, what was asked first, and when; ``None`` where there is none."""
    row = connection.execute(
        "SELECT owner, coalesce((SELECT content FROM exchange JOIN record ON exchange_id = exchange.id"
        " WHERE conversation_id = conversation.id ORDER BY position LIMIT 1), '') FROM conversation WHERE id = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    owner, content = row
    try:
        asked = json.loads(content or "{}")
        return str(owner), str(asked.get("question")), str(asked.get("asked_at"))
    except (ValueError, AttributeError):  # damaged, here as there
        return str(owner), str(content)


def _copy(old: Connection, new: Connection, number: int) -> None:
    copy_rows(old, new, "conversation", "id", [number])
    exchanges = [
        row[0] for row in old.execute("SELECT id FROM exchange WHERE conversation_id = ?", (number,))
    ]
    copy_rows(old, new, "exchange", "id", exchanges)
    for table in ("words", "record", "rating"):
        copy_rows(old, new, table, "exchange_id", exchanges)
