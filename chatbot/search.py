"""What was looked at for one question and how it was judged: the trace behind every answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chatbot.timings import Timings
from chatbot.trace import Candidate


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Whether the reranker was applied, and how.

    Attributes:
        reason: why it was not: turned off, nothing to rank, or its failure.
        fused_weight: the order is by logit + this x the fused score of retrieval; 0 is the logit alone.
        scored: how many of the candidates have a logit; fewer than ``of`` when the time budget was spent.
        of: how many candidates there were.
        spent_ms: milliseconds it took to score them.
    """

    model: str
    applied: bool
    reason: str = ""
    fused_weight: float = 0.0
    scored: int = 0
    of: int = 0
    spent_ms: float = 0.0

    @property
    def is_partial(self) -> bool:
        """Whether the time budget ended it."""
        return self.applied and self.scored < self.of


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the question counts as answered by the documents.

    ``probability``, 0..1, is that of the documents holding the answer, judged by all that the candidates show
    (``chatbot.answering.gate``); ``None``, and never refused, without a calibration.
    """

    refused: bool
    probability: float | None = None
    threshold: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Retrieval, second look and gate for one question.

    Attributes:
        question: as asked.
        query: as searched, after the conversation was condensed into it.
        candidates: all k in final order; the first ``top_n`` are kept unless the gate refused.
    """

    question: str
    query: str
    candidates: tuple[Candidate, ...]
    second_look: SecondLook
    gate: Gate
    timings: Timings

    @property
    def kept(self) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.kept)

    def citing(self, numbers: list[int]) -> tuple[Candidate, ...]:
        """The candidates with ``cited`` set on those whose source number is in ``numbers``."""
        return tuple(
            replace(candidate, cited=candidate.kept and candidate.rank in numbers)
            for candidate in self.candidates
        )
