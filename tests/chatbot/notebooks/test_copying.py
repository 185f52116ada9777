"""A library moves to the other engine and back with everything in it, once: a second run brings nothing back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.conversations import AskedWith, Conversations, ExchangeRecord
from chatbot.conversations.copying import CopiedConversations, copy_conversations
from chatbot.conversations.schema import TABLES as OF_CONVERSATIONS
from chatbot.errors import ConversationsError, KeyRefused, LibraryError
from chatbot.notebooks import ALONE, FIRST, Action, ApiKeys, Library
from chatbot.notebooks.copying import CopiedLibrary, copy_library
from chatbot.notebooks.schema import TABLES
from chatbot.store.tables import Tables, open_tables


@pytest.fixture
def places(postgres: str, tmp_path: Path) -> tuple[Config, Config, Config]:
    """A folder, a schema, and another folder."""
    del postgres
    folder = Config.model_validate({"store": {"path": tmp_path / "store", "schema": tmp_path.name[:40]}})
    return folder, folder.with_(index={"backend": "postgres"}), folder.with_(store=tmp_path / "back")


def rows_of(config: Config, tables: Tables, *names: str) -> list[Any]:
    with open_tables(config, tables).reading() as connection:
        found = [sorted(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in names]
    return [
        [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows] for rows in found
    ]


NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def record(question: str) -> ExchangeRecord:
    return ExchangeRecord.unanswered(question, AskedWith("extractive", "", 5, 2, True), "cut short", NOW)


LIBRARY = ("notebook", "person", "member", "gone", "event")
CONVERSATIONS = ("conversation", "exchange", "words", "record", "rating", "setting")


def test_a_library_moves_there_and_back_with_its_keys_and_a_second_run_brings_nothing_back(
    places: tuple[Config, Config, Config], people: Any
) -> None:
    folder, database, back = places
    library = Library(folder)
    for person in (people.kim, people.lee):
        library.meet(person)
    made = library.make("Team", people.kim)
    library.share(made.id, people.lee.email, "editor", people.kim)
    library.set_settings(FIRST, {"k": 7}, ALONE)
    library.delete(library.make("Gone", people.kim).id, people.kim)
    token, key = ApiKeys(library).make("ci", people.kim, notebook=made.id)
    copied = copy_library(folder, database)
    assert (copied.notebooks, copied.people, copied.keys, copied.was_there) == (2, 2, 1, False)
    assert rows_of(database, TABLES, *LIBRARY) == rows_of(folder, TABLES, *LIBRARY)
    moved = Library(database)
    assert ApiKeys(moved).grant(token, people_sign_in=True).person == people.kim
    assert (
        moved.enter(people.lee, made.id, Action.ADD).retrieval
        == library.enter(people.lee, made.id, Action.ASK).retrieval
    )
    assert moved.make("Next", people.kim).id == 4, "3 was another's, and is nobody's"

    moved.share(made.id, people.lee.email, None, people.kim)
    ApiKeys(moved).revoke(key.id, people.kim)
    before = rows_of(database, TABLES, *LIBRARY, "api_key")
    assert copy_library(folder, database) == CopiedLibrary(was_there=True)
    assert rows_of(database, TABLES, *LIBRARY, "api_key") == before
    with pytest.raises(KeyRefused, match="was revoked"):
        ApiKeys(moved).grant(token, people_sign_in=True)

    assert copy_library(database, back).notebooks == 3
    assert rows_of(back, TABLES, *LIBRARY, "api_key") == before
    assert Library(back).make("Last", people.kim).id == 5
    with pytest.raises(LibraryError, match="are others already; choose an empty place"):
        copy_library(back, folder)


def test_conversations_move_there_and_back_as_they_are_and_are_there_once(
    places: tuple[Config, Config, Config],
) -> None:
    folder, database, back = places
    assert copy_conversations(folder, database) == CopiedConversations()
    mine, theirs = Conversations.open(folder, "kim"), Conversations.open(folder, "lee")
    number = mine.create()
    for question in ("연차는?", "second"):
        mine.add(number, record(question))
    mine.add(number, record("again"), version_of=1)
    mine.rate(number, 1, -1, why="wrong", words="no")
    mine.rename(number, "leave")
    mine.pin(number)
    mine.keep_setting("settings", "{}")
    other = theirs.create()
    theirs.add(other, record("theirs"))
    theirs.delete(theirs.create())
    told: list[tuple[int, int]] = []
    assert copy_conversations(folder, database, lambda *at: told.append(at)) == CopiedConversations(2, 0)
    assert told == [(1, 2), (2, 2)]
    assert rows_of(database, OF_CONVERSATIONS, *CONVERSATIONS) == rows_of(
        folder, OF_CONVERSATIONS, *CONVERSATIONS
    )
    moved = Conversations.open(database, "kim")
    assert moved.exchanges(number) == mine.exchanges(number)
    assert [row.title for row in moved.list("연차")] == ["leave"]
    assert moved.create() == 4, "3 was deleted, and an old link to it finds nothing"
    moved.add(number, record("third"))
    mine.add(number, record("elsewhere"))
    before = rows_of(database, OF_CONVERSATIONS, *CONVERSATIONS)
    assert copy_conversations(folder, database) == CopiedConversations(0, 2)
    assert rows_of(database, OF_CONVERSATIONS, *CONVERSATIONS) == before
    assert copy_conversations(database, back) == CopiedConversations(3, 0)
    assert rows_of(back, OF_CONVERSATIONS, *CONVERSATIONS) == before


def test_conversations_do_not_mix_with_others(places: tuple[Config, Config, Config]) -> None:
    folder, database, _ = places
    for place, question in ((folder, "mine"), (database, "another")):
        kept = Conversations.open(place)
        kept.add(kept.create(), record(question))
    with pytest.raises(ConversationsError, match=r"are others already \(number 1\); choose an empty place"):
        copy_conversations(folder, database)
    assert [row.title for row in Conversations.open(database).list()] == ["another"]
