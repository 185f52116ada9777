"""Questions that the documents answer, to be shown to somebody who does not know what to ask, at first or next.

possible_questions, next_questions -> each is asked silently: search and gate, no answer -> those that are answered from
their document
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Literal

from chatbot.answering.answer import Written
from chatbot.answering.library import spread
from chatbot.answering.suggesting.possible_questions import questions_of, subject
from chatbot.citations.markers import cited_numbers
from chatbot.store import DocumentRow, View
from chatbot.text.keywords import keyword_terms
from chatbot.text.language import hangul_share, language_of
from chatbot.trace import Search

COUNT = 3
_DOCUMENTS = 24  # that questions are made of
_OF_EACH = 3  # questions
_CHUNKS = 40  # of a document that are read for it
_TRIES = 18  # searches of 0.1 to 0.4 s; the models stay free for who asks meanwhile
_SECONDS = 15.0  # on a slow machine
_AROUND = 12  # chunks before and after a cited one, of which the next questions are made
_NEXT_TRIES = 8  # searches; the page waits some seconds for them
_KOREAN_FROM = 0.3
_THE_SAME = 0.6  # of the words of the shorter one of two questions

# of the sample documents that come with the program
_SAMPLES = {
    "ko": (
        ("ai-glossary-ko.txt", "Word2Vec 에 대해서 알려줄래?"),
        ("robot-vacuum-manual-ko.docx", "필터는 얼마나 자주 교체해야 하나요?"),
        ("ai-glossary-ko.txt", "크로스 인코더와 바이 인코더의 차이는?"),
    ),
    "en": (
        ("employee-handbook.pdf", "How many days a week may I work from home?"),
        ("reranking-guide.md", "What is a cross-encoder?"),
        ("reranking-guide.md", "How do I choose k and top_n?"),
    ),
}


@dataclass(frozen=True, slots=True)
class Possible:
    """A question, the document that should answer it, and the chunk that it was made of, 0 for none."""

    question: str
    document: str
    chunk: int = 0


def possible_questions(
    view: View, documents: Sequence[DocumentRow], language: Literal["ko", "en"]
) -> Iterator[Possible]:
    """Made of definitions and headings; one of each document in turn, those in ``language`` first."""
    names = {row.name: row.uri for row in documents if row.uri.startswith("data/")}
    for name, question in _SAMPLES[language]:
        if name in names:
            yield Possible(question, names[name])
    chosen = spread([row for row in documents if row.chunks], _DOCUMENTS)
    made = [_of_document(view, row.uri, language) for row in chosen]
    made.sort(key=lambda one: not one[0])
    for turn in zip_longest(*(questions for _, questions in made)):
        yield from filter(None, turn)


def next_questions(view: View, answered: Written) -> Iterator[Possible]:
    """About what stands around the cited passages, the nearest first, in the language of the question.

    Nothing about the cited passages themselves, and nothing that the conversation has asked about.
    """
    language = language_of(answered.question)
    asked = " ".join([answered.question, *(turn.question for turn in answered.history)]).casefold()
    numbers = cited_numbers(answered.received)
    cited = [source.candidate for source in answered.sources if source.number in numbers]
    known = {subject(candidate.heading[-1]) for candidate in cited if candidate.heading}
    for candidate in cited:
        around = view.chunks_around(candidate.chunk_id, _AROUND, _AROUND)
        here = next((place for place, chunk in enumerate(around) if chunk.id == candidate.chunk_id), None)
        if here is None:
            continue  # the document was read anew meanwhile
        nearest = sorted(range(len(around)), key=lambda place: (abs(place - here), -place))
        for chunk in (around[place] for place in nearest[1:]):
            for question, name in questions_of([chunk], language):
                if name not in known and name.casefold() not in asked:
                    known.add(name)
                    yield Possible(question, candidate.document, chunk.id)


def answered_next(
    possible: Iterable[Possible], search: Callable[[str], Search], seconds: float
) -> tuple[str, ...]:
    """Up to ``COUNT`` of ``next_questions`` that their document clearly answers, or the very passage they were made of.

    Args:
        search: finds and judges, without an answer; called at most ``_NEXT_TRIES`` times.
        seconds: no search begins later than this.
    """
    found: list[str] = []
    until = time.monotonic() + seconds
    for one in islice(possible, _NEXT_TRIES):
        judged = search(one.question)
        if judged.kept and judged.kept[0].document == one.document:  # none where the gate refuses
            is_clear = judged.gate.verdict == "strong"
            if is_clear or judged.kept[0].chunk_id == one.chunk:
                found.append(one.question)
        if len(found) == COUNT or time.monotonic() > until:
            break
    return tuple(found)


def answered_questions(
    possible: Iterator[Possible],
    search: Callable[[str], Search],
    seconds: float = _SECONDS,
    language: Literal["ko", "en"] | None = None,
) -> tuple[str, ...]:
    """Up to ``COUNT`` of them that are clearly answered, of different documents as far as there are any.

    A weak match is none: who is told that a question is answered must not be told to judge for themselves.

    Args:
        language: those in it come first, also where they are of one document.
        search: finds and judges, without an answer; called at most ``_TRIES`` times.
        seconds: no search begins later than this after the first one has ended.
    """
    found: list[Possible] = []
    spare: list[Possible] = []
    until: float | None = None
    for one in islice(possible, _TRIES):
        if any(_asks_the_same(one.question, other.question) for other in (*found, *spare)):
            continue
        judged = search(one.question)
        if judged.kept and judged.gate.verdict == "strong" and judged.kept[0].document == one.document:
            is_new = all(one.document != other.document for other in found)
            (found if is_new else spare).append(one)
        until = until or time.monotonic() + seconds  # the first search may have loaded the models
        wanted = [q for q in (*found, *spare) if language in (None, language_of(q.question))]
        if (len(found) >= COUNT and len(wanted) >= COUNT) or time.monotonic() > until:
            break
    best = sorted(found + spare, key=lambda one: language not in (None, language_of(one.question)))
    return tuple(one.question for one in best[:COUNT])


def _asks_the_same(one: str, other: str) -> bool:
    """Whether most words of the shorter question are in the other one."""
    terms, others = set(keyword_terms(one)), set(keyword_terms(other))
    fewer = min(len(terms), len(others))
    return bool(fewer) and len(terms & others) >= _THE_SAME * fewer


def questions_about(view: View, uri: str) -> list[Possible]:
    """What may be asked of one document, in its own language: about its middle, its end, then its beginning."""
    chunks = view.chunks_of(uri, _CHUNKS)
    text = "\n".join(chunk.text for chunk in chunks)
    language: Literal["ko", "en"] = "ko" if (hangul_share(text) or 0.0) >= _KOREAN_FROM else "en"
    made: dict[str, Possible] = {}
    for chunk in chunks:
        for question, name in questions_of([chunk], language):
            made.setdefault(name, Possible(question, uri, chunk.id))
    about = list(made.values())
    third = len(about) // 3
    return about[third:] + about[:third]


def _of_document(view: View, uri: str, language: Literal["ko", "en"]) -> tuple[bool, list[Possible]]:
    """Whether the document is in ``language``, and a few questions about it."""
    chunks = view.chunks_of(uri)[:_CHUNKS]
    text = "\n".join(chunk.text for chunk in chunks)
    is_korean = (hangul_share(text) or 0.0) >= _KOREAN_FROM
    about = [question for question, _ in questions_of(chunks, language)]
    middle = about[len(about) // 3 :] + about[: len(about) // 3]  # what stands first is a preface
    return is_korean == (language == "ko"), [Possible(question, uri) for question in middle[:_OF_EACH]]
