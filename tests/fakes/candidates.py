"""Candidates that a second look has moved, for whatever draws them."""

from __future__ import annotations

from dataclasses import replace

from chatbot.trace import Candidate, Scores, SecondLook

LOOKED = SecondLook("package:x", "applied")


def moved_candidate(rank: int, before: int, kept: bool, **more: object) -> Candidate:
    """One that retrieval had at ``before`` and the second look has at ``rank``."""
    base = Candidate(
        100 + before, f"data/file{before}.pdf", f"Passage {before}. It says more.", (0, 26), page=before,
        heading=("Top", f"Part {before}"), rank=rank, dense_rank=before, fused_rank=before, reranked_rank=rank,
        scores=Scores(dense=0.8, fused=1.5, rerank=-2.25, combined=-2.25, probability=0.97), kept=kept,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]
