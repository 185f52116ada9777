"""The measures and the choice of the prior, on cases small enough to check by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from training.dev import Question, bootstrap, hit, ndcg
from training.judge import PRIORS, prior_for, prior_lifts, report


def question(gold: list[int], fused: list[float], answers: int | None = None) -> Question:
    marks = [i in gold for i in range(len(fused))]
    return Question("?", [["p"]] * len(fused), marks, answers or len(gold), fused, [0.0] * len(fused), fused)


def test_ndcg_of_hand_worked_orders() -> None:
    assert ndcg(question([0], [3, 2, 1]), np.array([3, 2, 1])) == 1
    assert ndcg(question([1], [3, 2, 1]), np.array([3, 2, 1])) == pytest.approx(1 / math.log2(3))
    ideal = 1 + 1 / math.log2(3)
    assert ndcg(question([0], [3, 2], answers=2), np.array([3, 2])) == pytest.approx(1 / ideal)
    assert hit(question([1], [3, 2]), np.array([1, 2])) == 1
    assert hit(question([1], [3, 2]), np.array([2, 1])) == 0


def test_the_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    lift = np.random.default_rng(0).normal(0.1, 0.3, 400)
    low, high = bootstrap(lift)
    few_low, few_high = bootstrap(lift[:40])
    assert low < lift.mean() < high
    assert few_high - few_low > 2 * (high - low)


def test_the_prior_is_the_best_that_harms_no_set() -> None:
    lifts = {
        1.0: {"a": 0.09, "b": -0.02, "mean": 0.035},
        2.0: {"a": 0.03, "b": -0.005, "mean": 0.0125},
        4.0: {"a": 0.01, "b": 0.0, "mean": 0.005},
    }
    assert prior_for(lifts, ["a", "b"]) == 2.0
    assert prior_for(lifts, ["a"]) == 1.0
    assert prior_for({w: {"a": -0.1} for w in lifts}, ["a"]) == 4.0  # as near to fused alone as it goes


def test_a_model_that_knows_gets_a_small_prior_and_one_that_misleads_a_large_one() -> None:
    draw = np.random.default_rng(1)
    golds = {name: [int(draw.integers(5)) for _ in range(30)] for name in ("a", "b", "c")}
    sets = {
        name: [question([gold], (draw.normal(size=5) + (np.arange(5) == gold)).tolist()) for gold in rows]
        for name, rows in golds.items()
    }
    knows = {name: [3.0 * (np.arange(5) == gold) for gold in rows] for name, rows in golds.items()}
    misleads = {name: [-row for row in rows] for name, rows in knows.items()}
    assert prior_for(prior_lifts(sets, knows), list(sets)) < 2
    assert prior_for(prior_lifts(sets, misleads), list(sets)) == max(PRIORS)
    rows = report(sets, knows, 1.0).splitlines()
    assert rows[2].startswith("| fused |")
    assert rows[3].startswith("| model | 1.000 / 1.000 (+0.")
