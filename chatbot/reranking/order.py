"""The fitted prior: what the second look says, corrected by what retrieval knew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.trace import Candidate


def reordered(
    candidates: Sequence[Candidate], logits: Sequence[float | None], fused_weight: float
) -> list[Candidate]:
    """Candidates by logit + ``fused_weight`` x fused score, with logit, sum (``combined``) and rank in them.

    One without a logit, because the time was up, comes after those that have one, in the fused order it came in
    and without a reranked rank: a sum without the logit would compare with nothing, and candidates are scored
    in fused order, so these are the ones that retrieval liked least.
    """
    scored, unscored = [], []
    for candidate, logit in zip(candidates, logits, strict=True):
        if logit is None:
            unscored.append(candidate)
            continue
        combined = logit + fused_weight * (candidate.scores.fused or 0.0)
        scored.append(replace(candidate, scores=replace(candidate.scores, rerank=logit, combined=combined)))
    scored.sort(key=lambda c: -(c.scores.combined or 0.0))  # stable: a tie keeps the fused order
    return [replace(c, reranked_rank=rank) for rank, c in enumerate(scored, 1)] + unscored
