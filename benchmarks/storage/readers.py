"""Several threads that ask, each as soon as it has its answer: what a question takes, and how many are answered a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from benchmarks.report import percentile


def timed(
    search: Callable[[int], object], questions: int, readers: int, processor_seconds: Callable[[], float]
) -> dict[str, float]:
    """Ask every question by its number once. Milliseconds of one question, and how many are answered a second."""
    waits: list[float] = []
    turns, lock = iter(range(questions)), threading.Lock()

    def read() -> None:
        while True:
            with lock:
                turn = next(turns, None)
            if turn is None:
                return
            began = time.perf_counter()
            search(turn)
            waits.append(time.perf_counter() - began)

    threads = [threading.Thread(target=read) for _ in range(readers)]
    began, cpu = time.perf_counter(), processor_seconds()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, cpu = time.perf_counter() - began, processor_seconds() - cpu
    if len(waits) < questions:
        raise SystemExit("a reader has failed; see above")
    return {
        "p50_ms": 1000 * percentile(waits, 0.5), "p95_ms": 1000 * percentile(waits, 0.95),
        "cpu_ms": 1000 * cpu / len(waits), "per_s": len(waits) / seconds,
    }  # fmt: skip
