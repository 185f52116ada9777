"""Turns at changing an index: one at a time, and among people the one who has waited longest since their last.

Within the work of one person the order stays. Whoever has much to do takes many turns: between two of them everybody else
who waits has one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from chatbot.telemetry.seat import keep_in_sight

_REMEMBERED = 1_000  # people; without sign-in each visit is one


class Turns:
    """The queue of one index; shared by all sessions of the server."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[str, deque[object]] = {}  # person -> their work, in order
        self._last: dict[str, int] = {}  # person -> number of their last turn, the latest last
        self._arrived: dict[str, int] = {}
        self._numbers = count(1)
        self._busy = False
        keep_in_sight("upload_turns", self)

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for a turn now."""
        with self._changed:
            return sum(map(len, self._waiting.values()))

    def join(self, person: str, work: object) -> None:
        """Take a place behind everything of ``person``'s that is waiting."""
        with self._changed:
            self._put(person, work, at_the_end=True)

    @contextmanager
    def turn(self, person: str, work: object) -> Iterator[None]:
        """Wait until it is the turn of ``work``, which has joined, and have it for the block."""
        with self._changed:
            self._changed.wait_for(lambda: not self._busy and self._is_next(person, work))
            self._busy = True
            self._waiting[person].popleft()
            if not self._waiting[person]:
                del self._waiting[person], self._arrived[person]
            self._last.pop(person, None)  # the latest last
            self._last[person] = next(self._numbers)
            if len(self._last) > _REMEMBERED:
                del self._last[next(iter(self._last))]
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def join_again(self, person: str, work: object) -> None:
        """Another turn for work that has more to do: before everything else of the same person."""
        with self._changed:
            self._put(person, work, at_the_end=False)

    def others_wait(self, person: str) -> bool:
        """Whether somebody else waits for a turn."""
        with self._changed:
            return any(other != person for other in self._waiting)

    def is_next(self, person: str, work: object) -> bool:
        """Whether the next turn is that of ``work``, which waits."""
        with self._changed:
            return self._is_next(person, work)

    def _put(self, person: str, work: object, at_the_end: bool) -> None:
        if person not in self._waiting:
            self._waiting[person] = deque()
            self._arrived[person] = next(self._numbers)
        if at_the_end:
            self._waiting[person].append(work)
        else:
            self._waiting[person].appendleft(work)
        self._changed.notify_all()

    def _is_next(self, person: str, work: object) -> bool:
        """Called with the lock."""
        first = min(self._waiting, key=lambda who: (self._last.get(who, 0), self._arrived[who]))
        return first == person and self._waiting[person][0] is work


_turns: dict[Path, Turns] = {}
_lock = threading.Lock()


def turns_of(store: Path) -> Turns:
    """The queue of the index in the folder ``store``."""
    with _lock:
        return _turns.setdefault(store.absolute(), Turns())
