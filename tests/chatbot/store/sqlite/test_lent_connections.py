from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.sqlite.store import SqliteStore


def test_many_threads_share_a_handful_of_connections(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha", "beta")
    opened: list[sqlite3.Connection] = []
    connect, started = sqlite3.connect, set(threading.enumerate())

    def counting(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **options))
        return opened[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", counting)
        for _ in range(25):  # as many threads one after the other, four at a time
            with ThreadPoolExecutor(4) as threads:
                found = list(threads.map(lambda _: tools.texts(store, "alpha"), range(8)))
            assert found == [["alpha", "beta"]] * 8
    assert len(opened) <= 4
    assert set(threading.enumerate()) <= started
    store.close()
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("SELECT 1")


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="has been closed"), store.reading():
        pass


def test_a_connection_that_cannot_be_set_up_is_closed(tmp_path: Path, tools: Any) -> None:
    (tmp_path / "rag.db").write_bytes(b"this is no database" * 100)
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *a, **o: opened.append(connect(*a, **o)) or opened[-1])
        with pytest.raises(StoreError):
            SqliteStore.open(tmp_path, tools.identity)
    with pytest.raises(sqlite3.ProgrammingError):
        opened[0].execute("SELECT 1")


def test_a_connection_that_could_only_be_opened_for_reading_is_not_kept(store: Store, tools: Any) -> None:
    with store._pool.connection() as connection:
        connection.execute("PRAGMA query_only = ON")  # as SQLite behaves after it could not open for writing
    with pytest.raises(StoreError, match=r"cannot write.*readonly"), store.writing() as writer:
        writer.replace(*tools.document("a", ["alpha"]))
    tools.put(store, "a", "alpha")
    assert tools.texts(store, "alpha") == ["alpha"]
