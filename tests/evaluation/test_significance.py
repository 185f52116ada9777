from __future__ import annotations

import numpy as np
import pytest

from evaluation.significance import Lift, paired_lift


def lift(*differences: float) -> Lift:
    before = np.full(len(differences), 0.5)
    return paired_lift("ndcg@10", before, before + np.array(differences))


def test_eight_questions_all_better_by_as_much_are_no_chance() -> None:
    found = lift(*[0.25] * 8)
    assert (found.mean, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))
    assert found.p == pytest.approx(2 / 2**8)  # of the 256 ways to flip signs, all plus and all minus
    assert found.is_significant
    assert (found.better, found.worse) == (8, 0)


def test_as_much_worse_as_better_is_chance() -> None:
    found = lift(0.3, -0.3, 0.2, -0.2, 0.0)
    assert found.mean == pytest.approx(0)
    assert found.low < 0 < found.high
    assert found.p > 0.9
    assert not found.is_significant
    assert (found.better, found.worse) == (2, 2)


def test_the_interval_is_that_of_the_mean() -> None:
    differences = np.random.default_rng(1).normal(0.1, 0.2, 400)
    found = lift(*differences)
    half = 1.96 * differences.std(ddof=1) / 20  # by the central limit theorem
    assert (found.low, found.high) == pytest.approx((found.mean - half, found.mean + half), abs=0.002)
    assert found == lift(*differences)  # seeded


def test_one_question_or_no_difference_says_nothing() -> None:
    assert lift(0.4).p == 1.0
    nothing = lift(0.0, 0.0, 0.0)
    assert (nothing.low, nothing.high, nothing.p) == (0, 0, 1)


def test_orders_of_other_questions_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same questions"):
        paired_lift("ndcg@10", np.zeros(3), np.zeros(4))
