"""Answers without a language model: the best sentences of the sources, quoted with their numbers.

It invents nothing, needs no key and no download, and costs no more than the scores that the page shows anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import pstdev

from chatbot.answering.followups import joined, own_words
from chatbot.answering.writer import Evidence
from chatbot.citations.quotes import is_table_row, named_places, quotable_sentences, quote, ranged_places
from chatbot.text.asking import asking_part
from chatbot.text.leaning import asks_for_more
from chatbot.text.overlap import keyword_overlap
from chatbot.trace import Sentence, Source, Turn

_SENTENCES = 4
# Standard deviations below the best, in which a sentence still is about the question. With the sentence after
# the best one, because the fact often stands behind the sentence that has the question's words: 33 instead of 25
# of the 36 sample questions that are answered hold the right fact, in 2.6 instead of 1.6 sentences.
_MARGIN = 0.8
_FIELD = 1.0  # logits above the best, of a field that is named
_OWN = 4.0  # standard deviations for a sentence with all the words of the follow-up itself


class ExtractiveWriter:
    """Quotes; see the module."""

    label = "extractive"
    remote = False

    def write(self, evidence: Evidence) -> Iterator[str]:
        """One quote at a time, source by source, sentence by sentence; the source of the best one first.

        The own words of a follow-up count more than those of the question before. One that asks for more ("why?", "an
        example?") is not answered with what was quoted before, unless nothing else has as many of these words; who, when
        and how often may stand in the very sentence that was quoted.
        """
        own = own_words(evidence.question, evidence.history)
        said = "\n".join(turn.answer for turn in evidence.history) if own else ""
        for position, (source, sentence) in enumerate(
            _chosen(evidence.sources, own, said, evidence.question)
        ):
            separator = "\n\n" if position else ""
            yield f"{separator}{quote(source, sentence)} [{source.number}]"

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        """The question after the words of the previous one when it cannot stand alone; otherwise as it is."""
        return joined(question, history)


def _chosen(sources: Sequence[Source], own: str, said: str, question: str) -> list[tuple[Source, Sentence]]:
    """The best sentences with what follows the very best, the source of the best one first.

    A field of a form that is asked for by its name comes before all that is not, and so does the row of a table into whose
    range a figure of the question falls.
    """
    asked = asking_part(question)
    quotable = [(source, place) for source in sources for place in quotable_sentences(source, asked)]
    quotes = [quote(source, source.sentences[place]) for source, place in quotable]
    shares = keyword_overlap(own, quotes) if own else [0.0] * len(quotes)
    if own and asks_for_more(own):
        quotable, shares = _rather_new(quotable, shares, [text in said for text in quotes])
    if not quotable:
        return []
    worths = [_worth(source, source.sentences[place]) for source, place in quotable]
    spread = pstdev(worths)
    worth = {
        (source.number, place): base + _OWN * spread * share
        for (source, place), base, share in zip(quotable, worths, shares, strict=True)
    }
    named = {
        source.number: named_places(source, asked) | ranged_places(source, question) for source in sources
    }
    fields = [at for at in quotable if at[1] in named[at[0].number]]
    if fields:
        top = max(worth.values())
        worth |= {(source.number, place): top + _FIELD for source, place in fields}
    ranked = sorted(quotable, key=lambda at: -worth[at[0].number, at[1]])
    first, best = ranked[0], max(worth.values())
    least = best - _MARGIN * spread
    following = [] if first in fields else [at for at in quotable if _follows(first, at)]
    near = [at for at in ranked[1:] if worth[at[0].number, at[1]] >= least and at not in following]
    chosen = [first, *following, *near][:_SENTENCES]
    chosen.sort(key=lambda at: (at[0].number != first[0].number, at[0].number, at[1]))
    return [(source, source.sentences[place]) for source, place in chosen]


def _rather_new(
    quotable: list[tuple[Source, int]], shares: list[float], is_said: list[bool]
) -> tuple[list[tuple[Source, int]], list[float]]:
    """Only the sentences that were not quoted before, where one of them has as much of the follow-up's own words."""
    new = [at for at, known in enumerate(is_said) if not known]
    if not new or max(shares[at] for at in new) < max(shares):
        return quotable, shares
    return [quotable[at] for at in new], [shares[at] for at in new]


def _worth(source: Source, sentence: Sentence) -> float:
    """A sentence counts with its passage: alone, one that merely repeats the question's words would win.

    Without the reranker: by its relevance, those of an earlier source first.
    """
    if sentence.score is None:
        return sentence.relevance - source.number
    return sentence.score + (source.candidate.scores.rerank or 0.0)


def _follows(first: tuple[Source, int], at: tuple[Source, int]) -> bool:
    """Whether ``at`` is the next sentence of the same paragraph of prose."""
    (source, place), (other, next_place) = first, at
    if source.number != other.number or next_place != place + 1:
        return False
    between = source.text[source.sentences[place].end : source.sentences[next_place].start]
    return between.count("\n") < 2 and not is_table_row(source, source.sentences[next_place])
