"""Scores and times as text: rounded for reading, never clamped or rescaled."""

from __future__ import annotations


def number(score: float | None) -> str:
    """A score to two places; a dash where there is none."""
    return "–" if score is None else f"{score:.2f}"


def percent(probability: float | None) -> str:
    """``0.973`` -> "97%"; the ends stay honest: never 0% or 100%."""
    if probability is None:
        return "–"
    if probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{probability:.0%}"


def milliseconds(value: float) -> str:
    """``412.3`` -> "412 ms", ``2412`` -> "2.4 s"."""
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 1 else "<1 ms"
