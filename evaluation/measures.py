"""Ranks -> nDCG, MRR, hit and recall, computed by pytrec_eval (NIST's trec_eval)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytrec_eval
from numpy.typing import NDArray

if TYPE_CHECKING:
    from evaluation.asking import QuestionOutcome, Ranks, System

CUTOFF = 10
HITS = (1, 3, 10)

QuestionValues = NDArray[np.float64]  # of one measure, shape (questions,)


def measure_names(k: int) -> list[str]:
    """In the order in which they are shown."""
    return [f"ndcg@{CUTOFF}", f"mrr@{CUTOFF}", *(f"hit@{n}" for n in HITS), f"recall@{k}"]


def per_question(outcomes: Sequence[QuestionOutcome], system: System, k: int) -> dict[str, QuestionValues]:
    """Measure -> one value, 0..1, per outcome, in their order. Each outcome needs something that is right.

    ``recall@k`` counts the k best: what the second look can find among its candidates.
    """
    rankings = [outcome.ranks[system] for outcome in outcomes]
    grades = [outcome.grades for outcome in outcomes]
    cuts = {f"ndcg_cut.{CUTOFF}", f"recall.{k}", f"success.{','.join(map(str, HITS))}"}
    values = trec_measures(rankings, grades, cuts)
    first = [
        [rank if rank is not None and rank <= CUTOFF else None for rank in ranking] for ranking in rankings
    ]
    return {
        f"ndcg@{CUTOFF}": values[f"ndcg_cut_{CUTOFF}"],
        f"mrr@{CUTOFF}": trec_measures(first, grades, {"recip_rank"})["recip_rank"],
        **{f"hit@{n}": values[f"success_{n}"] for n in HITS},
        f"recall@{k}": values[f"recall_{k}"],
    }


def of_kept(
    outcomes: Sequence[QuestionOutcome], system: System, top_n: int
) -> tuple[QuestionValues, QuestionValues]:
    """(nDCG, hit) of the first ``top_n`` for every outcome: how good the sources are that a reader gets."""
    rankings = [outcome.ranks[system] for outcome in outcomes]
    values = trec_measures(rankings, [o.grades for o in outcomes], {f"ndcg_cut.{top_n}", f"success.{top_n}"})
    return values[f"ndcg_cut_{top_n}"], values[f"success_{top_n}"]


def trec_measures(
    rankings: Sequence[Ranks], grades: Sequence[list[int]], names: set[str]
) -> dict[str, QuestionValues]:
    """trec_eval's measures of rankings, each value of shape (rankings,), 0..1.

    Args:
        rankings: for each ranking the places, from 1, of the things that are right; ``None``: not found.
        grades: of the same things; each ranking needs at least one.
        names: as trec_eval writes them when asked, like ``ndcg_cut.10``; the keys of the result say ``ndcg_cut_10``.
    """
    judged = {str(i): {f"right{g}": grade for g, grade in enumerate(row)} for i, row in enumerate(grades)}
    run = {str(i): _scored(ranking) for i, ranking in enumerate(rankings)}
    found = pytrec_eval.RelevanceEvaluator(judged, names).evaluate(run)
    keys = next(iter(found.values()), {}).keys()
    return {key: np.array([found[str(i)][key] for i in range(len(rankings))]) for key in keys}


def _scored(ranking: Ranks) -> dict[str, float]:
    """A run in which each right thing stands at its rank and something wrong at every place between.

    Two that are met by one chunk take two places: a place is worth what one right thing is worth.
    """
    taken: dict[int, str] = {}
    for rank, right in sorted((rank, right) for right, rank in enumerate(ranking) if rank is not None):
        place = max(rank, max(taken, default=0) + 1)
        taken[place] = f"right{right}"
    last = max(taken, default=1)
    return {taken.get(place, f"wrong{place}"): float(-place) for place in range(1, last + 1)}
