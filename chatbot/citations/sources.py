"""The kept candidates, numbered, with the sentences that matter marked.

A sentence's relevance adds up two things, each in standard deviations from the mean of its passage: the reranker's
score and the share of the question's words in it (``benchmarks/judging/highlight.py``: better than either alone).
Without the reranker the words decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chatbot.citations.quotes import quotable_sentences, quote
from chatbot.retrieval.scores import sigmoid, standard_scores
from chatbot.text.asking import asking_part
from chatbot.text.overlap import keyword_overlap
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Search, Sentence, Source, Stretch

Scorer = Callable[[str, Sequence[Stretch]], list[float]]  # (question, sentences) -> one score each

_PER_SOURCE = 2


def cite(search: Search, score: Scorer) -> tuple[Source, ...]:
    """The sources of an answer: the kept candidates, numbered; all their sentences are scored in one batch.

    Args:
        score: gives the reranker's logits; without a second look that has some it is not asked, and nothing is scored.
    """
    with search.timings.measure("highlight"):
        return number_sources(search.kept, search.query, score if search.second_look.has_logits else None)


def number_sources(kept: Sequence[Candidate], question: str, score: Scorer | None) -> tuple[Source, ...]:
    """``kept`` as sources 1..n with their sentences, those that matter most marked; ``None``: these are not scored."""
    sources = [
        Source(number, candidate, tuple(Sentence(*span) for span in sentence_spans(candidate.text)))
        for number, candidate in enumerate(kept, 1)
    ]
    asked = asking_part(question)
    quotable = [quotable_sentences(source, asked) for source in sources]
    stretches = [
        [_stretch(source, place) for place in places]
        for source, places in zip(sources, quotable, strict=True)
    ]
    scores = iter(score(question, [one for of_source in stretches for one in of_source]) if score else ())
    return tuple(
        _marked(
            source,
            places,
            [next(scores, None) for _ in places],
            keyword_overlap(question, [one.text for one in of_source]),
        )
        for source, places, of_source in zip(sources, quotable, stretches, strict=True)
    )


def _stretch(source: Source, place: int) -> Stretch:
    """The sentence at ``place`` in ``source.sentences``, as it is quoted and scored."""
    sentence = source.sentences[place]
    return Stretch(source.candidate, quote(source, sentence), sentence.start, sentence.end)


def _marked(
    source: Source, places: Sequence[int], scores: Sequence[float | None], words: Sequence[float]
) -> Source:
    sentences = list(source.sentences)
    for i, score, relevance in zip(places, scores, _relevances(scores, words), strict=True):
        sentences[i] = replace(sentences[i], score=score, relevance=relevance)
    most_relevant = sorted(places, key=lambda i: -sentences[i].relevance)[:_PER_SOURCE]
    return replace(
        source, sentences=tuple(sentences), highlights=tuple(sentences[i] for i in sorted(most_relevant))
    )


def _relevances(scores: Sequence[float | None], words: Sequence[float]) -> list[float]:
    logits = [score for score in scores if score is not None]
    sums = [sum(pair) for pair in zip(standard_scores(logits or words), standard_scores(words), strict=True)]
    return [sigmoid(deviations) for deviations in sums]
