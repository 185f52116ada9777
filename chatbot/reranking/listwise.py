"""A second look that gives an order and no scores: a language model reads the first candidates together.

No probability and no logit is made up from a place in a list. So nothing that was fitted to logits can judge such a
search, as with any reranker that has no calibration.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from chatbot.trace import Candidate


@dataclass(frozen=True, slots=True)
class Order:
    """What came of it.

    Attributes:
        places: positions in the candidates that were given, the best first, each at most once; never empty.
        tokens_sent, tokens_received: as the model's server counted; 0 where it did not.
    """

    places: tuple[int, ...]
    tokens_sent: int = 0
    tokens_received: int = 0


@runtime_checkable
class Listwise(Protocol):
    """Who puts candidates in order. ``label``: shown to people, like "openai · gpt-5.4-mini"."""

    label: str

    def order(self, query: str, candidates: Sequence[Candidate], limit_s: float | None) -> Order:
        """The order of the first of ``candidates``, which come in fused order. Raises ``ChatbotError``."""
        ...


def in_order(candidates: Sequence[Candidate], places: Sequence[int]) -> list[Candidate]:
    """Those at ``places`` first, with their ranks; the others behind them in their fused order, without one."""
    named = [replace(candidates[place], reranked_rank=rank) for rank, place in enumerate(places, 1)]
    chosen = set(places)
    return named + [candidate for place, candidate in enumerate(candidates) if place not in chosen]
