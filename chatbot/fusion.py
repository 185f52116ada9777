"""Two scores per candidate -> one: how retrieval orders what dense and lexical search found together."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean, pstdev

# Share of the dense score; the rest is the lexical one's. Mean nDCG@10 of five sets, ko and en, at depth 50:
# z-scores .851, reciprocal rank .830, lexical alone .806, dense alone .786; 0.5 and 0.6 are equal, 0.3 and 0.7
# lose .005 to .012 (benchmarks/fusion.py)
DENSE_WEIGHT = 0.5


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float]) -> dict[int, float]:
    """Fused score of every candidate of one question, higher is better; comparable only within the question.

    Both mappings hold the score of every candidate (the union of both searches): dense the cosine, lexical
    BM25 with 0.0 for a candidate that shares no term with the question. Each is brought to mean 0 and
    deviation 1 over the candidates; a score that is the same for all of them says nothing and counts as 0.
    """
    if dense.keys() != lexical.keys():
        raise ValueError("dense and lexical must score the same candidates")
    meaning, words = _standardised(dense), _standardised(lexical)
    return {chunk: DENSE_WEIGHT * meaning[chunk] + (1 - DENSE_WEIGHT) * words[chunk] for chunk in dense}


def _standardised(scores: Mapping[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    mean, deviation = fmean(scores.values()), pstdev(scores.values())
    if deviation < 1e-9:  # all equal, up to rounding
        return dict.fromkeys(scores, 0.0)
    return {chunk: (score - mean) / deviation for chunk, score in scores.items()}
