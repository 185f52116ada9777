"""Threads that search at the same moment share a scan, and each gets its own answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import faiss
import numpy as np
import pytest

from chatbot.store.sqlite.coalesced_search import CoalescedSearch


class Slow:
    """A FAISS index whose first scan lasts until it is let go; it counts the questions of each scan."""

    def __init__(self, index: Any) -> None:
        self.index = index
        self.batches: list[int] = []
        self.may_go_on = threading.Event()

    def search(self, vectors: Any, k: int) -> Any:
        self.batches.append(len(vectors))
        assert self.may_go_on.wait(30)
        if not np.isfinite(vectors).all():
            raise RuntimeError("not a number")
        return self.index.search(vectors, k)


@pytest.fixture
def index() -> Slow:
    flat = faiss.IndexFlatIP(8)
    flat.add(np.random.default_rng(1).standard_normal((500, 8)).astype(np.float32))
    return Slow(flat)


def test_those_who_come_during_a_scan_share_the_next(index: Slow) -> None:
    questions = np.random.default_rng(2).standard_normal((40, 8)).astype(np.float32)
    together = CoalescedSearch(index)
    with ThreadPoolExecutor(40) as threads:
        found = [
            threads.submit(together.search, question, 10 + i % 2) for i, question in enumerate(questions)
        ]
        while len(together._waiting) < 39:
            pass
        index.may_go_on.set()
        for i, (question, places) in enumerate(zip(questions, found, strict=True)):
            _, expected = index.index.search(question[None], 10 + i % 2)
            assert places.result(30).tolist() == expected[0].tolist()
    assert sum(index.batches) == 40
    assert len(index.batches) <= 6
    assert max(index.batches) == 16


def test_an_error_reaches_everyone_in_the_scan_and_nobody_after_it(index: Slow) -> None:
    index.may_go_on.set()
    together = CoalescedSearch(index)
    bad, good = np.full(8, np.nan, np.float32), np.ones(8, np.float32)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not a number"):
            together.search(bad, 3)
        assert len(together.search(good, 3)) == 3
