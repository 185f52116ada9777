"""Vectors of passages: found again, within a bound, by many threads."""

from __future__ import annotations

import torch

from chatbot.reranking.vectors import PassageVectors


def test_what_was_not_used_for_longest_makes_room() -> None:
    known = PassageVectors(2 * 4 * 10)
    one, two, three = (1,), (2,), (3,)
    known.remember({one: torch.zeros(10), two: torch.ones(10)})
    assert known.held == 80
    known.find([one])
    known.remember({three: torch.ones(10)})
    assert known.find([one, two, three, one]).keys() == {one, three}
    known.remember({one: torch.ones(10)})
    assert (known.held, float(known.find([one])[one].sum())) == (80, 0.0)


def test_without_room_nothing_stays() -> None:
    known = PassageVectors(0)
    known.remember({(1,): torch.zeros(10)})
    assert (known.find([(1,)]), known.held) == ({}, 0)
