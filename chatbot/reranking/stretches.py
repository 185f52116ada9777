"""Scores of sentences: from what ingest keeps of their passages, where that is there, and otherwise read one by one.

A sentence's tokens have been read within its passage, which is no loss for highlights; for the check of citations it
is, and that reads its windows one by one (docs/reranker-research.md, H13).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import groupby

from chatbot.reranking.reranker import Reranker
from chatbot.reranking.scorers import KeptParts
from chatbot.retrieval.retrieve import read_by_models
from chatbot.text.invisible import visible_places, without_invisible
from chatbot.trace import Candidate, Stretch

Kept = Callable[[Sequence[str]], Sequence[bytes | None]]  # texts that were embedded -> codes of their tokens


def score_stretches(
    reranker: Reranker, question: str, stretches: Sequence[Stretch], kept: Kept
) -> list[float]:
    """One logit per stretch, all of them scored in the same way.

    Args:
        stretches: those of one candidate one after the other.
        kept: gives the codes of the token vectors of texts that are in the index, ``None`` for others.
    """
    if reranker.compares_kept and stretches:
        passages = _passages(stretches, kept)
        found = None if passages is None else reranker.score_parts(question, passages)
        if found is not None:
            return [logit for of_passage in found for logit in of_passage]
    return reranker.score(question, [stretch.text for stretch in stretches])


def _passages(stretches: Sequence[Stretch], kept: Kept) -> list[KeptParts] | None:
    groups = [
        (candidate, without_invisible(read_by_models(candidate)), list(of_candidate))
        for candidate, of_candidate in groupby(stretches, key=lambda stretch: stretch.candidate)
    ]
    passages = []
    for (candidate, read, of_candidate), codes in zip(
        groups, kept([read for _, read, _ in groups]), strict=True
    ):
        place = _place_in(read, candidate)
        if codes is None or place is None:
            return None
        parts = [(place(stretch.start), place(stretch.end)) for stretch in of_candidate]
        passages.append(KeptParts(read, codes, parts))
    return passages


def _place_in(read: str, candidate: Candidate) -> Callable[[int], int] | None:
    """A position in the passage -> the same in what the models read, which ends with the passage."""
    seen, places = visible_places(candidate.text)
    before = len(read) - len(seen)
    return (lambda position: before + bisect_left(places, position)) if read.endswith(seen) else None
