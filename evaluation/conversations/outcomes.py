"""What became of the turns of conversations, and the figures over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from evaluation.questions import QuestionLanguage


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """What one turn gave.

    Attributes:
        expected, kind: what the request must be taken for ("" for any), and what it was taken for.
        problems: what is wrong with the answer, in words; empty where nothing is.
        sentences: of an answer with sources, those that need a citation. A cell of a table counts as one.
        cited: of these, those that have a citation.
        doubted: of the cited ones, those that the check of citations does not find supported.
        marked: of those without a citation, those that are marked, as those of a language model are.
        found, found_alone: of a follow-up that is written out too: whether the sources hold what the answer must, and
            those that its written-out form finds; ``None`` for any other turn.
        documents: those that are cited.
        failure: why there is no whole answer, such as a language model that was given up; empty where there is one.
        seconds: from the question to the end of the answer.
    """

    scenario: str
    asked: str
    language: QuestionLanguage
    expected: str
    kind: str
    refused: bool
    answer: str
    problems: tuple[str, ...]
    sentences: int = 0
    cited: int = 0
    doubted: int = 0
    found: bool | None = None
    found_alone: bool | None = None
    marked: int = 0
    documents: tuple[str, ...] = ()
    failure: str = ""
    seconds: float = 0.0

    @property
    def succeeded(self) -> bool:
        return not self.problems

    @property
    def recognised(self) -> bool:
        """Whether the request was taken for what it is."""
        return self.expected in ("", self.kind)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Turns of one kind: how many, how many recognised, answered as expected, refused although they have an answer.

    ``sentences``, ``cited``, ``marked`` and ``doubted`` are sums over the turns; ``given_up`` counts those with a failure.
    """

    kind: str
    turns: int
    recognised: int
    succeeded: int
    refused_wrongly: int
    sentences: int = 0
    cited: int = 0
    marked: int = 0
    doubted: int = 0
    given_up: int = 0
    median_s: float = 0.0


@dataclass(slots=True)
class ConversationReport:
    """The turns that were played by one writer, so far."""

    writer: str
    outcomes: list[TurnOutcome] = field(default_factory=list)

    @property
    def sentences(self) -> tuple[int, int, int]:
        """Sentences of answers with sources, those that carry citations, and the doubted ones among these."""
        total = figures_of("all", self.outcomes)
        return total.sentences, total.cited, total.doubted

    @property
    def followups(self) -> tuple[int, int, int]:
        """Follow-ups that are written out too, those whose right passage is found, and those where it is written out."""
        compared = [outcome for outcome in self.outcomes if outcome.found is not None]
        return (
            len(compared),
            sum(bool(outcome.found) for outcome in compared),
            sum(bool(outcome.found_alone) for outcome in compared),
        )

    def by_kind(self) -> list[KindFigures]:
        """Figures for each expected kind, and for all of them under "all"."""
        kinds = sorted({outcome.expected or "any" for outcome in self.outcomes})
        groups = [(kind, [o for o in self.outcomes if (o.expected or "any") == kind]) for kind in kinds]
        return [figures_of(kind, group) for kind, group in [*groups, ("all", self.outcomes)]]

    def as_json(self) -> dict[str, Any]:
        return {
            "writer": self.writer,
            "sentences": dict(zip(("all", "cited", "doubted"), self.sentences, strict=True)),
            "followups": dict(zip(("all", "found", "found_alone"), self.followups, strict=True)),
            "kinds": [asdict(figures) for figures in self.by_kind()],
            "turns": [asdict(outcome) for outcome in self.outcomes],
        }


def figures_of(kind: str, outcomes: Sequence[TurnOutcome]) -> KindFigures:
    """The sums over ``outcomes``."""
    return KindFigures(
        kind,
        len(outcomes),
        sum(outcome.recognised for outcome in outcomes),
        sum(outcome.succeeded for outcome in outcomes),
        sum(outcome.refused and "refused" in outcome.problems for outcome in outcomes),
        sum(outcome.sentences for outcome in outcomes),
        sum(outcome.cited for outcome in outcomes),
        sum(outcome.marked for outcome in outcomes),
        sum(outcome.doubted for outcome in outcomes),
        sum(bool(outcome.failure) for outcome in outcomes),
        round(median(outcome.seconds for outcome in outcomes), 1) if outcomes else 0.0,
    )
