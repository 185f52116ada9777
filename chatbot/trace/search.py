"""All of it together: a search, with the clock that ran meanwhile and who may watch it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from chatbot.trace.candidate import Candidate
from chatbot.trace.request import LOOK_UP, Request
from chatbot.trace.verdicts import Gate, Gathered, SecondLook


@dataclass(frozen=True, slots=True)
class Search:
    """Retrieval, second look and gate for one question.

    Attributes:
        question: as asked.
        query: as searched, after the conversation was condensed into it.
        candidates: all k in final order; the first ``top_n`` are kept unless the gate refused.
        second_look: what became of it; a failure is written there, and raises nothing.
        gate: the verdict on the question, with its probability.
        timings: milliseconds of every stage.
        request: what was asked for.
        also_searched: the query in the other language, where that was searched too.
        notes: what the person should know of how it was searched.
        gathered: what came of each part of a question that was searched in parts. Its candidates are those of all
            parts, each once: the sources first, part by part, then the others by their rank in their part. Their
            fused ranks count the parts' lists in turns.
    """

    question: str
    query: str
    candidates: tuple[Candidate, ...]
    second_look: SecondLook
    gate: Gate
    timings: Timings
    request: Request = LOOK_UP
    also_searched: str = ""
    notes: tuple[str, ...] = ()
    gathered: Gathered | None = None

    @classmethod
    def of(
        cls,
        question: str,
        query: str,
        candidates: Sequence[Candidate],
        second_look: SecondLook,
        gate: Gate,
        timings: Timings,
        top_n: int,
        request: Request = LOOK_UP,
    ) -> Search:
        """``candidates`` ranked in the order given; the first ``top_n`` kept unless the gate refused."""
        kept = 0 if gate.refused else top_n
        ranked = tuple(replace(c, rank=rank, kept=rank <= kept) for rank, c in enumerate(candidates, 1))
        return cls(question, query, ranked, second_look, gate, timings, request)

    @property
    def kept(self) -> tuple[Candidate, ...]:
        """The candidates that are sources, in order; none where the gate refused."""
        return tuple(candidate for candidate in self.candidates if candidate.kept)

    def citing(self, numbers: list[int]) -> tuple[Candidate, ...]:
        """The candidates with ``cited`` set on those whose source number is in ``numbers``."""
        return tuple(
            replace(candidate, cited=candidate.kept and candidate.rank in numbers)
            for candidate in self.candidates
        )


Ending = Literal["complete", "stopped", "failed"]


class Watcher(Protocol):
    """Sees one question go by; ``chatbot.telemetry`` has one. Nothing in it raises, waits, or changes what is asked.

    Attributes:
        request_id: the number under which the question is in the logs.
    """

    request_id: str

    def under_way(self) -> AbstractContextManager[None]:
        """Around everything before the answer; an error that passes is the end of the question."""
        ...

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Around one stage, or around several under one name."""
        ...

    def found(self, search: Search) -> None:
        """What was found and judged; the latest one counts."""
        ...

    def pull(self, pieces: Iterator[str]) -> str | None:
        """The next of ``pieces``, ``None`` behind the last; what they raise is raised, and ends the question."""
        ...

    def ended(self, how: Ending, facts: Mapping[str, int | str] = ...) -> None:
        """No more comes; the first call counts. ``facts``: counts of the answer, and no word of it."""
        ...


_UNSEEN = nullcontext()


class Timings(dict[str, float]):
    """Stage -> milliseconds, in the order of the flow; ``total`` counts from creation to the last stage.

    The clock of a question, and the one place where somebody may watch it go by: ``watcher``.
    """

    def __init__(self, watcher: Watcher | None = None) -> None:
        super().__init__()
        self.watcher = watcher
        self._start = time.perf_counter()

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the time of the block to ``stage``, also when it fails."""
        with self.seen(stage):
            start = time.perf_counter()
            try:
                yield
            finally:
                self[stage] = self.get(stage, 0.0) + (time.perf_counter() - start) * 1000

    def seen(self, stage: str) -> AbstractContextManager[None]:
        """Around several stages, or what comes after the answer: told to the watcher alone."""
        return _UNSEEN if self.watcher is None else self.watcher.stage(stage)

    def under_way(self) -> AbstractContextManager[None]:
        """Around everything before the answer."""
        return _UNSEEN if self.watcher is None else self.watcher.under_way()

    def pull(self, pieces: Iterator[str]) -> str | None:
        """The next of ``pieces``, ``None`` behind the last."""
        return next(pieces, None) if self.watcher is None else self.watcher.pull(pieces)

    def mark(self, name: str) -> None:
        """Note the time since the question was asked, once per name or later for ``total``."""
        self[name] = (time.perf_counter() - self._start) * 1000
