"""Which sentences of the sources are quoted: what may be quoted -> what each is worth -> the best ones.

    _quotable, _fitting -> what its passage and the words of a follow-up add -> what is named comes first -> _best

What the choice is worth is measured by ``benchmarks/judging/quotes.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import pstdev

from chatbot.citations.asked_rows import rows_not_named
from chatbot.citations.lead_in import is_title, quoted
from chatbot.citations.named_lists import named_list
from chatbot.citations.numbered import numbered_places
from chatbot.citations.quotes import (
    Place,
    held_places,
    is_table_row,
    named_places,
    quotable_sentences,
    quote,
    ranged_places,
)
from chatbot.text.asking import asking_part, says_little
from chatbot.text.figures.marks import told_apart
from chatbot.text.keywords import keywords_of, word_of
from chatbot.text.language import in_another_language
from chatbot.text.leaning import asks_for_more, says_no_subject, without_connective
from chatbot.text.overlap import keyword_overlap, keywords_found
from chatbot.trace import Sentence, Source

_SENTENCES = 4
# Standard deviations below the best, in which a sentence still is about the question. With the sentence after
# the best one, because the fact often stands behind the sentence that has the question's words: 33 instead of 25
# of the 36 sample questions that are answered hold the right fact, in 2.6 instead of 1.6 sentences.
_MARGIN = 0.8
_FIELD = 1.0  # logits above the best, of a field that is named
# Of what the second look adds to the logit for its order. With none of it a sentence of a far passage wins more often,
# with all of it the fact that stands in the second passage is left out: of 50 questions across the languages .60 of those
# that are answered hold it, with half .64
_ORDER = 0.5
_HALF = 0.5  # of the words of a question
_OWN = 4.0  # standard deviations for a sentence with all the words of the follow-up itself


def choose(sources: Sequence[Source], own: str, said: str, question: str) -> list[tuple[Source, Sentence]]:
    """The best sentence with what follows it, then the others near it in reading order, its own source first.

    What is named by the question comes before all that is not: a field of a form, the row of a table into whose range a
    figure of the question falls, a row that holds all of its words.

    Each of these is quoted only where there is nothing better: a title; a passage about another year or model than the one
    asked for; a passage that alone would be refused; a row beside those that the question names. A list that is asked for by
    its name is quoted whole.

    Args:
        own: the words of a follow-up alone; empty for a question that stands alone.
        said: the answers before it.
    """
    asked = asking_part(question)
    if listed := named_list(sources, own or asked):
        return [(source, source.sentences[place]) for source, place in listed]
    held = {source.number: held_places(source, question if own else asked, own) for source in sources}
    named = {
        source.number: named_places(source, asked, own)
        | ranged_places(source, question)
        | held[source.number]
        for source in sources
    }
    places = _fitting(_quotable(sources, named, asked), sources, own, question)
    places, shares = _for_own_words(places, own, said) if own else (places, [0.0] * len(places))
    if not places:
        return []
    alone = [_worth(source, source.sentences[place]) for source, place in places]
    spread = pstdev(alone)
    worths = {
        (source.number, place): worth + _OWN * spread * share
        for (source, place), worth, share in zip(places, alone, shares, strict=True)
    }
    places = _without_other_rows(_that_answer(places, named, asked), held, named, own, question)
    fields = [at for at in places if at[1] in named[at[0].number]]
    if fields:
        top = max(worths.values())
        worths |= {(source.number, place): top + _FIELD for source, place in fields}
    best = _best(places, fields, worths, _MARGIN * spread, by_score=not own)
    return [(source, source.sentences[place]) for source, place in best]


def _quotable(sources: Sequence[Source], named: Mapping[int, set[int]], asked: str) -> list[Place]:
    """The sentences that can be quoted, without titles that are not ``named`` where there is anything else."""
    places = [(source, place) for source in sources for place in quotable_sentences(source, asked)]
    return [
        (source, place)
        for source, place in places
        if place in named[source.number] or not is_title(source, source.sentences[place])
    ] or places


def _once(places: Iterable[Place]) -> list[Place]:
    """Each sentence of a document where it stands first among ``places``: passages overlap."""
    first: dict[tuple[str, str], Place] = {}
    for source, place in places:
        first.setdefault((source.document, quote(source, source.sentences[place])), (source, place))
    return list(first.values())


def _fitting(places: list[Place], sources: Sequence[Source], own: str, question: str) -> list[Place]:
    """Those of the article that is asked for by its number, else all.

    What is about another year or model than the one asked for stays only where nothing else is left.
    """
    places = numbered_places(sources, question, own) or places
    alike = told_apart([source.candidate.whole for source in sources], question, own)
    fitting = {source.number for source, fits in zip(sources, alike.fits, strict=True) if fits}
    return [at for at in places if at[0].number in fitting] or places


def _for_own_words(places: list[Place], own: str, said: str) -> tuple[list[Place], list[float]]:
    """The sentences with the share, 0..1, of a follow-up's own words that each has.

    Where more is asked for, "an example?", what was quoted before is left out.
    """
    quotes = [quoted(source, source.sentences[place]) for source, place in places]
    shares = keyword_overlap(own, quotes)
    if not asks_for_more(own):
        return places, shares
    is_said = [
        text in said
        and not is_table_row(source, source.sentences[place])  # its other cells were not asked for
        for (source, place), text in zip(places, quotes, strict=True)
    ]
    return _rather_new(places, shares, is_said)


def _without_other_rows(
    places: list[Place],
    held: Mapping[int, set[int]],
    named: Mapping[int, set[int]],
    own: str,
    question: str,
) -> list[Place]:
    """Without the rows beside those that are asked for.

    These hold all that is asked for, or the follow-up's own words name them, or else the whole question does.
    """
    aside = _beside_held(places, held) or rows_not_named(places, own)
    if not aside:
        aside = {
            (number, place)
            for number, place in rows_not_named(places, question)
            if place not in named[number]
        }
    return [at for at in places if (at[0].number, at[1]) not in aside] or places


def _best(
    places: list[Place],
    fields: list[Place],
    worths: Mapping[tuple[int, int], float],
    margin: float,
    *,
    by_score: bool,
) -> list[Place]:
    """The sentence that is worth most with what follows it, then those within ``margin`` of it.

    Args:
        fields: those of ``places`` that the question names.
        by_score: whether a sentence counts too whose own score is as high as that of the first.
    """
    ranked = sorted(places, key=lambda at: -worths[at[0].number, at[1]])
    first = ranked[0]
    least = worths[first[0].number, first[1]] - margin
    following = [] if first in fields else [at for at in places if _follows(first, at)]
    by_score = by_score and first not in fields
    near = [
        at
        for at in ranked[1:]
        if at not in following
        and (worths[at[0].number, at[1]] >= least or (by_score and _scores_as_high(at, first, margin)))
    ]
    others = near[: _SENTENCES - 1 - len(following)]
    others.sort(key=lambda at: (at[0].number != first[0].number, at[0].number, at[1]))
    return _once([first, *following, *others])


def _beside_held(places: Iterable[Place], held: Mapping[int, set[int]]) -> set[tuple[int, int]]:
    """The rows beside those that hold all that is asked for."""
    if not any(held.values()):
        return set()
    return {
        (source.number, place)
        for source, place in places
        if place not in held[source.number] and is_table_row(source, source.sentences[place])
    }


def of_same_document(sources: Sequence[Source], own: str, before: Sequence[str]) -> Sequence[Source]:
    """Of a follow-up that names nothing, "and on Saturday?", only what the documents of the answer before say.

    All of them where these say nothing clear: the open day of another club may be on Saturday too.
    """
    if not own or not says_no_subject(without_connective(own)):
        return sources
    same = [source for source in sources if source.document in before]
    return same if any(source.candidate.scores.alone == "strong" for source in same) else sources


def _that_answer(places: list[Place], named: Mapping[int, set[int]], asked: str) -> list[Place]:
    """Without the sentences of passages that alone would be refused, where there are others.

    In a library of two languages a question lies nearer to sentences of its own, whatever they are about; the gate judges
    the languages apart. Where all that is left is in the other language, sentences with half the words of the question stay
    too: a passage about something else may look like an answer across the languages.
    """
    left = [at for at in places if at[0].candidate.scores.alone != "absent" or named[at[0].number]]
    return [*left, *_in_own_words(places, left, asked)] if left else places


def _in_own_words(places: list[Place], left: list[Place], asked: str) -> list[Place]:
    """What has half the words of ``asked`` in its language, where all that is ``left`` is in the other one."""
    numbers = {source.number: source.text for source, _ in places}
    foreign = dict(zip(numbers, in_another_language(asked, list(numbers.values())), strict=True))
    if not all(foreign[source.number] for source, _ in left):
        return []
    telling = " ".join(word for terms in keywords_of(asked) if not says_little(word := word_of(terms)))
    return [
        (source, place)
        for source, place in places
        if not foreign[source.number]
        and keywords_found(telling, source.text_of(source.sentences[place])) >= _HALF
    ]


def _rather_new(
    places: list[Place], shares: list[float], is_said: list[bool]
) -> tuple[list[Place], list[float]]:
    """Only the sentences that were not quoted before, where one of them has as much of the follow-up's own words."""
    new = [at for at, known in enumerate(is_said) if not known]
    if not new or max(shares[at] for at in new) < max(shares):
        return places, shares
    return [places[at] for at in new], [shares[at] for at in new]


def _scores_as_high(at: Place, first: Place, margin: float) -> bool:
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


def _follows(first: Place, at: Place) -> bool:
    """Whether ``at`` is the next sentence of the same paragraph of prose."""
    (source, place), (other, next_place) = first, at
    if source.number != other.number or next_place != place + 1:
        return False
    between = source.text[source.sentences[place].end : source.sentences[next_place].start]
    return between.count("\n") < 2 and not is_table_row(source, source.sentences[next_place])
