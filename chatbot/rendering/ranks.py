"""How a candidate moved, as text."""

from __future__ import annotations

from chatbot.rendering.words import Say
from chatbot.trace import Candidate


def movement(candidate: Candidate, say: Say) -> str:
    """ "retrieved 9th → reranked 1st"; only the first half without a second look."""
    before = say.rank(candidate.fused_rank) if candidate.fused_rank is not None else say("not_found")
    if candidate.reranked_rank is None:
        return say("retrieved", before=before)
    return say("moved", before=before, after=say.rank(candidate.reranked_rank))


def arrow(candidate: Candidate) -> str:
    """ "▲8", "▼2"; nothing for a candidate that stayed where it was: its ranks say so in words."""
    moved = candidate.moved
    return "" if not moved else f"▲{moved}" if moved > 0 else f"▼{-moved}"
