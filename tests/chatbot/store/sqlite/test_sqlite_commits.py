"""Commits between processes, and those that fail: what is SQLite's own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import Any

import pytest

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.sqlite.store import SqliteStore
from paths import ROOT


def test_a_view_opened_before_a_commit_and_searched_after_it_finds_its_own_chunks(
    store: Store, tools: Any
) -> None:
    """The snapshot in memory is newer than this thread's view: it must build its own."""
    tools.put(store, "a", "old text")
    with store._pool.connection() as connection:
        connection.execute("BEGIN")
        assert connection.execute("SELECT count(*) FROM chunk").fetchone() == (1,)
        tools.put(store, "a", "new text")
        tools.texts(store, "x")
        snapshot = store._snapshot_for(connection)
        assert connection.execute("SELECT id FROM chunk").fetchall() == [
            (i,) for i in snapshot.ids().tolist()
        ]
        connection.execute("ROLLBACK")
    assert tools.texts(store, "new text") == ["new text"]


def test_another_process_sees_each_commit_at_its_next_question(store: Store, tools: Any) -> None:
    script = f"""
import sys
from pathlib import Path
from chatbot.store import Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
store = SqliteStore.open(Path({str(store.folder)!r}), StoreIdentity({tools.identity.embedding!r}, "x"))
for line in sys.stdin:
    with store.reading() as view:
        print(",".join(f"{{d.uri}}:{{d.chunks}}" for d in view.documents()), view.snapshot.count, flush=True)
store.close()
"""
    reader = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with reader:
        assert reader.stdin is not None
        assert reader.stdout is not None

        def ask() -> str:
            reader.stdin.write("?\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        assert ask() == "0"
        tools.put(store, "a", "one", "two")
        assert ask() == "a:2 2"
        with store.writing() as writer:
            writer.compact()
            writer.replace(*tools.document("b", ["three"]))
            assert writer.delete("a")
        assert ask() == "b:1 1"
        reader.stdin.close()
        assert reader.wait(30) == 0


def test_two_stores_on_one_folder_see_each_other(store: Store, tools: Any) -> None:
    other = SqliteStore.open(store.folder, tools.identity)
    try:
        tools.put(store, "a", "from the first")
        assert tools.texts(other, "x") == ["from the first"]
        tools.put(other, "a", "from the second")
        assert tools.texts(store, "x") == ["from the second"]
        assert store.sequence() == other.sequence()
    finally:
        other.close()


@pytest.mark.parametrize(
    "fails_at", ["INSERT INTO document", "INSERT INTO chunk ", "INSERT INTO chunk_fts", "COMMIT"]
)
def test_a_failure_in_the_middle_of_replace_leaves_the_old_document_whole(
    store: Store, tools: Any, fails_at: str
) -> None:
    tools.put(store, "a", "alpha beta", "gamma delta")
    before, sequence = tools.ids(store, "a"), store.sequence()

    class Failing:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self.connection = connection

        def __getattr__(self, name: str) -> Any:
            return getattr(self.connection, name)

        def execute(self, sql: str, *values: Any) -> Any:
            if sql.startswith(fails_at):
                raise sqlite3.OperationalError("database or disk is full")
            return self.connection.execute(sql, *values)

    with store.writing() as writer:
        writer.connection = Failing(writer.connection)  # type: ignore[assignment]
        with pytest.raises(StoreError, match="disk is full.*as before"):
            writer.replace(*tools.document("a", ["epsilon"]))

    assert tools.ids(store, "a") == before
    assert store.sequence() == sequence
    assert tools.texts(store, "alpha beta", 10) == ["alpha beta", "gamma delta"]
    assert tools.lexical_texts(store, "gamma") == ["gamma delta"]
    assert store.faults() == []
    tools.put(store, "a", "epsilon")
    assert tools.texts(store, "x", 10) == ["epsilon"]


def test_an_interrupt_inside_a_transaction_leaves_the_old_document_whole(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    with pytest.raises(KeyboardInterrupt), store.writing() as writer, writer.transaction() as sequence:
        writer._bury("a", sequence)
        raise KeyboardInterrupt
    assert tools.texts(store, "x") == ["alpha"]
    assert tools.lexical_texts(store, "alpha") == ["alpha"]


def test_a_text_with_nul_comes_back_exactly(store: Store, tools: Any) -> None:
    tools.put(store, "a", "nul \0 inside")
    with store.reading() as view:
        assert [chunk.text for chunk in view.chunks_of("a")] == ["nul \0 inside"]
