"""Benchmark of fusion, dense and lexical search into one order: reciprocal ranks against normalised scores.

    python -m benchmarks.judging.fusion --data ../shared/data

nDCG@10 and recall@20 per set for every method, weight and depth of the two lists; then each method's
weight chosen without the set it is judged on (leave one set out). Passages are cut at 1,000 characters for
the embedding. Vectors are kept in the models cache: about 10 minutes the first time, 1 after that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from benchmarks.judging.lexical import build_index
from benchmarks.judging.retrieval_sets import (
    LICENCES,
    NAMES,
    RetrievalSet,
    data_folder,
    load,
    mean_figures,
)
from chatbot.config import Config
from chatbot.models import language_direction
from chatbot.models.folders import E5_SMALL
from chatbot.retrieval.embeddings import build_embedding, embed_query, embed_texts, fingerprint
from chatbot.retrieval.fusion import fuse
from chatbot.store.sqlite.fts5 import TOKENIZE, any_of
from chatbot.text.keywords import analyse, question_terms

Floats = NDArray[np.floating]
Fusion = Callable[[Floats, Floats], Floats]  # dense and lexical scores of the candidates -> fused scores

CUT = 1000  # characters of a passage that are embedded
DEPTHS = (20, 50, 100)
WEIGHTS = (0.3, 0.4, 0.5, 0.6, 0.7)  # of the dense score
SHIPPED_DEPTH = 50


@dataclass(frozen=True, slots=True)
class ScoredSet:
    """Both scores of every passage (columns) for every question (rows)."""

    data: RetrievalSet
    dense: Floats
    lexical: Floats


def vectors(data: RetrievalSet, config: Config, with_language: bool = False) -> tuple[Floats, Floats]:
    """Question and passage vectors, from the cache when it has them.

    Args:
        with_language: questions as the model gives them; else as passages are searched with.
    """
    folder = config.models_cache / "benchmarks"
    stem = f"{data.name}-{fingerprint(config).key}-{CUT}"
    files = folder / f"{stem}.questions.npy", folder / f"{stem}.passages.npy"
    if not all(file.exists() for file in files):
        print(
            f"embedding {len(data.texts):,} passages and {len(data.questions):,} questions of {data.name}",
            flush=True,
        )
        folder.mkdir(parents=True, exist_ok=True)
        model = build_embedding(config)
        np.save(files[0], np.stack([embed_query(model, question) for question in data.questions]))
        np.save(files[1], embed_texts(model, [text[:CUT] for text in data.texts]))
    questions, passages = np.load(files[0]), np.load(files[1])
    if config.embedding.model == E5_SMALL and not with_language:
        questions = language_direction.turned_embeddings(questions)
    return questions, passages


def bm25_scores(data: RetrievalSet) -> Floats:
    """BM25 of every passage for every question; 0 without a common term."""
    index = build_index([analyse(text) for text in data.texts], TOKENIZE)
    scores = np.zeros((len(data.questions), len(data.texts)), dtype=np.float32)
    for row, question in zip(scores, data.questions, strict=True):
        if expression := any_of(question_terms(question)):
            for passage, score in index.execute(
                "SELECT rowid, bm25(chunk) FROM chunk WHERE chunk MATCH ?", (expression,)
            ):
                row[passage] = -score
    return scores


def score_set(folder: Path, name: str, config: Config) -> ScoredSet:
    data = load(folder, name)
    questions, passages = vectors(data, config)
    return ScoredSet(data, questions @ passages.T, bm25_scores(data))


def candidates(dense: Floats, lexical: Floats, depth: int) -> NDArray[np.intp]:
    """Union of the best ``depth`` by each score; lexical search only finds what shares a term."""
    matching = np.flatnonzero(lexical > 0)
    return np.union1d(np.argsort(-dense)[:depth], matching[np.argsort(-lexical[matching])][:depth])


def reciprocal_rank(constant: int) -> Fusion:
    def fused(dense: Floats, lexical: Floats) -> Floats:
        by_words = np.where(lexical > 0, 1 / (constant + _ranks(lexical)), 0.0)
        return np.asarray(1 / (constant + _ranks(dense)) + by_words)

    return fused


def _ranks(scores: Floats) -> Floats:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks


def convex(
    normalise_dense: Callable[[Floats], Floats], normalise_lexical: Callable[[Floats], Floats]
) -> Callable[[float], Fusion]:
    return lambda weight: (
        lambda dense, lexical: weight * normalise_dense(dense) + (1 - weight) * normalise_lexical(lexical)
    )


def standardised(scores: Floats) -> Floats:
    return np.asarray(scores - scores.mean()) / max(float(scores.std()), 1e-9)


def min_max(scores: Floats) -> Floats:
    return np.asarray(scores - scores.min()) / max(float(np.ptp(scores)), 1e-9)


def theoretical_min_max(lowest: float) -> Callable[[Floats], Floats]:
    """The least possible score stands for the minimum: -1 for a cosine, 0 for BM25."""
    return lambda scores: (scores - lowest) / max(float(scores.max()) - lowest, 1e-9)


def shipped(dense: Floats, lexical: Floats) -> Floats:
    """``chatbot.retrieval.fusion.fuse`` itself."""
    fused = fuse(dict(enumerate(dense.tolist())), dict(enumerate(lexical.tolist())))
    return np.array([fused[i] for i in range(len(dense))])


FAMILIES: dict[str, Callable[[float], Fusion]] = {
    "z-score": convex(standardised, standardised),
    "min-max": convex(min_max, min_max),
    "theoretical min-max": convex(theoretical_min_max(-1.0), theoretical_min_max(0.0)),
}


def measure_fusion(scored: ScoredSet, fusion: Fusion, depth: int) -> tuple[float, float]:
    rankings = []
    for dense, lexical in zip(scored.dense, scored.lexical, strict=True):
        found = candidates(dense, lexical, depth)
        fused = fusion(dense[found], lexical[found])
        rankings.append(found[np.argsort(-fused, kind="stable")][:20].tolist())
    return mean_figures(rankings, scored.data.gold)


def print_row(name: str, figures: list[tuple[float, float]], reference: float | None = None) -> float:
    mean = fmean(ndcg for ndcg, _ in figures)
    against = "" if reference is None else f"  {mean - reference:+.4f} (x{mean / reference:.3f})"
    cells = " | ".join(f"{ndcg:.3f} {recall:.3f}" for ndcg, recall in figures)
    recall = fmean(recall for _, recall in figures)
    print(f"{name:<28}| {cells} | {mean:.4f} {recall:.4f}{against}", flush=True)
    return mean


def leave_one_out(
    grid: dict[float, list[tuple[float, float]]],
) -> tuple[list[tuple[float, float]], list[float]]:
    """Each set judged with the weight that is best on the others, and those weights."""
    chosen = []
    for left_out in range(len(NAMES)):
        others = {w: fmean(f[0] for i, f in enumerate(row) if i != left_out) for w, row in grid.items()}
        chosen.append(max(others, key=others.__getitem__))
    return [grid[weight][i] for i, weight in enumerate(chosen)], chosen


def main() -> None:
    folder = data_folder(__doc__)
    config = Config()
    sets = [score_set(folder, name, config) for name in NAMES]
    print(f"sets: {LICENCES}; embedding: {config.embedding.model}")
    print("nDCG@10 and recall@20; the difference and ratio are to reciprocal rank (60) at depth 50\n")
    print(f"{'':<28}| {' | '.join(f'{name:<11}' for name in NAMES)} | mean")
    print_row("dense alone", [measure_fusion(s, lambda dense, _: dense, SHIPPED_DEPTH) for s in sets])
    print_row("lexical alone", [measure_fusion(s, lambda _, lexical: lexical, SHIPPED_DEPTH) for s in sets])
    reference = print_row(
        "reciprocal rank 60", [measure_fusion(s, reciprocal_rank(60), SHIPPED_DEPTH) for s in sets]
    )
    print_row("shipped: fuse, depth 50", [measure_fusion(s, shipped, SHIPPED_DEPTH) for s in sets], reference)
    for depth in DEPTHS:
        print(f"\ndepth {depth}")
        for constant in (60, 10):
            name = f"reciprocal rank {constant}"
            print_row(name, [measure_fusion(s, reciprocal_rank(constant), depth) for s in sets], reference)
        for family, build in FAMILIES.items():
            weights = WEIGHTS if family != "theoretical min-max" else (*WEIGHTS, 0.8, 0.9)
            grid = {weight: [measure_fusion(s, build(weight), depth) for s in sets] for weight in weights}
            for weight, figures in grid.items():
                print_row(f"{family} {weight}", figures, reference)
            judged, chosen = leave_one_out(grid)
            print_row(f"{family} left out", judged, reference)
            print(f"{'':<28}  weights chosen without the set: {', '.join(map(str, chosen))}")


if __name__ == "__main__":
    main()
