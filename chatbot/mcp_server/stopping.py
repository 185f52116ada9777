"""That nobody waits any more for what a thread does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """Set once, for good, from any thread; who asked for it is told in the thread that sets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._calls: list[Callable[[], None]] = []

    @property
    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        with self._lock:
            self._event.set()
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    @contextmanager
    def telling(self, call: Callable[[], None]) -> Iterator[None]:
        """``call`` when it is set within the block, or at once where it is."""
        with self._lock:
            is_set = self._event.is_set()
            if not is_set:
                self._calls.append(call)
        if is_set:
            call()
        try:
            yield
        finally:
            with self._lock:
                if call in self._calls:
                    self._calls.remove(call)
