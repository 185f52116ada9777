"""Answers without a language model: the best sentences of the sources, quoted with their numbers.

It invents nothing, needs no key and no download, and costs no more than the scores that the page shows anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatbot.answering.followups import joined, own_words
from chatbot.answering.writer import Evidence
from chatbot.citations.choice import choose, of_same_document
from chatbot.citations.lead_in import behind, lead_in
from chatbot.citations.numbered import as_a_whole, is_asked_whole, numbered_places
from chatbot.citations.quotes import quote, said_empty_in
from chatbot.retrieval.by_number import not_found
from chatbot.text.language import language_of, worded
from chatbot.trace import Turn

_WORDS = {
    "not_mentioned": (
        "찾은 내용은 “{said}”에 대한 것이 아닙니다. 가장 가까운 내용입니다:",
        "What was found on this is not about {said}. What comes closest:",
    )
}


class ExtractiveWriter:
    """Quotes; see the module."""

    label = "extractive"
    remote = False

    def write(self, evidence: Evidence) -> Iterator[str]:
        """One quote at a time: the best sentence with what follows it, then the others, source by source.

        - Before them: that what was found is about another year, model or article than the one asked for.
        - An article or section that is asked for as a whole is quoted from its beginning.
        - The own words of a follow-up count more than those of the question before. One that names nothing goes on with the
          documents of the answer before. One that asks for more ("why?", "an example?") leaves out what was quoted before,
          unless nothing else has as many of its words.
        - Behind them: that the cell which is asked for is empty in the first row that is quoted.
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
            chosen = choose(of_same_document(evidence.sources, own, before), own, said, evidence.question)
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
