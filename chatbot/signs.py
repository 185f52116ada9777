"""What is known of a search, and of each of its candidates, before any of it is weighed (``chatbot/answering/gate.py``).

Signs are numbers by name; a higher one never makes an answer less probable. One that cannot be known is left out:
among few candidates nothing can stand out, a passage in another language than the question cannot hold its words,
and without the second look there is no logit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev

from chatbot.text.language import in_another_language
from chatbot.text.overlap import shared
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Scores

Signs = Mapping[str, float]
QUESTION_SIGNS = ("logit", "cosine", "lead", "words", "sentence")
PASSAGE_SIGNS = ("logit", "cosine", "fused", "words")
ENOUGH = 15  # candidates in the language of the question, among which one can stand out; the fit had 20
_FIRST = 5  # candidates whose sentences are read


def shares_of_words(query: str, candidates: Sequence[Candidate]) -> list[float | None]:
    """For each candidate, 0..1: the share of the question's telling words in it, rare ones counting more.

    ``None`` for one in another language, Korean or not.
    """
    texts = [" ".join((*c.heading, c.header, c.text)) for c in candidates]
    return [
        None if foreign else share
        for foreign, share in zip(in_another_language(query, texts), shared(query, texts), strict=True)
    ]


def best_sentence(query: str, candidates: Sequence[Candidate]) -> float | None:
    """0..1: the largest share of the question's telling words in one sentence of the first candidates.

    A passage on the subject holds many of them; one that answers mostly holds them close together.
    """
    texts = [c.text for c in candidates[:_FIRST]]
    sentences = [
        text[start:end]
        for text, foreign in zip(texts, in_another_language(query, texts), strict=True)
        if not foreign
        for start, end in sentence_spans(text)
    ]
    return max(shared(query, sentences)) if sentences else None


def question_signs(
    query: str, candidates: Sequence[Candidate], words: Sequence[float | None]
) -> dict[str, float]:
    """Of a search whose candidates are in their final order.

    logit, cosine: the best.
    lead: how many standard deviations the best fused score is above the mean of all in the question's language,
    from ``ENOUGH`` of these on.
    words: what the first one holds of the question's telling words; sentence: ``best_sentence``.
    """
    foreign = in_another_language(query, [c.text for c in candidates])
    logits, cosines = (
        [score for c in candidates if (score := getattr(c.scores, name)) is not None]
        for name in ("rerank", "dense")
    )
    fused = [
        c.scores.fused
        for c, other in zip(candidates, foreign, strict=True)
        if not other and c.scores.fused is not None
    ]
    signs: dict[str, float] = {}
    if logits:
        signs["logit"] = max(logits)
    if cosines:
        signs["cosine"] = max(cosines)
    if len(fused) >= ENOUGH:
        signs["lead"] = (max(fused) - fmean(fused)) / max(pstdev(fused), 1e-6)
    if (share := words[0]) is not None:
        signs["words"] = share
    if (share := best_sentence(query, candidates)) is not None:
        signs["sentence"] = share
    return signs


def passage_signs(scores: Scores, words: float | None) -> dict[str, float]:
    """What is known of one candidate, by name."""
    known = {"logit": scores.rerank, "cosine": scores.dense, "fused": scores.fused, "words": words}
    return {name: score for name, score in known.items() if score is not None}
