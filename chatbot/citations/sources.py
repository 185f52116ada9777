"""The kept candidates, numbered, with the sentences that matter marked.

A sentence's heat adds up two things, each in standard deviations from the mean of its passage: the reranker's
score and the share of the question's words in it (``benchmarks/judging/highlight.py``: better than either alone).
Without the reranker the words decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean, pstdev

from chatbot.citations.quotes import quotable_sentences, quote
from chatbot.text.overlap import shared
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Sentence, Source

Scorer = Callable[[str, Sequence[str]], list[float]]  # (question, sentences) -> one score each

_PER_SOURCE = 2


def number_sources(kept: Sequence[Candidate], question: str, score: Scorer | None) -> tuple[Source, ...]:
    """Sources 1..n in the order of ``kept``; all their sentences are scored in one batch.

    ``score=None`` leaves the sentences unscored.
    """
    sources = [
        Source(number, candidate, tuple(Sentence(*span) for span in sentence_spans(candidate.text)))
        for number, candidate in enumerate(kept, 1)
    ]
    quotable = [quotable_sentences(source) for source in sources]
    quotes = [
        [quote(source, source.sentences[i]) for i in places]
        for source, places in zip(sources, quotable, strict=True)
    ]
    scores = iter(score(question, [text for texts in quotes for text in texts]) if score else ())
    return tuple(
        _marked(source, places, [next(scores, None) for _ in places], shared(question, texts))
        for source, places, texts in zip(sources, quotable, quotes, strict=True)
    )


def _marked(
    source: Source, places: Sequence[int], scores: Sequence[float | None], words: Sequence[float]
) -> Source:
    sentences = list(source.sentences)
    for i, score, heat in zip(places, scores, _heats(scores, words), strict=True):
        sentences[i] = replace(sentences[i], score=score, heat=heat)
    hottest = sorted(places, key=lambda i: -sentences[i].heat)[:_PER_SOURCE]
    return replace(
        source, sentences=tuple(sentences), highlights=tuple(sentences[i] for i in sorted(hottest))
    )


def _heats(scores: Sequence[float | None], words: Sequence[float]) -> list[float]:
    logits = [score for score in scores if score is not None]
    sums = [sum(pair) for pair in zip(_standard(logits or words), _standard(words), strict=True)]
    return [1 / (1 + math.exp(-deviations)) for deviations in sums]


def _standard(values: Sequence[float]) -> list[float]:
    """In standard deviations from the mean; all 0 where they are equal."""
    if not values:
        return []
    mean, deviation = fmean(values), pstdev(values)
    return [(value - mean) / deviation if deviation > 1e-9 else 0.0 for value in values]
