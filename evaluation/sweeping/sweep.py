"""A sweep of settings, each asked every question: quality against latency, the frontier, and the one to use.

splitters -> an index each -> rerankers x k -> ask -> top_n -> points -> frontier -> recommendation
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chatbot.config import Config, SplitterConfig
from chatbot.engine import Chatbot
from chatbot.engine.models import Models
from chatbot.errors import ChatbotError, ConfigError
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import open_store
from evaluation.asking import AskedQuestions, QuestionOutcome, Setting, ask_all, without_remembered_scores
from evaluation.evaluate import Task, ignore_progress, none_judged
from evaluation.indexes import OnStep, split_index
from evaluation.measures import of_kept
from evaluation.sweeping.points import (
    OFF,
    Choice,
    Point,
    SplitterKind,
    best_of,
    describe_splitter,
    frontier,
    recommend,
)
from ingest.pipeline import ModelOnce


@dataclass(frozen=True, slots=True)
class Grid:
    """What is crossed. ``splitters`` is empty for the index as it is; ``rerankers`` are model names or ``off``."""

    ks: tuple[int, ...]
    top_ns: tuple[int, ...]
    rerankers: tuple[str, ...]
    splitters: tuple[SplitterConfig, ...] = ()

    def __post_init__(self) -> None:
        if not (self.ks and self.top_ns and self.rerankers):
            raise ConfigError(
                "a sweep needs at least one k, one top_n and one reranker; leave the option out"
            )
        if min(self.top_ns) > max(self.ks):
            raise ConfigError("every top_n is larger than every k; sweep a larger k or a smaller top_n")


@dataclass(frozen=True, slots=True)
class Sweep:
    """All points; ``current`` is that of the configuration, where it was among them."""

    name: str
    questions: int
    points: list[Point]
    frontier: list[Point]
    recommended: Point
    current: Point | None
    notes: list[str]

    @property
    def best(self) -> Point:
        return best_of(self.points)

    @property
    def sentence(self) -> str:
        """The recommendation."""
        chosen, best, now = self.recommended, self.best, self.current
        text = f"Use {chosen.choice}: nDCG {chosen.quality:.3f} in {chosen.p50:.0f} ms"
        if best is not chosen:
            text += (
                f"; the best, {best.quality:.3f} in {best.p50:.0f} ms, is within one standard error of it"
                f" on {self.questions} questions"
            )
        else:
            text += f", the best of {len(self.points)} settings on {self.questions} questions"
        if now is chosen:
            text += "; this is what is configured"
        elif now is not None:
            text += f"; what is configured gives {now.quality:.3f} in {now.p50:.0f} ms"
        return f"{text}."

    def as_json(self) -> dict[str, Any]:
        """As docs/json.md describes it."""
        return {
            "name": self.name, "questions": self.questions, "sentence": self.sentence,
            "recommended": self.recommended.as_json(), "best": self.best.as_json(),
            "current": self.current.as_json() if self.current else None,
            "frontier": [point.as_json() for point in self.frontier],
            "points": [point.as_json() for point in self.points], "notes": self.notes,
        }  # fmt: skip


def default_grid(config: Config, is_beir: bool) -> Grid:
    """Around what is configured: half and twice the chunk, the other splitter; BEIR documents stay whole."""
    reranker, now = config.reranker.model, config.splitter
    return Grid(
        tuple(sorted({5, 10, 20, 40, config.retrieval.k})),
        tuple(sorted({1, 3, 5, config.retrieval.top_n})),
        (OFF, reranker),
        () if is_beir else splitters(now, [], [now.chunk_size // 2, now.chunk_size, now.chunk_size * 2]),
    )


def splitters(
    now: SplitterConfig, kinds: Sequence[SplitterKind], sizes: Sequence[int]
) -> tuple[SplitterConfig, ...]:
    """Kinds times sizes, overlaps in proportion; without kinds: ``now``'s at every size, the other at ``now``'s."""
    share = now.chunk_overlap / now.chunk_size
    other: SplitterKind = "recursive" if now.kind == "structure" else "structure"
    pairs = [(kind, size) for kind in kinds or [now.kind] for size in sizes or [now.chunk_size]]
    if not kinds:
        pairs.append((other, now.chunk_size))
    return tuple(
        SplitterConfig(kind=kind, chunk_size=size, chunk_overlap=round(size * share))
        for kind, size in pairs
        if 50 <= size <= 8000
    )


def run_sweep(
    task: Task, grid: Grid, on_progress: OnStep = ignore_progress, model: ModelOnce | None = None
) -> Sweep:
    """Measure the whole grid; indexes and outcomes that are in the cache are not made again.

    Raises:
        ChatbotError: an index or a model cannot be used, or no question can be judged by every index.
    """
    model = model or ModelOnce(task.config)
    runs: list[tuple[SplitterConfig | None, str, Setting, AskedQuestions]] = []
    notes: list[str] = []
    models: dict[str, Models] = {}  # by reranker: reading weights takes longer than asking
    for splitter, config in _indexes(task, grid, model, on_progress, notes):
        with closing(open_store(config, store_identity(config))) as store:
            for reranker in grid.rerankers:
                is_on = reranker != OFF
                chosen = config.with_(reranker={"model": reranker if is_on else None, "enabled": is_on})
                afresh = without_remembered_scores(chosen)
                if reranker not in models:
                    models[reranker] = Models(afresh, model())
                bot = Chatbot(afresh, store, models=models[reranker])
                for setting in _settings(grid, is_on):
                    label = f"{describe_splitter(splitter) if splitter else 'asking'}, {reranker}, k = {setting.k}"
                    asked = ask_all(bot, task.questions, setting, on_progress, label)
                    runs.append((splitter, reranker, setting, asked))
    return _summed_up(task, runs, notes)


def _indexes(
    task: Task, grid: Grid, model: ModelOnce, on_progress: OnStep, notes: list[str]
) -> Iterator[tuple[SplitterConfig | None, Config]]:
    if not grid.splitters:
        yield None, task.config
        return
    paths = _ingested(task.config, notes)
    for splitter in grid.splitters:
        config = task.config.with_(splitter=splitter.model_dump())
        settings, refused = split_index(config, paths, model, on_progress)
        notes += [note for note in refused if note not in notes]
        yield splitter, settings


def _ingested(config: Config, notes: list[str]) -> list[Path]:
    """The folders and files that the index was made from."""
    with closing(open_store(config, store_identity(config))) as store, store.reading() as view:
        roots, uploads = view.roots(), [row.uri for row in view.documents() if row.is_kept]
    paths = [path for path in roots.values() if path.exists()]
    if not paths:
        raise ConfigError(
            "nothing that this index was made from is on this machine, so it cannot be split anew; "
            "add --splitter as-is"
        )
    notes += [f"{path} is not there and was left out" for path in roots.values() if path not in paths]
    if uploads:
        notes.append(
            f"{len(uploads)} uploaded documents and web pages were left out: only folders are split anew"
        )
    return paths


def _settings(grid: Grid, is_on: bool) -> Iterator[Setting]:
    """Without the second look, k only limits top_n: the smallest that allows them all is enough."""
    ks = grid.ks
    if not is_on:
        ks = (next((k for k in sorted(ks) if k >= max(grid.top_ns)), max(ks)),)
    for k in ks:
        if counts := tuple(n for n in grid.top_ns if n <= k):
            yield Setting(k, is_on, counts)


def _summed_up(
    task: Task, runs: Sequence[tuple[SplitterConfig | None, str, Setting, AskedQuestions]], notes: list[str]
) -> Sweep:
    # the same questions for every setting, or their means cannot be compared
    answerable = [q for q in task.questions if q.golds]
    judged = set.intersection(*({o.key for o in asked.outcomes} for *_, asked in runs))
    keys = [q.key for q in answerable if q.key in judged]
    if not keys:
        left_out = [pair for *_, asked in runs for pair in asked.left_out]
        raise ChatbotError(none_judged(task.name, left_out))
    if missing := len(answerable) - len(keys):
        notes.append(f"{missing} questions were left out: not every index can judge them")
    points = [
        point
        for splitter, reranker, setting, asked in runs
        for point in _points(splitter, reranker, setting, asked, keys)
    ]
    config = task.config
    now = Choice(
        config.splitter if any(splitter for splitter, *_ in runs) else None,
        config.reranker.model if config.reranker.enabled else OFF,
        config.retrieval.k, config.retrieval.top_n,
    )  # fmt: skip
    current = next((point for point in points if point.choice == now), None)
    return Sweep(task.name, len(keys), points, frontier(points), recommend(points), current, notes)


def _points(
    splitter: SplitterConfig | None, reranker: str, setting: Setting, asked: AskedQuestions, keys: list[str]
) -> Iterator[Point]:
    by_key: dict[str, QuestionOutcome] = {outcome.key: outcome for outcome in asked.outcomes}
    outcomes = [by_key[key] for key in keys]
    for count in setting.source_counts:
        ndcg, hit = of_kept(outcomes, "reranked" if setting.rerank else "fused", count)
        times = [o.timings_ms["total"] + o.sources[str(count)][0] for o in outcomes]
        yield Point(
            Choice(splitter, reranker, setting.k, count), float(ndcg.mean()), float(hit.mean()),
            float(np.percentile(times, 50)), float(np.percentile(times, 95)),
            float(np.mean([o.sources[str(count)][1] for o in outcomes])), ndcg,
        )  # fmt: skip
