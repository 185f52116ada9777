"""What was scored once is not scored again, and memory stays bounded."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import torch

from chatbot.reranking.cache import ScoreCache, VectorCache


def test_a_score_is_found_by_question_and_passage_together() -> None:
    cache = ScoreCache(10)
    cache.remember("q", ["a", "b"], [1.0, 2.0])
    assert cache.find("q", ["b", "c", "a"]) == [2.0, None, 1.0]
    assert cache.find("other", ["a"]) == [None]
    assert cache.find("qa", [""]) == cache.find("", ["qa"]) == [None]
    assert cache.find("\ud800", ["\udfff"]) == [None]


def test_what_was_not_used_for_longest_makes_room() -> None:
    cache = ScoreCache(2)
    cache.remember("q", ["a", "b"], [1.0, 2.0])
    cache.find("q", ["a"])
    cache.remember("q", ["c"], [3.0])
    assert cache.find("q", ["a", "b", "c"]) == [1.0, None, 3.0]
    assert len(cache) == 2


def test_a_score_of_zero_is_a_score() -> None:
    cache = ScoreCache(2)
    cache.remember("q", ["a"], [0.0])
    assert cache.find("q", ["a"]) == [0.0]


def test_a_cache_of_nothing_remembers_nothing() -> None:
    cache = ScoreCache(0)
    cache.remember("q", ["a"], [1.0])
    assert (cache.find("q", ["a"]), len(cache)) == ([None], 0)


def test_long_texts_take_no_more_memory_than_short_ones() -> None:
    tracemalloc.start()
    try:
        cache = ScoreCache(5_000)
        before = tracemalloc.get_traced_memory()[0]
        for number in range(6_000):
            cache.remember(str(number), ["long " * 400], [number / 7])
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert len(cache) == 5_000
    assert grown / len(cache) < 300  # bytes an entry


def test_threads_share_it() -> None:
    cache = ScoreCache(50)

    def use(start: int) -> bool:
        for number in range(start, start + 300):
            cache.remember("q", [str(number)], [float(number)])
            if cache.find("q", [str(number)]) not in ([float(number)], [None]):
                return False
        return True

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(use, range(0, 400, 100)))
    assert len(cache) == 50


def test_vectors_that_were_not_used_for_longest_make_room() -> None:
    known = VectorCache(2 * 4 * 10)
    known.remember({"one": torch.zeros(10), "two": torch.ones(10)})
    assert known.held == 80
    known.find(["one"])
    known.remember({"three": torch.ones(10)})
    assert known.find(["one", "two", "three", "one"]).keys() == {"one", "three"}
    known.remember({"one": torch.zeros(10)})
    assert (known.held, float(known.find(["one"])["one"].sum())) == (80, 0.0)


def test_without_room_no_vector_stays() -> None:
    known = VectorCache(0)
    known.remember({"one": torch.zeros(10)})
    assert (known.find(["one"]), known.held) == ({}, 0)
