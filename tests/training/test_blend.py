"""The measures and the fitted prior, on cases small enough to check by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from training.blend import columns, fit, left_out, table
from training.dev import Question, bootstrap, hit, measure, ndcg, standardised


def question(gold: list[int], fused: list[float], answers: int | None = None) -> Question:
    marks = [i in gold for i in range(len(fused))]
    return Question("?", ["p"] * len(fused), marks, answers or len(gold), fused, [0.0] * len(fused), fused)


def test_ndcg_of_hand_worked_orders() -> None:
    assert ndcg(question([0], [3, 2, 1]), np.array([3, 2, 1])) == 1
    assert ndcg(question([1], [3, 2, 1]), np.array([3, 2, 1])) == pytest.approx(1 / math.log2(3))
    ideal = 1 + 1 / math.log2(3)
    assert ndcg(question([0], [3, 2], answers=2), np.array([3, 2])) == pytest.approx(1 / ideal)
    assert hit(question([1], [3, 2]), np.array([1, 2])) == 1
    assert hit(question([1], [3, 2]), np.array([2, 1])) == 0


def test_standardised_scores_have_mean_0_and_deviation_1() -> None:
    scores = standardised(np.array([1.0, 2.0, 6.0]))
    assert (scores.mean(), scores.std()) == (pytest.approx(0), pytest.approx(1))
    assert standardised(np.array([2.0, 2.0])).tolist() == [0, 0]


def test_the_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    lift = np.random.default_rng(0).normal(0.1, 0.3, 400)
    low, high = bootstrap(lift)
    few_low, few_high = bootstrap(lift[:40])
    assert low < lift.mean() < high
    assert few_high - few_low > 2 * (high - low)


def test_weights_go_to_the_score_that_knows() -> None:
    draw = np.random.default_rng(1)
    sets, knowing, guessing = {}, {}, {}
    for name in ("a", "b", "c"):
        sets[name], knowing[name], guessing[name] = [], [], []
        for _ in range(30):
            gold = int(draw.integers(5))
            sets[name].append(question([gold], draw.normal(size=5).tolist()))
            knowing[name].append(draw.normal(size=5) + 3 * (np.arange(5) == gold))
            guessing[name].append(draw.normal(size=5))
    features = columns(sets, {"knows": knowing, "guesses": guessing})
    weights = fit(sets, features, ["a", "b"])
    assert weights[3] > 5 * max(weights[i] for i in (0, 1, 2, 4))
    judged = left_out(sets, features, [0, 3])
    blended = {name: scores for name, (scores, _) in judged.items()}
    assert measure(sets["c"], blended["c"])[0].mean() > measure(sets["c"], guessing["c"])[0].mean() + 0.2
    rows = table(sets, {"blend": blended}).splitlines()
    assert len(rows) == 4
    assert rows[3].startswith("| blend |")
