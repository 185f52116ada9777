"""Asking again and editing make versions side by side: nothing is dropped, and one way through them is shown."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.conversations import Branches, Conversations, Place, to_html, to_markdown
from chatbot.conversations.schema import TABLES
from chatbot.errors import ConversationsError


def shown(conversations: Conversations, number: int) -> list[str]:
    return [exchange.record.question for exchange in conversations.exchanges(number)]


@pytest.fixture
def number(conversations, record) -> int:
    """ "A", "B", "C", one after the other."""
    number = conversations.create()
    for question in "ABC":
        conversations.add(number, record(question))
    return number


def test_positions_are_given_by_the_database(conversations, record, number: int) -> None:
    assert [place.position for place in conversations.branches(number)] == [0, 1, 2]
    assert conversations.add(number, record("D")) == Place(3, 2, 4, 4)


def test_a_question_that_is_asked_again_is_a_version_and_what_followed_stays_with_the_old_one(
    conversations, record, number: int
) -> None:
    again = conversations.add(number, record("B2"), version_of=1)
    assert shown(conversations, number) == ["A", "B2"]
    conversations.add(number, record("C2"), after=again.position)
    assert shown(conversations, number) == ["A", "B2", "C2"]
    assert [e.versions for e in conversations.exchanges(number)] == [(0,), (1, 3), (4,)]
    conversations.choose(number, 1)
    assert shown(conversations, number) == ["A", "B", "C"]
    conversations.choose(number, 4)
    assert shown(conversations, number) == ["A", "B2", "C2"], "with what it follows"
    conversations.add(number, record("B3"), version_of=3)
    assert [e.versions for e in conversations.exchanges(number)] == [(0,), (1, 3, 5)]
    assert conversations.exchanges(number, [2, 1])[0].record.question == "B"


def test_the_first_question_has_versions_too_and_the_title_is_that_which_is_shown(
    conversations, record, number: int
) -> None:
    conversations.add(number, record("A2"), version_of=0)
    assert shown(conversations, number) == ["A2"]
    assert conversations.title(number) == conversations.list()[0].title == "A2"
    conversations.choose(number, 0)
    assert shown(conversations, number) == ["A", "B", "C"]
    assert conversations.title(number) == conversations.list("a2")[0].title == "A", (
        "and it is found by the other"
    )


def test_two_windows_that_ask_at_once_lose_nothing(conversations, record, place: Config, number: int) -> None:
    """Each has seen three exchanges; both questions come after them, one behind the other."""
    other = Conversations.open(place)
    mine = conversations.add(number, record("mine"), after=2)
    theirs = other.add(number, record("theirs"), after=2)
    assert (mine.position, theirs.position, theirs.follows) == (3, 4, 3)
    conversations.save(number, mine.position, record("mine", "15 [1]"))
    assert shown(other, number) == ["A", "B", "C", "mine", "theirs"]


def test_what_is_asked_in_a_branch_that_another_window_has_left_is_shown_there(
    conversations, record, number: int
) -> None:
    conversations.add(number, record("B2"), version_of=1)
    conversations.add(number, record("D"), after=2)
    assert shown(conversations, number) == ["A", "B", "C", "D"]


def test_many_windows_that_ask_and_edit_at_once_lose_nothing(conversations, record, number: int) -> None:
    errors: list[BaseException] = []

    def work(window: int) -> None:
        try:
            for turn in range(5):
                place = conversations.add(number, record(f"{window}-{turn}"), after=2)
                conversations.add(number, record(f"{window}-{turn}!"), version_of=place.position)
        except BaseException as error:
            errors.append(error)

    windows = [threading.Thread(target=work, args=(window,)) for window in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert errors == []
    branches = conversations.branches(number)
    found = conversations.exchanges(number, [place.position for place in branches])
    assert len({e.record.question for e in found}) == len(list(branches)) == 3 + 4 * 5 * 2


def test_a_reader_knows_whether_anything_has_changed(conversations, record, number: int) -> None:
    before = conversations.changes(number)
    conversations.exchanges(number)
    conversations.rename(number, "x")
    conversations.pin(number)
    assert conversations.changes(number) == before
    for change in (
        lambda: conversations.add(number, record("D")),
        lambda: conversations.save(number, 0, record("A", "other [1]")),
        lambda: conversations.rate(number, 0, 1),
        lambda: conversations.choose(number, 1),
    ):
        change()
        assert conversations.changes(number) == before + 1
        before += 1
    assert conversations.exchanges(number, [0])[0].changed == before - 1, "it was rated then"


@pytest.mark.parametrize("missing", [{"after": 9}, {"version_of": 9}])
def test_what_follows_something_that_is_gone_is_refused_and_nothing_is_half_done(
    conversations, record, number: int, missing: dict[str, int]
) -> None:
    before = conversations.changes(number)
    with pytest.raises(ConversationsError, match="no longer kept"):
        conversations.add(number, record("D"), **missing)
    assert conversations.changes(number) == before
    assert shown(conversations, number) == ["A", "B", "C"]


def test_exports_hold_the_versions_that_are_shown(conversations, record, number: int) -> None:
    conversations.add(number, record("another question"), version_of=1)
    records = [exchange.record for exchange in conversations.exchanges(number)]
    for export in (to_html(records, "en"), to_markdown(records, "en")):
        assert "another question" in export
        assert len(records) == 2


def test_places_that_contradict_each_other_end_the_way_and_do_not_hang_it() -> None:
    """A file that something else has written into."""
    branches = Branches([Place(0, 1), Place(1, 0), Place(2, 7), Place(3)])
    assert [place.position for place in branches.shown()] == [3]
    assert branches.way_to(0) == (1, 0)
    assert branches.end(None) == 3


VERSION_1 = """
CREATE TABLE conversation (id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, title TEXT NOT NULL DEFAULT '',
    sought TEXT NOT NULL DEFAULT '', updated TEXT NOT NULL);
