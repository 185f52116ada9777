"""Batches side by side on a CPU: threads that each compute alone, without torch's own threads.

One batch spread over two cores waits at the end of every operation for the slower one: 1.2 times as long
on an idle machine, 4 times when something else runs too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from chatbot.errors import ProgramEnds

T = TypeVar("T")


class SideBySide:
    """Runs functions in as many threads as torch would use for one of them."""

    def __init__(self) -> None:
        import torch

        count = torch.get_num_threads()
        ready = threading.Barrier(count + 1)

        def compute_alone() -> None:
            torch.set_num_threads(1)
            torch.get_num_threads()  # torch settles a thread's number on first use, from the last one set anywhere
            ready.wait()

        self._threads = ThreadPoolExecutor(count, "batches", initializer=compute_alone)
        for _ in range(count):
            self._threads.submit(int)
        ready.wait()  # all have settled on 1
        torch.set_num_threads(count)  # the setting of other threads, which the workers' own has overwritten

    def submit(self, function: Callable[[], T]) -> Future[T]:
        """Run one function. At the interpreter's exit what was submitted is waited for; then raises ``ProgramEnds``."""
        with _until_the_end():
            return self._threads.submit(function)

    def map(
        self, function: Callable[[list[int]], T], batches: Sequence[list[int]]
    ) -> Iterator[tuple[list[int], T]]:
        """Each batch with the result of ``function`` for it, in order. Raises as ``submit``."""
        with _until_the_end():
            results = self._threads.map(function, batches)
        return zip(batches, results, strict=True)


@contextmanager
def _until_the_end() -> Iterator[None]:
    """An answer under way goes on in a thread of its own when the interpreter ends: that is no fault of a model."""
    try:
        yield
    except RuntimeError as error:
        if "shutdown" not in str(error):  # of the standard library, which has no class for it
            raise
        raise ProgramEnds("the program was ended before this was finished; ask again") from error
