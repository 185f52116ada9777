"""Arithmetic of scores: brought to one scale, and log-odds to probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, pstdev


def standard_scores(values: Sequence[float]) -> list[float]:
    """Each in standard deviations from the mean; all 0 where they are equal, up to rounding."""
    if not values:
        return []
    mean, deviation = fmean(values), pstdev(values)
    return [(value - mean) / deviation if deviation > 1e-9 else 0.0 for value in values]


def sigmoid(log_odds: float) -> float:
    """0..1; cannot overflow."""
    return 0.5 * (1 + math.tanh(log_odds / 2))
