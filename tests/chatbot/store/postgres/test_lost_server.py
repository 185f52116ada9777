"""A server that is killed: what was acknowledged is there, one sentence is said, and all is well once it runs again."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.store import Store, create_store
from fakes.postgres_server import NoServer, PostgresServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """One of its own, whose commits are on the disk."""
    try:
        server = PostgresServer(safe=True)
        server.start()
    except NoServer as reason:
        if os.environ.get("SECONDLOOK_NEEDS_POSTGRES"):
            raise
        pytest.skip(f"no PostgreSQL: {reason}")
    monkeypatch.setenv("SECONDLOOK_DSN", server.dsn)
    yield server
    server.close()


@pytest.fixture
def store(server: PostgresServer, tools: Any, tmp_path: Path) -> Iterator[Store]:
    config = Config.model_validate({"store": {"backend": "postgres", "path": tmp_path / "store"}})
    with closing(create_store(config, tools.identity, tools.dimension)) as store:
        yield store


def test_a_connection_lost_in_mid_question_is_said_in_a_sentence_and_the_next_one_is_well(
    server: PostgresServer, store: Store, tools: Any
) -> None:
    tools.put(store, "a", "alpha")
    with (
        pytest.raises(
            StoreError, match=r"PostgreSQL cannot be reached or used \(.*\); what was stored is safe"
        ),
        store.reading() as view,
    ):
        server.kill()
        view.dense(tools.vector_of("x"), 5)
    server.start()
    assert tools.texts(store, "x") == ["alpha"]
    tools.put(store, "b", "beta")
    assert store.faults() == []


class Writers:
    """Threads that replace documents of their own; what the store has acknowledged, and what it was about to store.

    Args:
        goal: after so many commits ``enough`` is set.
    """

    def __init__(self, store: Store, tools: Any) -> None:
        self.store, self.tools = store, tools
        self.acknowledged: dict[str, tuple[str, ...]] = {}
        self.unsure: dict[str, set[tuple[str, ...]]] = {}
        self.commits = self.goal = 0
        self.enough, self.over, self._lock = threading.Event(), threading.Event(), threading.Lock()

    def write(self, seed: int, turn: int) -> None:
        mine, version = Random(f"{turn} {seed}"), 0
        while not self.over.is_set():
            version += 1
            uri = f"d/{seed}-{mine.randrange(5)}"
            texts = tuple(f"{uri} {turn}.{version} place {place}" for place in range(mine.choice([1, 3, 8])))
            self.unsure[uri] = {texts, self.acknowledged.get(uri, ())}
            try:
                self.tools.put(self.store, uri, *texts)
            except StoreError:
                return
            self.acknowledged[uri] = texts
            del self.unsure[uri]
            with self._lock:
                self.commits += 1
                if self.commits >= self.goal:
                    self.enough.set()

    def check(self) -> None:
        """Every document is as it was acknowledged, or as it was about to be stored."""
        with self.store.reading() as view:
            there = {row.uri: tuple(c.text for c in view.chunks_of(row.uri)) for row in view.documents()}
        for uri in self.acknowledged.keys() | self.unsure.keys():
            assert there.get(uri, ()) in self.unsure.get(uri, {self.acknowledged.get(uri, ())}), uri
        self.unsure.clear()
        self.acknowledged = there
        assert self.store.faults() == []


def kill_again_and_again(server: PostgresServer, store: Store, tools: Any, times: int, writers: int) -> int:
    """How many commits there were."""
    work, draw = Writers(store, tools), Random(1)
    for turn in range(times):
        work.goal = work.commits + draw.randrange(5, 40)
        work.enough.clear()
        work.over.clear()
        threads = [threading.Thread(target=work.write, args=(seed, turn)) for seed in range(writers)]
        for thread in threads:
            thread.start()
        assert work.enough.wait(120)
        server.kill()
        work.over.set()
        server.start()
        for thread in threads:
            thread.join()
        work.check()
    return work.commits


def test_killed_twice_under_writers_nothing_acknowledged_is_lost_or_there_by_halves(
    server: PostgresServer, store: Store, tools: Any
) -> None:
    assert kill_again_and_again(server, store, tools, times=2, writers=3) >= 10


@pytest.mark.slow
def test_killed_twenty_times_under_eight_writers_nothing_acknowledged_is_lost_or_there_by_halves(
    server: PostgresServer, store: Store, tools: Any
) -> None:
    assert kill_again_and_again(server, store, tools, times=20, writers=8) >= 200
