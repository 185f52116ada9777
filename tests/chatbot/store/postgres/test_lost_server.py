"""A server that is killed: what was acknowledged is there, one sentence is said, and all is well once it runs again."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.postgres import searching
from fakes.postgres_server import PostgresServer
from fakes.store_traffic import Traffic

SENTENCE = r"PostgreSQL cannot be reached or used \(.*\); what was stored is safe; try again in a moment"


def test_a_connection_lost_in_mid_question_is_said_in_a_sentence_and_the_next_one_is_well(
    server: PostgresServer, its_store: Store, tools: Any
) -> None:
    tools.put(its_store, "a", "alpha")
    with pytest.raises(StoreError, match=SENTENCE), its_store.reading() as view:
        server.kill()
        view.dense(tools.vector_of("x"), 5)
    server.start()
    assert tools.texts(its_store, "x") == ["alpha"]
    tools.put(its_store, "b", "beta")
    assert its_store.faults() == []


def kill_again_and_again(
    server: PostgresServer, traffic: Traffic, times: int, writers: int, readers: int, views: int
) -> None:
    """``views``: at least between two kills."""
    draw = Random(1)

    def kill() -> None:
        server.kill()
        server.start()

    for _ in range(times):
        traffic.run(writers, readers, draw.randrange(5, 40), views, kill)
        traffic.check()


@pytest.mark.slow
def test_killed_twice_under_writers_and_readers_nothing_is_lost_by_halves_mixed_or_stale(
    server: PostgresServer, its_store: Store, tools: Any
) -> None:
    traffic = Traffic(its_store, tools)
    kill_again_and_again(server, traffic, times=2, writers=3, readers=2, views=20)
    assert traffic.commits >= 10
    assert traffic.views >= 40


@pytest.mark.slow
def test_killed_twenty_times_under_eight_writers_and_four_readers_nothing_is_lost_by_halves_mixed_or_stale(
    server: PostgresServer, its_store: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        searching, "COMPARED_ALL", 0
    )  # through the graph, which dead entries are in the way of
    traffic = Traffic(its_store, tools)
    kill_again_and_again(server, traffic, times=20, writers=8, readers=4, views=260)
    assert traffic.commits >= 200
    assert traffic.views >= 5_000
    assert traffic.told
    assert all("what was stored is safe" in sentence for sentence in traffic.told)
    print(f"{traffic.commits} commits, {traffic.views} views, {len(traffic.told)} threads were told")
