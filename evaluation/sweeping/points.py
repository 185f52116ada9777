"""The points of a sweep, one for each setting; which points no other beats, and which one to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from chatbot.config import SplitterConfig
from evaluation.measures import QuestionValues

SplitterKind = Literal["structure", "recursive"]
OFF = "off"  # in place of a reranker's name


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting. ``splitter`` is ``None`` for the index as it is."""

    splitter: SplitterConfig | None
    reranker: str
    k: int
    top_n: int

    def __str__(self) -> str:
        look = "no reranker" if self.reranker == OFF else self.reranker
        return f"k = {self.k}, top_n = {self.top_n}, {look}{f', {describe_splitter(self.splitter)}' if self.splitter else ''}"


@dataclass(frozen=True, slots=True)
class Point:
    """What one setting gave.

    Attributes:
        quality: mean nDCG of the ``top_n`` sources, 0..1.
        hit: share of the questions with a right passage among the sources.
        p50, p95: milliseconds from the question to its sources, their sentences marked.
        characters: mean length of the sources together: what a language model has to read.
        values: nDCG per question, for paired comparisons.
    """

    choice: Choice
    quality: float
    hit: float
    p50: float
    p95: float
    characters: float
    values: QuestionValues = field(repr=False, compare=False)

    def as_json(self) -> dict[str, Any]:
        splitter = self.choice.splitter
        return {
            "k": self.choice.k, "top_n": self.choice.top_n, "reranker": self.choice.reranker,
            "splitter": splitter.model_dump() if splitter else None,
            "ndcg": round(self.quality, 4), "hit": round(self.hit, 4),
            "p50_ms": round(self.p50, 1), "p95_ms": round(self.p95, 1), "characters": round(self.characters),
        }  # fmt: skip


def describe_splitter(splitter: SplitterConfig) -> str:
    """A splitter in words."""
    return f"{splitter.kind} chunks of {splitter.chunk_size}/{splitter.chunk_overlap}"


def best_of(points: Sequence[Point]) -> Point:
    """Of the highest quality; among equals the fastest."""
    return min(points, key=lambda p: (-p.quality, p.p50))


def frontier(points: Sequence[Point]) -> list[Point]:
    """The points that no other one beats in both quality and median time, fastest first."""
    found: list[Point] = []
    for point in sorted(points, key=lambda p: (p.p50, -p.quality)):
        if not found or point.quality > found[-1].quality:
            found.append(point)
    return found


def recommend(points: Sequence[Point]) -> Point:
    """The fastest that is within one standard error of the best, question by question (Breiman's rule, paired)."""
    best = best_of(points)
    return min((p for p in points if _is_as_good(p, best)), key=lambda p: (p.p50, -p.quality))


def _is_as_good(point: Point, best: Point) -> bool:
    loss = best.values - point.values
    error = float(loss.std(ddof=1)) / len(loss) ** 0.5 if len(loss) > 1 else 0.0
    return float(loss.mean()) <= error + 1e-12