CREATE INDEX conversation_of_owner ON conversation (owner, updated);
CREATE TABLE exchange (id INTEGER PRIMARY KEY, conversation_id INTEGER NOT NULL REFERENCES conversation (id)
    ON DELETE CASCADE, position INTEGER NOT NULL, question TEXT NOT NULL, UNIQUE (conversation_id, position));
CREATE TABLE words (exchange_id INTEGER PRIMARY KEY REFERENCES exchange (id) ON DELETE CASCADE, sought TEXT NOT NULL);
CREATE TABLE record (exchange_id INTEGER PRIMARY KEY REFERENCES exchange (id) ON DELETE CASCADE, content TEXT NOT NULL);
CREATE TABLE rating (exchange_id INTEGER NOT NULL REFERENCES exchange (id) ON DELETE CASCADE, chunk_id INTEGER NOT NULL,
    value INTEGER NOT NULL CHECK (value IN (-1, 1)), PRIMARY KEY (exchange_id, chunk_id)) WITHOUT ROWID;
PRAGMA user_version = 1;
"""


def test_conversations_of_version_1_open_unchanged(record, tmp_path: Path) -> None:
    """Two conversations, one with a gap between its positions as a question that was edited away left it, and thumbs."""
    made = Conversations.open(tmp_path / "new")
    number = made.create()
    for question in "ABC":
        made.add(number, record(question))
    with sqlite3.connect(tmp_path / "new" / TABLES.file) as new:
        contents = [row[0] for row in new.execute("SELECT content FROM record ORDER BY exchange_id")]
    new.close()
    (tmp_path / "old").mkdir()
    with sqlite3.connect(tmp_path / "old" / TABLES.file) as old:
        old.executescript(VERSION_1)
        old.execute("INSERT INTO conversation VALUES (1, '', 'mine', 'mine', '2026-11-01T00:00:00+00:00')")
        old.execute("INSERT INTO conversation VALUES (2, '', '', '', '2026-11-02T00:00:00+00:00')")
        places = [(1, 1, 0, "A"), (2, 2, 0, "B"), (3, 1, 2, "C")]
        old.executemany("INSERT INTO exchange VALUES (?, ?, ?, ?)", places)
        old.executemany("INSERT INTO record VALUES (?, ?)", enumerate(contents, 1))
        old.executemany("INSERT INTO words VALUES (?, ?)", [(n, q) for n, q in enumerate("abc", 1)])
        old.executemany("INSERT INTO rating VALUES (?, ?, ?)", [(1, 0, -1), (3, 101, 1)])
    old.close()
    conversations = Conversations.open(tmp_path / "old")
    assert [(row.id, row.title, row.pinned) for row in conversations.list()] == [
        (2, "B", False),
        (1, "mine", False),
    ]
    first, second = conversations.exchanges(1)
    assert (first.record, second.record) == tuple(made.exchanges(number, [0, 2])[n].record for n in (0, 1))
    assert [(e.position, e.versions, e.rating, e.why) for e in (first, second)] == [
        (0, (0,), -1, ""),
        (2, (2,), 0, ""),
    ]
    assert second.source_ratings == {101: 1}
    assert conversations.add(1, record("D"), after=2) == Place(3, 2, 1, 1)
    assert shown(conversations, 2) == ["B"]
