"""Significance of the difference between two orders of the same questions, by scipy's paired resampling."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
CONFIDENCE = 0.95
RESAMPLING_SEED = 7


@dataclass(frozen=True, slots=True)
class Lift:
    """Mean difference of one measure over the questions.

    Attributes:
        low, high: bootstrap interval of 95 %, percentile method, questions drawn with replacement.
        p: two-sided, of the sign-flip permutation test: how often chance alone differs as much.
        better, worse: questions on which the second order is better or worse.
    """

    measure: str
    mean: float
    low: float
    high: float
    p: float
    better: int
    worse: int

    @property
    def is_significant(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


def paired_lift(measure: str, before: NDArray[np.float64], after: NDArray[np.float64]) -> Lift:
    """The lift of ``after`` over ``before``, both of shape (questions,), with one question in the same place."""
    from scipy import stats

    if before.shape != after.shape or before.ndim != 1 or not len(before):
        raise ValueError("a paired difference needs the same questions on both sides, at least one")
    difference = after - before
    mean = float(difference.mean())
    better, worse = int((difference > 1e-12).sum()), int((difference < -1e-12).sum())
    if len(difference) < 2 or not better + worse:
        return Lift(measure, mean, mean, mean, 1.0, better, worse)
    generator = np.random.default_rng(RESAMPLING_SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        interval = stats.bootstrap(
            (difference,), np.mean, n_resamples=RESAMPLES, batch=500, confidence_level=CONFIDENCE,
            method="percentile", rng=generator,
        ).confidence_interval  # fmt: skip
        test = stats.permutation_test(
            (difference,), np.mean, permutation_type="samples", n_resamples=RESAMPLES, batch=500,
            rng=generator, vectorized=True,
        )  # fmt: skip
    return Lift(measure, mean, float(interval.low), float(interval.high), float(test.pvalue), better, worse)
