"""What is quoted of the article or section that a question names by its number."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.citations.quotes import Place, quotable_sentences
from chatbot.retrieval.by_number import stretches_by_number
from chatbot.text.figures.numbered import without_numbers
from chatbot.text.keywords import keywords_of
from chatbot.text.overlap import in_stems, terms_of
from chatbot.trace import Sentence, Source

_MOST = 8  # sentences of an article that is asked for as a whole
_LONGEST_TITLE = 80


def numbered_places(sources: Sequence[Source], question: str, own: str) -> list[Place]:
    """The sentences of what is asked for by number, of one document; none where nothing is, or it is in none of them."""
    held = stretches_by_number(question, own, [source.candidate for source in sources])
    if not held:
        return []
    document = sources[min(held)].document
    return [
        (sources[at], place)
        for at, stretches in held.items()
        if sources[at].document == document
        for place in quotable_sentences(sources[at])
        if any(each.start <= sources[at].sentences[place].start < each.end for each in stretches)
    ]


def is_asked_whole(places: Sequence[Place], question: str, own: str) -> bool:
    """Whether all of an article is asked for: no other word of the question stands in it, but in the document's name."""
    said = {term for word in keywords_of(without_numbers(own or question)) for term in in_stems(word)}
    there = " ".join(source.text_of(source.sentences[place]) for source, place in places)
    name = places[0][0].document.rpartition("/")[2]
    return not (said - terms_of(name)) & terms_of(there)


def as_a_whole(
    sources: Sequence[Source], places: Sequence[Place], question: str, own: str
) -> list[tuple[Source, Sentence]]:
    """An article from its beginning, with its title."""
    told = [(source, source.sentences[place]) for source, place in places[:_MOST]]
    source, first = told[0]
    stretch = stretches_by_number(question, own, [s.candidate for s in sources])[sources.index(source)][0]
    title = next((s for s in source.sentences if stretch.start <= s.start < first.start), None)
    if title is None or not 0 < len(source.text_of(title).strip()) <= _LONGEST_TITLE:
        return told
    return [(source, title), *told]
