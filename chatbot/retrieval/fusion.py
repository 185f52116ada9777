"""Two scores per candidate -> one: how retrieval orders what dense and lexical search found together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from chatbot.retrieval.scores import standard_scores

# Share of the dense score; the rest is the lexical one's. Mean nDCG@10 of five sets, ko and en, at depth 50:
# z-scores .851, reciprocal rank .830, lexical alone .806, dense alone .786; 0.5 and 0.6 are equal, 0.3 and 0.7
# lose .005 to .012 (benchmarks/judging/fusion.py)
DENSE_WEIGHT = 0.5
# A passage in another language than the question holds almost none of its words, and that says nothing. Sentences that
# ask for their translation among passages of both languages, nDCG@10: .22 and .28 (ko>en, en>ko) with words counted as
# anywhere, .80 and .90 so; questions in the language of their passage lose nothing (benchmarks/judging/cross_language.py)
# added to a cosine across the languages, by the question's: they are lower, related or not, by .03 of a Korean question and
# .00 to .02 of an English one (benchmarks/judging/cross_language.py), and which one has to win is measured there too. With
# .03 for both, 4 of 35 Korean questions about Korean samples had an English passage or a row of the price list first
OTHER_LANGUAGE_COSINE = {"ko": 0.01, "en": 0.03}
OTHER_LANGUAGE_WORDS = 0.5  # of the lexical score next to 1 of the dense one: for names, numbers and English terms in Korean text


def fuse(
    dense: Mapping[int, float],
    lexical: Mapping[int, float],
    other_language: Collection[int] = (),
    language: Literal["ko", "en"] = "en",
) -> dict[int, float]:
    """Fused score of every candidate of one question, higher is better; comparable only within the question.

    Both mappings hold the score of every candidate (the union of both searches): dense the cosine, lexical
    BM25 with 0.0 for a candidate that shares no term with the question. Each is brought to mean 0 and
    deviation 1 over the candidates; a score that is the same for all of them says nothing and counts as 0.
    ``other_language`` candidates are in another language than the question, which is in ``language``: their words are compared with each
    other's only, and their meaning counts for what words cannot say.
    """
    if dense.keys() != lexical.keys():
        raise ValueError("dense and lexical must score the same candidates")
    added = OTHER_LANGUAGE_COSINE[language]
    meaning = _standardised({c: score + added * (c in other_language) for c, score in dense.items()})
    words = _standardised({c: score for c, score in lexical.items() if c not in other_language})
    other = _standardised({c: score for c, score in lexical.items() if c in other_language})
    return {
        c: meaning[c] + OTHER_LANGUAGE_WORDS * other[c]
        if c in other_language
        else DENSE_WEIGHT * meaning[c] + (1 - DENSE_WEIGHT) * words[c]
        for c in dense
    }


def _standardised(scores: Mapping[int, float]) -> dict[int, float]:
    return dict(zip(scores, standard_scores(list(scores.values())), strict=True))
