"""Which passages and which sentences of a section are its centre.

A passage by the cosine of its vector with the mean of the section; a sentence by its passage, by the words that it
shares with the other sentences, and by how early it stands. No model runs for that: the vectors are in the index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from chatbot.answering.whole_document.statements import Statement
from chatbot.store.records import Vectors

_PASSAGE, _WORDS, _EARLY = 0.35, 0.4, 0.25  # what the three count; each is 0..1
_LEANS = 0.3  # less for a sentence that points back to one that is not quoted
_ENOUGH = 12  # different terms; of fewer the mean is that of a few common words
_ALIKE = 0.5  # share of common words from which two sentences say the same
_LEAST_SPREAD = 1e-4  # of cosines: below it the passages are alike


def passage_worths(vectors: Vectors | None, start: int, end: int) -> list[float]:
    """0..1 for each passage from ``start`` to ``end``: the nearest to their mean has 1; all have 1 without vectors."""
    if vectors is None or end - start < 2:
        return [1.0] * (end - start)
    part = vectors[start:end]
    cosines = part @ part.mean(axis=0)
    spread = float(cosines.max() - cosines.min())
    if not np.isfinite(spread) or spread < _LEAST_SPREAD:
        return [1.0] * (end - start)
    return [float(worth) for worth in (cosines - cosines.min()) / spread]


def most_central(worths: Sequence[float], count: int) -> list[int]:
    """The places of the ``count`` best in reading order; the first one always, for it says what follows."""
    if count <= 0:
        return []
    ranked = sorted(range(1, len(worths)), key=lambda place: (-worths[place], place))
    return sorted([0, *ranked[: count - 1]]) if worths else []


def best_statements(
    statements: Sequence[Statement], worth_of: Sequence[float], start: int, count: int
) -> list[Statement]:
    """The ``count`` most central of ``statements`` that do not say the same, in reading order.

    Args:
        worth_of: ``passage_worths`` of the passages from ``start`` on.
    """
    chosen = ranked_statements(statements, worth_of, start, count)
    return sorted(chosen, key=lambda statement: (statement.place, statement.start))


def ranked_statements(
    statements: Sequence[Statement], worth_of: Sequence[float], start: int, count: int
) -> list[Statement]:
    """As ``best_statements``, the most central one first."""
    worths = _worths(statements, worth_of, start)
    chosen: list[Statement] = []
    for place in sorted(range(len(statements)), key=lambda place: (-worths[place], place)):
        if len(chosen) >= count:
            break
        if not are_alike(statements[place], chosen):
            chosen.append(statements[place])
    return chosen


def are_alike(statement: Statement, others: Iterable[Statement]) -> bool:
    """Whether one of ``others`` says the same."""
    return any(_shared(statement, other) >= _ALIKE for other in others)


def _worths(statements: Sequence[Statement], worth_of: Sequence[float], start: int) -> list[float]:
    known = Counter(term for statement in statements for term in statement.terms)
    shared = [
        _mean(known[term] - 1 for term in statement.terms) * min(len(statement.terms) / _ENOUGH, 1)
        for statement in statements
    ]
    most = max(shared, default=0.0) or 1.0
    return [
        _PASSAGE * worth_of[statement.place - start]
        + _WORDS * words / most
        + _EARLY / (1 + rank)
        - _LEANS * statement.leans
        for rank, (statement, words) in enumerate(zip(statements, shared, strict=True))
    ]


def _mean(counts: Iterable[int]) -> float:
    listed = list(counts)
    return sum(listed) / len(listed) if listed else 0.0


def _shared(one: Statement, other: Statement) -> float:
    """0..1: the words that both have, of those of the shorter one."""
    fewer = min(len(one.terms), len(other.terms))
    return len(one.terms & other.terms) / fewer if fewer else 0.0
