"""One queue for all sessions: fair, together, each with its own errors."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.reranking.queue import ScoringQueue

Pairs = Sequence[tuple[str, int]]


class Recorder:
    """Scores a pair by its position; can be held, so that requests gather meanwhile."""

    def __init__(self, broken: str = "") -> None:
        self.batches: list[Pairs] = []
        self.broken = broken
        self.going = threading.Event()
        self.going.set()
        self.entered = threading.Semaphore(0)

    def __call__(self, pairs: Pairs) -> list[float]:
        self.batches.append(pairs)
        self.entered.release()
        assert self.going.wait(10)
        if any(reading == self.broken for reading, _ in pairs):
            raise ValueError(f"cannot read {self.broken}")
        return [float(position) for _, position in pairs]


@contextmanager
def one_worker(record: Recorder) -> Iterator[ScoringQueue]:
    with ThreadPoolExecutor(1) as workers:
        yield ScoringQueue(record, workers)


@contextmanager
def held(record: Recorder, queue: ScoringQueue, callers: ThreadPoolExecutor) -> Iterator[None]:
    """The only worker is busy until the block ends."""
    record.going.clear()
    first = callers.submit(queue.score, "first", [0], 1)
    assert record.entered.acquire(timeout=10)
    yield
    record.going.set()
    assert first.result(10) == {0: 0.0}


def waiting(queue: ScoringQueue, count: int) -> None:
    """Until ``count`` requests stand in line."""
    arrived = threading.Event()
    for _ in range(10_000):
        if len(queue._requests) >= count:
            return
        arrived.wait(0.001)
    raise AssertionError("the requests did not arrive")


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 23), st.integers(1, 6)), min_size=1, max_size=6), st.integers(1, 3))
def test_every_request_gets_every_score(shapes: list[tuple[int, int]], threads: int) -> None:
    record = Recorder()
    with ThreadPoolExecutor(threads) as workers, ThreadPoolExecutor(len(shapes)) as callers:
        queue = ScoringQueue(record, workers)
        asked = [
            callers.submit(queue.score, str(i), list(range(count)), size)
            for i, (count, size) in enumerate(shapes)
        ]
        found = [future.result(10) for future in asked]
    assert found == [{i: float(i) for i in range(count)} for count, _ in shapes]


def test_a_request_without_pairs_asks_nobody() -> None:
    record = Recorder()
    with one_worker(record) as queue:
        assert queue.score("empty", [], 5) == {}
    assert record.batches == []


def test_requests_take_turns_however_long_they_are() -> None:
    record = Recorder()
    with one_worker(record) as queue, ThreadPoolExecutor(3) as callers:
        with held(record, queue, callers):
            long = callers.submit(queue.score, "long", range(20), 5)
            waiting(queue, 1)
            short = callers.submit(queue.score, "short", range(10), 5)
            waiting(queue, 2)
        assert (len(long.result(10)), len(short.result(10))) == (20, 10)
    turns = [batch[0][0] for batch in record.batches[1:]]
    assert turns == ["long", "short", "long", "short", "long", "long"]


def test_what_is_left_free_in_a_micro_batch_is_filled_with_pairs_of_others() -> None:
    record = Recorder()
    with one_worker(record) as queue, ThreadPoolExecutor(3) as callers:
        with held(record, queue, callers):
            three = callers.submit(queue.score, "three", range(3), 5)
            waiting(queue, 1)
            four = callers.submit(queue.score, "four", range(4), 5)
            waiting(queue, 2)
        assert three.result(10) == {i: float(i) for i in range(3)}
        assert four.result(10) == {i: float(i) for i in range(4)}
    assert [[reading for reading, _ in batch] for batch in record.batches[1:]] == [
        ["three"] * 3 + ["four"] * 2,
        ["four"] * 2,
    ]


def test_an_error_reaches_the_request_it_belongs_to_and_no_other() -> None:
    record = Recorder(broken="bad")
    with one_worker(record) as queue, ThreadPoolExecutor(3) as callers:
        with held(record, queue, callers):
            bad = callers.submit(queue.score, "bad", range(3), 5)
            waiting(queue, 1)
            good = callers.submit(queue.score, "good", range(3), 5)
            waiting(queue, 2)
        assert good.result(10) == {i: float(i) for i in range(3)}
        with pytest.raises(ValueError, match="cannot read bad"):
            bad.result(10)
        assert queue.score("next", range(2), 5) == {0: 0.0, 1: 1.0}


def test_a_spent_budget_still_scores_one_micro_batch_and_the_first_ones() -> None:
    record = Recorder()
    with one_worker(record) as queue:
        assert queue.score("late", range(20), 2, budget_s=0.0) == {0: 0.0, 1: 1.0}
        assert len(queue.score("early", range(20), 2, budget_s=60.0)) == 20
    assert record.batches[0] == [("late", 0), ("late", 1)]


def test_no_micro_batch_begins_that_would_end_after_the_budget() -> None:
    record = Recorder()
    with one_worker(record) as queue, ThreadPoolExecutor(1) as callers:
        record.going.clear()
        asked = callers.submit(queue.score, "slow", range(20), 2, 0.1)
        assert record.entered.acquire(timeout=10)
        assert not asked.done()
        threading.Event().wait(0.11)  # the first micro-batch takes longer than the budget
        record.going.set()
        assert asked.result(10) == {0: 0.0, 1: 1.0}


def test_who_stops_waiting_takes_back_what_has_not_begun() -> None:
    record = Recorder()
    with one_worker(record) as queue, ThreadPoolExecutor(3) as callers:
        with held(record, queue, callers):
            given_up = callers.submit(queue.score, "given up", range(20), 5)
            waiting(queue, 1)
            with queue._lock:
                queue._requests[0].end()  # what Ctrl-C in its thread does
        assert given_up.result(10) == {}
        assert queue.score("next", range(2), 5) == {0: 0.0, 1: 1.0}
    assert {reading for batch in record.batches for reading, _ in batch} == {"first", "next"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "ending", ["", "sys.exit(3)", "raise KeyboardInterrupt"], ids=["normal", "exit", "interrupt"]
)
def test_a_program_can_end_while_others_are_in_the_queue(ending: str) -> None:
    program = f"""
import sys, threading
from chatbot.models.threads import SideBySide
from chatbot.reranking.queue import ScoringQueue
begun = threading.Event()
def score(pairs):
    begun.set()
    threading.Event().wait(0.01)
    return [0.0] * len(pairs)
queue = ScoringQueue(score, SideBySide())
for daemon in (True, False):
    threading.Thread(target=queue.score, args=("x", range(20), 5), daemon=daemon).start()
begun.wait()
{ending}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert "Error" not in done.stderr.replace("KeyboardInterrupt", ""), done.stderr
    assert done.returncode == {"": 0, "sys.exit(3)": 3}.get(ending, done.returncode)
