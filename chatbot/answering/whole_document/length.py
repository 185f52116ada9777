"""A document told in so many sentences, words or characters: which of its sentences, and what is said where that fails.

The sentence that opens the document, then the best of each section in turns, so that a short summary is one of the whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.answering.requests.forms import LANGUAGES, Form, form_of
from chatbot.answering.whole_document.central import (
    are_alike,
    best_statements,
    most_central,
    passage_worths,
    ranked_statements,
)
from chatbot.answering.whole_document.reading import WholeDocument
from chatbot.answering.whole_document.sections import Section, sections_of
from chatbot.answering.whole_document.statements import Statement, statements_in
from chatbot.answering.whole_document.words import Words
from chatbot.citations.markers import SHOWN
from chatbot.text.language import hangul_share
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Asked

MOST_SENTENCES = 30  # that are quoted of one document, however many are asked for
PARAGRAPH = 4  # sentences
_LOOKED_AT = (
    12  # passages of a section whose sentences are compared: its first ones and its most central ones
)
_OPENING = 4  # passages in which a document says what it is about
_WORDS, _CHARACTERS = 18, 60  # of a sentence, where several documents share what was asked for
_CITED = re.compile(rf"(?:{SHOWN})+")
_KOREAN_FROM = 0.3  # share of Hangul
_BEGINNING = 9  # passages that tell a document's language


def form_asked(asked: Asked) -> Form:
    """How the answer is to be told."""
    return form_of(asked.question, asked.history, sentences_told)


def sentences_told(answer: str) -> int:
    """How many sentences an answer has: those with citations, all of them where there are none."""
    return len(_CITED.findall(answer)) or len(sentence_spans(answer))


def is_told_already(asked: Asked, form: Form) -> bool:
    """Whether less is wanted than the one sentence that was given."""
    return (
        form.change == "shorter"
        and form.count == 1
        and bool(asked.history)
        and sentences_told(asked.history[-1].answer) == 1
    )


def best_of_section(document: WholeDocument, section: Section, count: int) -> list[Statement]:
    """Its ``count`` most central sentences, in reading order."""
    return best_statements(*_compared(document, section), section.start, count)


def statements_for(document: WholeDocument, form: Form, words: Words) -> list[Statement]:
    """As many sentences of the document as ``form`` asks for, in reading order; fewer where it has no more."""
    if form.unit in ("sentences", "paragraphs"):
        each = PARAGRAPH if form.unit == "paragraphs" else 1
        return spread_statements(document, words, min(form.count * each, MOST_SENTENCES))
    told = _most_telling(document, words, MOST_SENTENCES)
    fitting = [told[:n] for n in range(1, len(told) + 1) if size_of(told[:n], form) <= form.count]
    if fitting:
        return _in_reading_order(fitting[-1])
    return sorted(told, key=lambda statement: size_of([statement], form))[:1]


def size_of(statements: Sequence[Statement], form: Form) -> int:
    """Their words or characters."""
    text = " ".join(statement.text for statement in statements)
    return len(text.split()) if form.unit == "words" else len(text)


def spread_statements(document: WholeDocument, words: Words, count: int) -> list[Statement]:
    """``count`` sentences from all over the document, in reading order; fewer where it has no more that can stand alone."""
    return _in_reading_order(_most_telling(document, words, count)[:count])


def _most_telling(document: WholeDocument, words: Words, count: int) -> list[Statement]:
    """At least ``count`` sentences, those first that a shorter text would have too."""
    passages = document.passages
    opening = [s for s in statements_in(passages, range(len(passages))[:_OPENING]) if not s.leans]
    chosen = opening[:1]
    worths = passage_worths(document.vectors, 0, len(passages))
    ranked = [
        ranked_statements(*_compared(document, section), section.start, count)
        for section in sections_of(passages, words)
    ]
    for turn in range(count):
        if len(chosen) >= count:
            break
        new = [of[turn] for of in ranked if turn < len(of) and not are_alike(of[turn], chosen)]
        chosen += ranked_statements(new, worths, 0, len(new))
    if len(chosen) < count:
        others = [s for s in statements_in(passages, range(len(passages))) if not are_alike(s, chosen)]
        chosen += ranked_statements(others, worths, 0, count - len(chosen))
    return chosen


def _in_reading_order(statements: Sequence[Statement]) -> list[Statement]:
    return sorted(statements, key=lambda statement: (statement.place, statement.start))


def _compared(document: WholeDocument, section: Section) -> tuple[list[Statement], list[float]]:
    worths = passage_worths(document.vectors, section.start, section.end)
    places = [section.start + place for place in most_central(worths, _LOOKED_AT)]
    return statements_in(document.passages, places), worths


def shares_of(documents: Sequence[WholeDocument], form: Form) -> list[int]:
    """How many sentences each of several documents has: the longest ones one more where it does not come out even."""
    per = {"words": _WORDS, "characters": _CHARACTERS}.get(form.unit, 1)
    count = form.count * PARAGRAPH if form.unit == "paragraphs" else max(form.count // per, 1)
    if form.is_each:
        return [min(count, MOST_SENTENCES)] * len(documents)
    each, more = divmod(min(count, MOST_SENTENCES), len(documents))
    longest = sorted(range(len(documents)), key=lambda place: -documents[place].count)[:more]
    return [max(each + (place in longest), 1) for place in range(len(documents))]


def language_note(
    documents: Sequence[WholeDocument], form: Form, words: Words, key: str = "as_written"
) -> list[str]:
    """That a quote is no translation, where another language is asked for than that of the documents."""
    if not form.language or all(_language_of(document) == form.language for document in documents):
        return []
    korean, english = LANGUAGES[form.language]
    return [words.say(key, wanted=korean if words.language == "ko" else english)]


def length_notes(form: Form, found: Sequence[Statement], words: Words) -> list[str]:
    """That the quotes are fewer, or longer, than what was asked for."""
    if not found:
        return []
    if form.unit in ("words", "characters"):
        return [words.say("longer_than")] if size_of(found, form) > form.count else []
    if form.unit != "sentences" or len(found) >= form.count:
        return []
    if len(found) >= MOST_SENTENCES:
        return [words.say("most", most=MOST_SENTENCES)]
    return [words.say("fewer" if len(found) > 1 else "fewer_one", asked=form.count, found=len(found))]


def _language_of(document: WholeDocument) -> str:
    text = "\n".join(passage.text for passage in document.passages[:_BEGINNING])
    return "ko" if (hangul_share(text) or 0.0) >= _KOREAN_FROM else "en"
