"""Ranks and scores as text: rounded for reading, never clamped or rescaled."""

from __future__ import annotations

from chatbot.candidate import Candidate
from chatbot.ui.text import Say


def number(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}"


def percent(probability: float | None) -> str:
    """``0.973`` -> "97%"; the ends stay honest: never 0% or 100%."""
    if probability is None:
        return "–"
    if probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{probability:.0%}"


def movement(candidate: Candidate, say: Say) -> str:
    """ "retrieved 9th → reranked 1st"; only the first half without a second look."""
    before = say.rank(candidate.fused_rank) if candidate.fused_rank is not None else say("not_found")
    if candidate.reranked_rank is None:
        return say("retrieved", before=before)
    return say("moved", before=before, after=say.rank(candidate.reranked_rank))


def arrow(candidate: Candidate) -> str:
    """ "▲ 8", "▼ 2", "=" or nothing."""
    if candidate.reranked_rank is None:
        return ""
    moved = candidate.moved
    return "=" if moved == 0 else f"▲{moved}" if moved > 0 else f"▼{-moved}"
