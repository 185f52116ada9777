"""What was looked at for one question and how it was judged: the trace behind every answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chatbot.candidate import Candidate
from chatbot.timings import Timings


@dataclass(frozen=True, slots=True)
class SecondLook:
    """Whether the reranker was applied. ``reason`` says why not: turned off, nothing to rank, or its failure."""

    model: str
    applied: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the question counts as answered by the documents.

    ``probability`` is that of the best candidate; ``None``, and never refused, without a calibration.
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
