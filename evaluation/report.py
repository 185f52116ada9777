"""Outcomes -> the figures that are shown: four orders side by side, the lift, per language, and the milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from evaluation.asking import SYSTEMS, AskedQuestions, QuestionOutcome, System
from evaluation.measures import CUTOFF, measure_names, per_question
from evaluation.questions import Question, QuestionLanguage
from evaluation.significance import Lift, paired_lift

QUESTION_LANGUAGES: tuple[QuestionLanguage, ...] = ("ko", "en", "mixed")
LIFTED = (f"ndcg@{CUTOFF}", f"mrr@{CUTOFF}", "hit@1")  # what the interval is given for


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some questions.

    Attributes:
        systems: system -> measure -> mean, 0..1.
        lifts: reranked over fused; empty without the second look.
    """

    questions: int
    systems: dict[System, dict[str, float]]
    lifts: list[Lift]


@dataclass(frozen=True, slots=True)
class RefusalCounts:
    """How the gate did: it should refuse the unanswerable questions and no other."""

    answerable: int
    refused_wrongly: int
    unanswerable: int
    refused_rightly: int


@dataclass(frozen=True, slots=True)
class WrongPassages:
    """Passages that are known to be wrong for their question, and how many each order still makes sources of.

    Attributes:
        among_sources: fused and reranked -> passages among the first ``top_n``.
    """

    passages: int
    top_n: int
    among_sources: dict[System, int]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of one stage that half, and 95 %, of the questions stay under."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Everything that one evaluation found.

    Attributes:
        name: of the set or the file.
        measured: figures of all answerable questions; ``None`` if there are none.
        by_language: those languages that occur.
        wrong: ``None`` where the questions name no wrong passages.
        left_out: question -> why this index cannot judge it.
        resumed: outcomes that an earlier run had.
    """

    name: str
    k: int
    models: dict[str, str]
    documents: int
    chunks: int
    measured: Group | None
    by_language: dict[QuestionLanguage, Group]
    refusals: RefusalCounts
    latency_ms: dict[str, Latency]
    left_out: dict[str, str] = field(default_factory=dict)
    resumed: int = 0
    seconds: float = 0.0
    wrong: WrongPassages | None = None

    def as_json(self) -> dict[str, Any]:
        """As docs/json.md describes it; figures with four decimals."""
        content: dict[str, Any] = asdict(self)
        groups = [content["measured"], *content["by_language"].values()]
        for group, source in zip(groups, [self.measured, *self.by_language.values()], strict=True):
            if group is not None and source is not None:
                group["lifts"] = {
                    lift.measure: {**asdict(lift), "significant": lift.is_significant}
                    for lift in source.lifts
                }
                for lift in group["lifts"].values():
                    del lift["measure"]
        rounded: dict[str, Any] = _rounded(content)
        return rounded


def make_report(
    name: str, asked: AskedQuestions, k: int, models: dict[str, str], documents: int, chunks: int, seconds: float,
    top_n: int = 0,
) -> EvaluationReport:  # fmt: skip
    """Sum up. Unanswerable questions count for the refusals and the times only; ``top_n`` for the wrong passages."""
    pairs = list(zip(asked.questions, asked.outcomes, strict=True))
    answerable = [(q, o) for q, o in pairs if q.golds]
    groups = {
        language: group([o for q, o in answerable if q.language == language], k)
        for language in QUESTION_LANGUAGES
    }
    return EvaluationReport(
        name, k, models, documents, chunks,
        group([o for _, o in answerable], k),
        {language: found for language, found in groups.items() if found is not None},
        _refusals(pairs),
        latencies(asked.outcomes),
        {question.text: reason for question, reason in asked.left_out},
        asked.resumed, seconds, _wrong(asked.outcomes, top_n),
    )  # fmt: skip


def group(outcomes: Sequence[QuestionOutcome], k: int) -> Group | None:
    """Means and lifts of ``outcomes``; ``None`` when there are none."""
    if not outcomes:
        return None
    systems: list[System] = [system for system in SYSTEMS if system in outcomes[0].ranks]
    values = {system: per_question(outcomes, system, k) for system in systems}
    means = {
        system: {measure: float(values[system][measure].mean()) for measure in measure_names(k)}
        for system in systems
    }
    lifts = [
        paired_lift(measure, values["fused"][measure], values["reranked"][measure])
        for measure in LIFTED
        if "reranked" in values
    ]
    return Group(len(outcomes), means, lifts)


def latencies(outcomes: Sequence[QuestionOutcome]) -> dict[str, Latency]:
    """Stage -> median and 95th percentile, in the order of the flow."""
    stages = dict.fromkeys(stage for outcome in outcomes for stage in outcome.timings_ms)
    found = {}
    for stage in stages:
        values = [outcome.timings_ms[stage] for outcome in outcomes if stage in outcome.timings_ms]
        found[stage] = Latency(float(np.percentile(values, 50)), float(np.percentile(values, 95)))
    return found


def _wrong(outcomes: Sequence[QuestionOutcome], top_n: int) -> WrongPassages | None:
    judged = [outcome.wrong for outcome in outcomes if outcome.wrong]
    if not judged:
        return None
    places = {system: [rank for wrong in judged for rank in wrong[system]] for system in judged[0]}
    among = {
        system: sum(rank is not None and rank <= top_n for rank in ranks) for system, ranks in places.items()
    }
    return WrongPassages(len(places["fused"]), top_n, among)


def _refusals(pairs: Sequence[tuple[Question, QuestionOutcome]]) -> RefusalCounts:
    answerable = [o.refused for q, o in pairs if q.golds]
    unanswerable = [o.refused for q, o in pairs if q.is_unanswerable]
    return RefusalCounts(len(answerable), sum(answerable), len(unanswerable), sum(unanswerable))


def _rounded(content: Any) -> Any:
    if isinstance(content, float):
        return round(content, 4)
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return content
