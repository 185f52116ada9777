"""What a person had counts for a while, and it is known when it no longer does."""

from __future__ import annotations

import math
from threading import Thread

from chatbot.limits.window import Window


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_limit_counts_for_each_person_and_says_when_it_ends() -> None:
    clock = Clock()
    window = Window(60, clock)
    assert [window.take("ann", 1, 3) for _ in range(3)] == [0, 0, 0]
    clock.now += 20
    assert window.take("ann", 1, 3) == 40
    assert window.take("bob", 1, 3) == 0
    clock.now += 39.5
    assert window.take("ann", 1, 3) == 0.5  # being refused does not count
    clock.now += 0.5
    assert window.take("ann", 1, 3) == 0


def test_much_at_once_waits_until_enough_of_it_is_over() -> None:
    clock = Clock()
    window = Window(60, clock)
    for _ in range(4):
        window.take("ann", 10, 40)
        clock.now += 10
    assert window.take("ann", 15, 40) == 30  # the first two, of 40 and 30 seconds ago
    assert math.isinf(window.take("ann", 41, 40))


def test_what_is_given_back_counts_no_longer() -> None:
    window = Window(60, Clock())
    window.take("ann", 5, 5)
    window.give_back("ann", 5)
    window.give_back("nobody", 5)
    assert window.take("ann", 5, 5) == 0


def test_people_who_had_nothing_lately_are_forgotten() -> None:
    clock = Clock()
    window = Window(60, clock)
    for number in range(1500):
        window.take(f"visit {number}", 1, 1)
    clock.now += 61
    window.take("ann", 1, 1)
    assert len(window._had) < 10


def test_many_threads_get_no_more_than_there_is() -> None:
    window = Window(60)
    taken: list[float] = []
    threads = [Thread(target=lambda: taken.append(window.take("ann", 1, 50))) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(0) == 50
