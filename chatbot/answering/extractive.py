"""Answers without a language model: the best sentences of the sources, quoted with their numbers.

It invents nothing, needs no key and no download, and costs no more than the scores that the page shows anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import pstdev

from chatbot.answering.followups import joined, own_words
from chatbot.answering.writer import Evidence
from chatbot.citations.asked_rows import rows_not_named
from chatbot.citations.lead_in import behind, is_title, lead_in, quoted
from chatbot.citations.numbered import as_a_whole, is_asked_whole, numbered_places
from chatbot.citations.quotes import (
    held_places,
    is_table_row,
    named_places,
    quotable_sentences,
    quote,
    ranged_places,
    said_empty_in,
)
from chatbot.retrieval.by_number import not_found
from chatbot.text.asking import asking_part
from chatbot.text.figures.marks import told_apart
from chatbot.text.language import language_of, worded
from chatbot.text.leaning import asks_for_more, says_no_subject, without_connective
from chatbot.text.overlap import keyword_overlap
from chatbot.trace import Sentence, Source, Turn

_SENTENCES = 4
# Standard deviations below the best, in which a sentence still is about the question. With the sentence after
# the best one, because the fact often stands behind the sentence that has the question's words: 33 instead of 25
# of the 36 sample questions that are answered hold the right fact, in 2.6 instead of 1.6 sentences.
# What the choice is worth is measured by ``benchmarks/judging/quotes.py``.
_MARGIN = 0.8
_FIELD = 1.0  # logits above the best, of a field that is named
# Of what the second look adds to the logit for its order. With none of it a sentence of a far passage wins more often,
# with all of it the fact that stands in the second passage is left out: of 50 questions across the languages .60 of those
# that are answered hold it, with half .64
_ORDER = 0.5
_WORDS = {
    "not_mentioned": (
        "찾은 내용은 “{said}”에 대한 것이 아닙니다. 가장 가까운 내용입니다:",
        "What was found on this is not about {said}. What comes closest:",
    )
}
_OWN = 4.0  # standard deviations for a sentence with all the words of the follow-up itself


class ExtractiveWriter:
    """Quotes; see the module."""

    label = "extractive"
    remote = False

    def write(self, evidence: Evidence) -> Iterator[str]:
        """One quote at a time: the best sentence with what follows it, then the others, source by source.

        The own words of a follow-up count more than those of the question before. One that asks for more ("why?", "an
        example?") is not answered with what was quoted before, unless nothing else has as many of these words; who, when
        and how often may stand in the very sentence that was quoted. One that names nothing goes on with the documents of the
        answer before. Where another year or another model is asked for than
        the sources are about, that is said first. An article or section that is asked for by its number alone is quoted from
        its beginning. Where the cell that is asked for is empty in the first row that is quoted, a sentence below says so.
        """
        own = own_words(evidence.question, evidence.history)
        said = "\n".join(turn.answer for turn in evidence.history) if own else ""
        missing = not_found(evidence.question, own, [source.candidate for source in evidence.sources])
        if missing:
            language = language_of(evidence.question)
            yield worded(_WORDS, "not_mentioned", language, said=", ".join(missing)) + "\n\n"
        numbered = numbered_places(evidence.sources, evidence.question, own)
        is_whole = bool(numbered) and is_asked_whole(numbered, evidence.question, own)
        if is_whole:
            chosen = as_a_whole(evidence.sources, numbered, evidence.question, own)
        else:
            before = evidence.history[-1].documents if own else ()
            chosen = _chosen(_of_same_document(evidence.sources, own, before), own, said, evidence.question)
        above = ("", 0)
        for position, (source, sentence) in enumerate(chosen):
            separator = "\n\n" if position else ""
            quote_alone = quote(source, sentence)
            before_it, above = above, ("" if is_whole else lead_in(source, sentence), source.number)
            # what leads into a list stands above its first item only
            shown = quote_alone if above == before_it else behind(above[0], quote_alone)
            yield f"{separator}{shown} [{source.number}]"
        if chosen and (empty := said_empty_in(*chosen[0], evidence.question)):
            yield f"\n\n{empty}"

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        """The question after the words of the previous one when it cannot stand alone; otherwise as it is."""
        return joined(question, history)


def _chosen(sources: Sequence[Source], own: str, said: str, question: str) -> list[tuple[Source, Sentence]]:
    """The very best sentence with what follows it, then the others near it in reading order, its own source first.

    A field of a form that is asked for by its name comes before all that is not, and so does the row of a table into whose
    range a figure of the question falls, or which holds all words of the question; no other rows stand beside that. A passage that alone would be refused is not quoted beside one that would not, one
    about another year or model not beside one that may be about the one asked for, a title not beside anything else, and a
    row not beside those that the question names.
    """
    asked = asking_part(question)
    quotable = [(source, place) for source in sources for place in quotable_sentences(source, asked)]
    held = {source.number: held_places(source, question if own else asked, own) for source in sources}
    named = {
        source.number: named_places(source, asked, own)
        | ranged_places(source, question)
        | held[source.number]
        for source in sources
    }
    quotable = [
        at for at in quotable if at[1] in named[at[0].number] or not is_title(at[0], at[0].sentences[at[1]])
    ] or quotable
    alike = told_apart([source.candidate.whole for source in sources], question, own)
    quotable = numbered_places(sources, question, own) or quotable
    fitting = {source.number for source, fits in zip(sources, alike.fits, strict=True) if fits}
    quotable = [at for at in quotable if at[0].number in fitting] or quotable
    quotes = [quoted(source, source.sentences[place]) for source, place in quotable] if own else []
    shares = keyword_overlap(own, quotes) if own else [0.0] * len(quotable)
    if own and asks_for_more(own):
        is_said = [
            text in said
            and not is_table_row(source, source.sentences[place])  # its other cells were not asked for
            for (source, place), text in zip(quotable, quotes, strict=True)
        ]
        quotable, shares = _rather_new(quotable, shares, is_said)
    if not quotable:
        return []
    worths = [_worth(source, source.sentences[place]) for source, place in quotable]
    spread = pstdev(worths)
    worth = {
        (source.number, place): base + _OWN * spread * share
        for (source, place), base, share in zip(quotable, worths, shares, strict=True)
    }
    quotable = _that_answer(quotable, named)
    aside = (
        _other_rows(quotable, held)
        or rows_not_named(quotable, own)
        or {
            (number, place)
            for number, place in rows_not_named(quotable, question)
            if place not in named[number]
        }
    )
    quotable = [at for at in quotable if (at[0].number, at[1]) not in aside] or quotable
    fields = [at for at in quotable if at[1] in named[at[0].number]]
    if fields:
        top = max(worth.values())
        worth |= {(source.number, place): top + _FIELD for source, place in fields}
    ranked = sorted(quotable, key=lambda at: -worth[at[0].number, at[1]])
    first = ranked[0]
    margin = _MARGIN * spread
    least = worth[first[0].number, first[1]] - margin
    following = [] if first in fields else [at for at in quotable if _follows(first, at)]
    by_score = not own and first not in fields  # else the first is there for its words
    near = [
        at
        for at in ranked[1:]
        if at not in following
        and (worth[at[0].number, at[1]] >= least or (by_score and _scores_as_high(at, first, margin)))
    ]
    others = near[: _SENTENCES - 1 - len(following)]
    others.sort(key=lambda at: (at[0].number != first[0].number, at[0].number, at[1]))
    return [(source, source.sentences[place]) for source, place in (first, *following, *others)]


def _other_rows(quotable: Iterable[tuple[Source, int]], held: Mapping[int, set[int]]) -> set[tuple[int, int]]:
    """The rows beside those that hold all that is asked for."""
    if not any(held.values()):
        return set()
    return {
        (source.number, place)
        for source, place in quotable
        if place not in held[source.number] and is_table_row(source, source.sentences[place])
    }


def _of_same_document(sources: Sequence[Source], own: str, before: Sequence[str]) -> Sequence[Source]:
    """Of a follow-up that names nothing, "and on Saturday?", only what the documents of the answer before say.

    All of them where these say nothing clear: the open day of another club may be on Saturday too.
    """
    if not own or not says_no_subject(without_connective(own)):
        return sources
    same = [source for source in sources if source.document in before]
    return same if any(source.candidate.scores.alone == "strong" for source in same) else sources


def _that_answer(
    quotable: list[tuple[Source, int]], named: Mapping[int, set[int]]
) -> list[tuple[Source, int]]:
    """Without the sentences of passages that alone would be refused, where there are others.

    In a library of two languages a question lies nearer to sentences of its own, whatever they are about; the gate judges
    the languages apart.
    """
    left = [at for at in quotable if at[0].candidate.scores.alone != "absent" or named[at[0].number]]
    return left or quotable


def _rather_new(
    quotable: list[tuple[Source, int]], shares: list[float], is_said: list[bool]
) -> tuple[list[tuple[Source, int]], list[float]]:
    """Only the sentences that were not quoted before, where one of them has as much of the follow-up's own words."""
    new = [at for at, known in enumerate(is_said) if not known]
    if not new or max(shares[at] for at in new) < max(shares):
        return quotable, shares
    return [quotable[at] for at in new], [shares[at] for at in new]


def _scores_as_high(at: tuple[Source, int], first: tuple[Source, int], margin: float) -> bool:
    """Whether the sentence by itself answers as well as the first, in a passage whose logit is not far below.

    The fact often stands in the second passage.
    """
    (score, logit), (best, best_logit) = (
        (source.sentences[place].score, source.candidate.scores.rerank or 0.0)
        for source, place in (at, first)
    )
    if score is None or best is None:
        return False
    return score >= best and score + logit >= best + best_logit - margin


def _worth(source: Source, sentence: Sentence) -> float:
    """A sentence counts with its passage: alone, one that merely repeats the question's words would win.

    Its passage counts halfway between the reranker's logit and what the second look orders by. Without the reranker: the
    sentence's relevance, those of an earlier source first.
    """
    if sentence.score is None:
        return sentence.relevance - source.number
    scores = source.candidate.scores
    logit = scores.rerank or 0.0
    return sentence.score + logit + _ORDER * ((scores.combined or logit) - logit)


def _follows(first: tuple[Source, int], at: tuple[Source, int]) -> bool:
    """Whether ``at`` is the next sentence of the same paragraph of prose."""
    (source, place), (other, next_place) = first, at
    if source.number != other.number or next_place != place + 1:
        return False
    between = source.text[source.sentences[place].end : source.sentences[next_place].start]
    return between.count("\n") < 2 and not is_table_row(source, source.sentences[next_place])
