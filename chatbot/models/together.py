"""Texts of several threads that wait at the same time, read in one pass.

A pass over one short question waits for memory, where the weights are: in float32 one question takes 55 ms of
processor time and eight together 174. Nobody waits for others: a worker that is free takes what is there.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from chatbot.models.threads import SideBySide

Result = TypeVar("Result")

_MOST = 8  # texts of a pass
_MOST_BYTES = (
    2000  # of a pass, all texts padded to the longest: about 500 tokens; a longer text is read alone
)


class Together(Generic[Result]):
    """``read`` of one text, for many threads at once. An error reaches the text that causes it, and no other."""

    def __init__(self, read: Callable[[list[str]], Sequence[Result]], workers: SideBySide) -> None:
        """``read`` gives one result for each text; the workers call it side by side."""
        self._read, self._workers = read, workers
        self._lock = threading.Lock()
        self._waiting: deque[tuple[str, Future[Result]]] = deque()

    def __call__(self, text: str) -> Result:
        found: Future[Result] = Future()
        with self._lock:
            self._waiting.append((text, found))
        self._workers.submit(self._work)  # one for each text: the last ones may find nothing left
        return found.result()

    def _work(self) -> None:
        if batch := self._next_batch():
            self._run(batch)

    def _next_batch(self) -> list[tuple[str, Future[Result]]]:
        batch: list[tuple[str, Future[Result]]] = []
        longest = 0
        with self._lock:
            while self._waiting and len(batch) < _MOST:
                longest = max(longest, len(self._waiting[0][0].encode("utf-8", "surrogatepass")))
                if batch and longest * (len(batch) + 1) > _MOST_BYTES:
                    break
                batch.append(self._waiting.popleft())
        return batch

    def _run(self, batch: list[tuple[str, Future[Result]]]) -> None:
        try:
            results = self._read([text for text, _ in batch])
        except BaseException as error:  # whatever it is, somebody waits for it
            if len(batch) == 1:
                batch[0][1].set_exception(error)
            else:  # whose fault is it?
                for one in batch:
                    self._run([one])
            return
        for (_, found), result in zip(batch, results, strict=True):
            found.set_result(result)
