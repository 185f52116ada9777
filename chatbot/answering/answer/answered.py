"""What was answered, as it is asked again: on its frozen evidence, by another writer or with the second look turned on or off.

Nothing is searched or embedded for that, and a stored record of an answer will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from chatbot.trace import (
    Candidate,
    Gate,
    Gathered,
    Request,
    Scores,
    Search,
    SecondLook,
    Source,
    Timings,
    Turn,
)


class Answered(Protocol):
    """What a replay needs of an answer; ``Answer`` has it, and so has a stored record."""

    @property
    def question(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def sources(self) -> Sequence[Source]: ...
    @property
    def candidates(self) -> Sequence[Candidate]: ...
    @property
    def history(self) -> Sequence[Turn]: ...
    @property
    def second_look(self) -> SecondLook: ...
    @property
    def gate(self) -> Gate: ...
    @property
    def request(self) -> Request: ...
    @property
    def also_searched(self) -> str: ...
    @property
    def gathered(self) -> Gathered | None: ...


class Written(Answered, Protocol):
    """An answered question with its text."""

    @property
    def received(self) -> str: ...
    @property
    def declined(self) -> bool: ...


def frozen_search(answered: Answered) -> Search:
    """The same candidates, ranks, scores and verdicts, with its time starting now."""
    candidates = tuple(replace(candidate, cited=False) for candidate in answered.candidates)
    return Search(
        answered.question,
        answered.query,
        candidates,
        answered.second_look,
        answered.gate,
        Timings(),
        answered.request,
        answered.also_searched,
        gathered=answered.gathered,
    )


def retrieved(answered: Answered) -> list[Candidate]:
    """All candidates as retrieval left them: in fused order, without what the second look added."""
    return [
        replace(
            c,
            rank=c.fused_rank or c.rank,
            reranked_rank=None,
            scores=Scores(c.scores.dense, c.scores.lexical, c.scores.fused),
            kept=False,
            cited=False,
        )
        for c in sorted(answered.candidates, key=lambda c: c.fused_rank or c.rank)
    ]


def kept_count(answered: Answered) -> int | None:
    """How many candidates became sources; ``None`` for a refusal, which keeps none."""
    return sum(candidate.kept for candidate in answered.candidates) or None
