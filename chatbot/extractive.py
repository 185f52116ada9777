"""Answers without a language model: the best sentences of the sources, quoted with their numbers.

It invents nothing, needs no key and no download, and costs no more than the scores that the page shows anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatbot.candidate import Sentence, Source
from chatbot.quotes import quotable_sentences, quote
from chatbot.writers import Evidence, Turn

_SENTENCES = 4
_MARGIN = 2.0  # logits below the best; beyond it a sentence is about something else


class ExtractiveWriter:
    """Quotes; see the module. Sentences without a score (no reranker) are taken from the top of each source."""

    label = "extractive"
    remote = False

    def write(self, evidence: Evidence) -> Iterator[str]:
        """One quote at a time, in reading order: source by source, sentence by sentence."""
        for position, (source, sentence) in enumerate(_chosen(evidence.sources)):
            separator = "\n\n" if position else ""
            yield f"{separator}{quote(source, sentence)} [{source.number}]"

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        """The question after the words of the previous one when it cannot stand alone; otherwise as it is."""
        return f"{history[-1].question} {question}" if history and _leans_on_history(question) else question


def _chosen(sources: Sequence[Source]) -> list[tuple[Source, Sentence]]:
    scored = [
        (_worth(source, s), source, s) for source in sources for s in source.sentences if s.score is not None
    ]
    if not scored:
        return [(source, source.sentences[i]) for source in sources for i in quotable_sentences(source)[:2]][
            :_SENTENCES
        ]
    best = sorted(scored, key=lambda entry: -entry[0])[:_SENTENCES]
    chosen = [(source, s) for worth, source, s in best if worth >= best[0][0] - _MARGIN]
    return sorted(chosen, key=lambda pair: (pair[0].number, pair[1].start))


def _worth(source: Source, sentence: Sentence) -> float:
    """A sentence counts with its passage: alone, one that merely repeats the question's words would win."""
    return (sentence.score or 0.0) + (source.candidate.scores.rerank or 0.0)


_FOLLOW_UP = re.compile(
    r"^(그럼|그러면|그건|그게|그것|그거|이건|이것|이거|그중|그 중|그리고|거기|왜|더 |또|반대로|예시|예를|and\b|what about|how about|why\b|"
    r"then\b|also\b|more\b)|\b(it|its|they|them|their|that|those|these|this one|the same|there)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 2  # "예시는?", "in English?": too little to search for


def _leans_on_history(question: str) -> bool:
    return bool(_FOLLOW_UP.search(question.strip())) or len(question.split()) <= _FEW_WORDS
