"""Texts of many threads share passes, and nobody gets another's result or error."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatbot.models.threads import SideBySide
from chatbot.models.together import Together


class Held:
    """Reads lengths; the first pass waits until it is let go."""

    def __init__(self) -> None:
        self.passes: list[list[str]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, texts: list[str]) -> Sequence[int]:
        self.passes.append(texts)
        if texts == ["first"]:
            self.begun.set()
            self.go_on.wait(60)
        if "bad" in texts:
            raise ValueError("bad")
        return [len(text) for text in texts]


class OneWorker(SideBySide):
    """One thread, so that what comes meanwhile has to wait."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1)


def asked_while_busy(read: Held, texts: list[str]) -> list[int | BaseException]:
    """What each text gets; all of them come, in this order, while the only worker is at "first"."""
    together = Together(read, OneWorker())
    with ThreadPoolExecutor(len(texts) + 1) as pool:
        first = pool.submit(together, "first")
        assert read.begun.wait(60)
        others = []
        for count, text in enumerate(texts, 1):
            others.append(pool.submit(together, text))
            while len(together._waiting) < count:  # it has come
                pass
        read.go_on.set()
        assert first.result(60) == 5
        return [other.exception(60) or other.result(60) for other in others]


def test_what_waits_is_read_in_one_pass_and_each_gets_its_own() -> None:
    read = Held()
    assert asked_while_busy(read, ["a", "bb", "ccc"]) == [1, 2, 3]
    assert read.passes == [["first"], ["a", "bb", "ccc"]]


def test_a_pass_holds_eight_texts_at_most_and_a_long_one_is_read_alone() -> None:
    read = Held()
    texts = ["a"] * 9 + ["x" * 1990, "b"]
    assert asked_while_busy(read, texts) == [1] * 9 + [1990, 1]
    assert [len(one) for one in read.passes] == [1, 8, 1, 1, 1]


def test_an_error_reaches_the_text_that_causes_it_and_no_other() -> None:
    found = asked_while_busy(Held(), ["a", "bad", "ccc"])
    assert found[0] == 1
    assert isinstance(found[1], ValueError)
    assert found[2] == 3


def test_a_text_that_comes_alone_is_read_at_once() -> None:
    together = Together(lambda texts: [text.upper() for text in texts], SideBySide())
    assert together("one") == "ONE"


def test_threads_share_it() -> None:
    together = Together(lambda texts: [text * 2 for text in texts], SideBySide())
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(together, map(str, range(300)))) == [f"{n}{n}" for n in range(300)]


@pytest.mark.parametrize("error", [KeyError("k"), SystemExit(2)])
def test_any_error_is_raised_where_it_is_waited_for(error: BaseException) -> None:
    def read(_: list[str]) -> list[int]:
        raise error

    with pytest.raises(type(error)):
        Together(read, SideBySide())("one")
