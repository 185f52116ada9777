"""Ending the streams of one thread from another, at once, also while a model says nothing.

stop = Stop()
with stoppable(stop):          # in the thread that asks and reads
    for piece in answer: ...   # ends early
stop.set()                     # in any other
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stop:
    """Set once, for good; what was asked to be told is told in the thread that sets it."""

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

    def wait(self, seconds: float) -> bool:
        """Whether it is set, after at most so many seconds."""
        return self._event.wait(seconds)

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


_NEVER = Stop()
_current: ContextVar[Stop] = ContextVar("stop", default=_NEVER)


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Streams that this thread reads within the block end when ``stop`` is set."""
    token = _current.set(stop)
    try:
        yield
    finally:
        _current.reset(token)


def current_stop() -> Stop:
    """That of this thread's block; one that is never set where there is none."""
    return _current.get()
