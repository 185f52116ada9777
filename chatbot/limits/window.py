"""How much each person has had within the last while: a sliding window."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

_SWEPT = 1_000  # people, beyond which those who had nothing lately are forgotten


class Window:
    """Amounts by person, each of which counts for ``span_s`` seconds. For all threads of the server."""

    def __init__(self, span_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self.span_s = span_s
        self._now = now
        self._lock = threading.Lock()
        self._had: dict[str, deque[tuple[float, int]]] = {}

    def take(self, person: str, amount: int, most: int) -> float:
        """0 where ``person`` may have ``amount`` more of ``most``, which counts from now; else after how many seconds.

        ``inf`` where it is more than may ever be had at once.
        """
        with self._lock:
            now = self._now()
            had = self._lately(person, now)
            if (excess := sum(size for _, size in had) + amount - most) <= 0:
                had.append((now, amount))
                return 0.0
            if amount > most:
                return float("inf")
            for at, size in had:
                excess -= size
                if excess <= 0:
                    return at + self.span_s - now
            return self.span_s

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
