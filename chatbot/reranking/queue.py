"""One queue in front of the network: pairs of all sessions, in micro-batches, side by side on all cores.

A worker takes the next micro-batch of the request that has waited longest for one, so a request among n others
gets every n-th. Free places in a micro-batch are filled with pairs of other requests. A worker does not wait for a
micro-batch to fill: while the cores are busy, requests gather anyway, and while they are free, waiting costs time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, Generic, Protocol, TypeVar

from chatbot.telemetry.seat import keep_in_sight

Reading = TypeVar("Reading")
Score = Callable[[Sequence[tuple[Any, int]]], Sequence[float]]


class Workers(Protocol):
    """Runs functions in threads, in the order given; ``chatbot.models.threads.SideBySide``."""

    def submit(self, function: Callable[[], None]) -> object: ...


class Request(Generic[Reading]):
    """Pairs of one question on their way. Its fields are the queue's, under the queue's lock."""

    def __init__(self, reading: Reading, pairs: Sequence[int], size: int, deadline: float | None) -> None:
        self.reading = reading
        self.waiting = deque(pairs)
        self.size = size  # pairs in a micro-batch
        self.deadline = deadline  # of time.perf_counter()
        self.under_way = 0  # pairs
        self.longest = 0.0  # seconds that a micro-batch of it took
        self.scores: dict[int, float] = {}
        self.error: BaseException | None = None
        self.done = threading.Event()

    def end(self) -> None:
        """Drop what has not begun."""
        self.waiting.clear()
        if not self.under_way:
            self.done.set()

    def is_out_of_time(self) -> bool:
        """Whether another micro-batch would end too late; the first never does."""
        has_begun = bool(self.under_way or self.scores)
        return self.deadline is not None and has_begun and time.perf_counter() + self.longest > self.deadline


Batch = list[tuple[Request[Any], int]]


class ScoringQueue:
    """Scores pairs for many threads at once. An error reaches the request whose pairs caused it, and no other."""

    def __init__(self, score: Score, workers: Workers) -> None:
        """``score`` takes (reading, position) pairs and gives one number each; it is called from several threads."""
        self._score, self._workers = score, workers
        self._lock = threading.Lock()
        self._requests: deque[Request[Any]] = deque()
        keep_in_sight("reranker_queue", self)

    @property
    def waiting_pairs(self) -> int:
        """How many wait for a worker now."""
        with self._lock:
            return sum(len(request.waiting) for request in self._requests)

    def score(
        self, reading: Any, pairs: Sequence[int], size: int, budget_s: float | None = None
    ) -> dict[int, float]:
        """Position -> score, for all of ``pairs``, or as many as the budget allows, the first ones first.

        Args:
            pairs: positions in ``reading``, in the order in which they are to be scored.
            size: pairs in a micro-batch.
            budget_s: seconds after which no micro-batch begins; one always does, and what has begun is waited for.

        An exception in this thread, as of Ctrl-C, takes back what has not begun.
        """
        if not pairs:
            return {}
        deadline = None if budget_s is None else time.perf_counter() + budget_s
        request = Request(reading, pairs, size, deadline)
        with self._lock:
            self._requests.append(request)
        try:
            # as many as there are micro-batches; one that finds its share taken does nothing
            for _ in range(-(-len(pairs) // size)):
                self._workers.submit(self._work)
            request.done.wait()
        finally:
            with self._lock:
                request.end()
        if request.error is not None:
            raise request.error
        return request.scores

    def _work(self) -> None:
        if batch := self._next_batch():
            self._run(batch)

    def _next_batch(self) -> Batch:
        """From the first request in line, which then goes to its end."""
        batch: Batch = []
        size = 0
        with self._lock:
            for _ in range(len(self._requests)):
                request = self._requests.popleft()
                if request.is_out_of_time():
                    request.end()
                elif not batch:
                    size = request.size
                    _move(request, batch, size, request.waiting.popleft)
                elif request.deadline is None:
                    # from its short end: what is left of the first one are its shortest, too
                    _move(request, batch, size, request.waiting.pop)
                if request.waiting:
                    self._requests.append(request)
                if batch and len(batch) == size:
                    break
        return batch

    def _run(self, batch: Batch) -> None:
        owners = list(dict.fromkeys(request for request, _ in batch))
        start = time.perf_counter()
        try:
            scores = self._score([(request.reading, position) for request, position in batch])
        except BaseException as error:  # whatever it is, somebody waits for it
            if len(owners) == 1:
                self._settle(batch, [], error)
            else:  # whose fault is it?
                for owner in owners:
                    self._run([(request, position) for request, position in batch if request is owner])
            return
        for owner in owners:
            owner.longest = max(owner.longest, time.perf_counter() - start)
        self._settle(batch, scores)

    def _settle(self, batch: Batch, scores: Sequence[float], error: BaseException | None = None) -> None:
        with self._lock:
            for (request, position), score in zip_longest(batch, scores):
                request.under_way -= 1
                if error is None:
                    request.scores[position] = score
                else:
                    request.error = error
                    request.waiting.clear()
                if not (request.waiting or request.under_way):
                    request.done.set()


def _move(request: Request[Any], batch: Batch, size: int, take: Callable[[], int]) -> None:
    while request.waiting and len(batch) < size:
        batch.append((request, take()))
        request.under_way += 1
