"""How long each stage of a question took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings(dict[str, float]):
    """Stage -> milliseconds, in the order of the flow; ``total`` counts from creation to the last stage."""

    def __init__(self) -> None:
        super().__init__()
        self._start = time.perf_counter()

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the time of the block to ``stage``, also when it fails."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self[stage] = self.get(stage, 0.0) + (time.perf_counter() - start) * 1000

    def mark(self, name: str) -> None:
        """Note the time since the question was asked, once per name or later for ``total``."""
        self[name] = (time.perf_counter() - self._start) * 1000
