"""Word overlap of two texts; rare words count more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from chatbot.text.keywords import analyse, keyword_terms, keywords_of

# Gate, highlights, answer and check ask for the terms of the same passages and sentences; 512 passages take 13 MB
_REMEMBERED, _LONGEST_REMEMBERED = 512, 1500  # texts, characters
_STEM = 5  # first letters of a Latin word; on squad1 sentences 4 to 6 are level, whole words 5 points worse


def keyword_overlap(question: str, texts: Sequence[str]) -> list[float]:
    """For each text, 0..1: the share of ``question``'s keywords in it, by their rarity among ``texts``."""
    wanted = in_stems(list(keyword_terms(question))) or terms_of(question)
    if not wanted:
        return [0.0] * len(texts)
    matches = [terms_of(text) & wanted for text in texts]
    weights = {term: _rarity(sum(term in match for match in matches), len(texts)) for term in wanted}
    total = sum(weights.values())
    return [sum(weights[term] for term in match) / total for match in matches]


def keywords_found(claim: str, text: str) -> float:
    """The share, 0..1, of ``claim``'s keywords that stand in ``text``; of a Korean word, at least half of it."""
    words, there = [in_stems(word) for word in keywords_of(claim)], terms_of(text)
    return sum(2 * len(word & there) >= len(word) for word in words) / len(words) if words else 0.0


def terms_of(text: str) -> AbstractSet[str]:
    """All terms of ``text``, Latin words by their first letters."""
    return _remembered_terms(text) if len(text) <= _LONGEST_REMEMBERED else _terms(text)


def _terms(text: str) -> frozenset[str]:
    return in_stems(set(analyse(text).split()))


_remembered_terms = lru_cache(_REMEMBERED)(_terms)


def in_stems(words: Iterable[str]) -> frozenset[str]:
    """Terms as they are compared here: Latin words by their first letters."""
    return frozenset(word[:_STEM] if word.isascii() and word.isalpha() else word for word in words)


def _rarity(count: int, texts: int) -> float:
    """Inverse document frequency as in BM25; above 0 for a term of every text too."""
    return math.log(1 + (texts - count + 0.5) / (count + 0.5))
