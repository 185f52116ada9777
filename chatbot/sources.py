"""The kept candidates, numbered, with the sentences that matter marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.candidate import Candidate, Sentence, Source
from chatbot.quotes import quotable_sentences, quote
from chatbot.sentences import sentence_spans

Scorer = Callable[[str, Sequence[str]], list[float]]  # (question, sentences) -> one score each

_PER_SOURCE = 2


def number_sources(kept: Sequence[Candidate], question: str, score: Scorer | None) -> tuple[Source, ...]:
    """Sources 1..n in the order of ``kept``; all their sentences are scored in one batch.

    ``score=None`` leaves the sentences unscored and highlights none.
    """
    sources = [
        Source(number, candidate, tuple(Sentence(*span) for span in sentence_spans(candidate.text)))
        for number, candidate in enumerate(kept, 1)
    ]
    if score is None:
        return tuple(sources)
    quotable = [(s, i) for s, source in enumerate(sources) for i in quotable_sentences(source)]
    scores = score(question, [quote(sources[s], sources[s].sentences[i]) for s, i in quotable])
    by_place = dict(zip(quotable, scores, strict=True))
    return tuple(
        _marked(source, {i: v for (at, i), v in by_place.items() if at == s})
        for s, source in enumerate(sources)
    )


def _marked(source: Source, scores: dict[int, float]) -> Source:
    sentences = tuple(replace(s, score=scores.get(i)) for i, s in enumerate(source.sentences))
    best = sorted(scores, key=lambda i: -scores[i])[:_PER_SOURCE]
    return replace(source, sentences=sentences, highlights=tuple(sentences[i] for i in sorted(best)))
