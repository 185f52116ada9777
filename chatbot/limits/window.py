"""How much each person has had within the last while: a sliding window."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

_SWEPT = 1_000  # people, beyond which those who had nothing lately are forgotten


def seconds_until_room(had: Iterable[tuple[float, int]], amount: int, most: int) -> float:
    """0 where ``amount`` more fits beside what was had, of ``most`` in all; else when as much of that has ended.

    Args:
        had: (after how many seconds it ends to count, how much), what ends first at first.

    ``inf`` where it is more than may ever be had at once.
    """
    if amount > most:
        return math.inf
    had = list(had)
    excess = sum(size for _, size in had) + amount - most
    if excess <= 0:
        return 0.0
    for ends_in, size in had:
        excess -= size
        if excess <= 0:
            return ends_in
    raise AssertionError("what was had is more than what is to be had less")


class Window:
    """Amounts by person, each of which counts for ``span_s`` seconds. For all threads of the server."""

    def __init__(self, span_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self.span_s = span_s
        self._now = now
        self._lock = threading.Lock()
        self._had: dict[str, deque[tuple[float, int]]] = {}

    def take(self, person: str, amount: int, most: int) -> float:
        """0 where ``person`` may have ``amount`` more of ``most``, which counts from now; else as ``seconds_until_room``."""
        with self._lock:
            now = self._now()
            had = self._lately(person, now)
            lately = [(at + self.span_s - now, size) for at, size in had]
            if not (wait_s := seconds_until_room(lately, amount, most)):
                had.append((now, amount))
            return wait_s

    def give_back(self, person: str, amount: int) -> None:
        """Take back the latest ``take`` of this amount: nothing came of it."""
        with self._lock:
            had = self._had.get(person, deque())
            for place in range(len(had) - 1, -1, -1):
                if had[place][1] == amount:
                    del had[place]
                    return

    def _lately(self, person: str, now: float) -> deque[tuple[float, int]]:
        if len(self._had) > _SWEPT:
            for other in [
                who for who, had in self._had.items() if not had or had[-1][0] <= now - self.span_s
            ]:
                del self._had[other]
        had = self._had.setdefault(person, deque())
        while had and had[0][0] <= now - self.span_s:
            had.popleft()
        return had
