"""What is thought of it: the second look, the gate, and both for each part of a question that was searched in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatbot.trace.candidate import Verdict


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What became of the second look, and how it ordered.

    Attributes:
        outcome: ``applied``; ``off`` where the settings say so; ``empty``: nothing was found; ``failed``;
            ``unneeded``: the request is one that ranks no passages.
        failure: what the reranker said when it failed; else empty. The candidates then keep the retrieval order.
        fused_weight: the order is by logit + this x the fused score of retrieval; 0 is the logit alone.
        scored: how many of the candidates have a logit; fewer than ``of`` when the time budget was spent.
        of: how many candidates there were; where ``unneeded``, how many passages were read.
        spent_ms: milliseconds it took to score them.
        listwise: it gave an order and no logits; ``scored`` is then how many it put in order.
        tokens_sent, tokens_received: of a language model that ordered them; 0 where nobody counted.
    """

    model: str
    outcome: Literal["applied", "off", "empty", "failed", "unneeded"]
    failure: str = ""
    fused_weight: float = 0.0
    scored: int = 0
    of: int = 0
    spent_ms: float = 0.0
    listwise: bool = False
    tokens_sent: int = 0
    tokens_received: int = 0

    @property
    def applied(self) -> bool:
        """Whether the candidates are in its order."""
        return self.outcome == "applied"

    @property
    def has_logits(self) -> bool:
        """Whether it gave scores, and not an order alone."""
        return self.applied and not self.listwise

    @property
    def is_partial(self) -> bool:
        """Whether the time budget ended it."""
        return self.applied and not self.listwise and self.scored < self.of


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the documents hold the answer: ``strong``; ``weak``: answered, for a person to judge; ``absent``: refused.

    ``probability``, 0..1, is that of the documents holding the answer, judged by what the candidates show
    (``chatbot.answering.gate``); ``None``, and never refused, without a calibration.

    Attributes:
        threshold: probability under which the verdict is ``absent``.
        verdict: ``absent`` if refused and ``strong`` if not, unless it is given.
        strong_from: probability from which the verdict is ``strong``.
    """

    refused: bool
    probability: float | None = None
    threshold: float | None = None
    reason: str = ""
    verdict: Verdict | None = None
    strong_from: float | None = None

    def __post_init__(self) -> None:
        if self.verdict is None:
            object.__setattr__(self, "verdict", "absent" if self.refused else "strong")
        if self.refused != (self.verdict == "absent"):
            raise ValueError(f"refused {self.refused} and verdict {self.verdict} contradict each other")


@dataclass(frozen=True, slots=True)
class Part:
    """A side, a question or a collection that was searched apart, and what came of it.

    Attributes:
        title: as it is said in the question; ``query``: as it was searched.
        gate: its own verdict.
        numbers: of the sources that were found for it; none where nothing was.
        looked: how many candidates were looked at.
        said: what the program itself says in the place of a model: a figure that was computed; else empty.
    """

    title: str
    query: str
    gate: Gate
    numbers: tuple[int, ...] = ()
    looked: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the parts of a question were found to say; ``quoted``: the whole answer as quotes with [n]."""

    parts: tuple[Part, ...]
    quoted: str
