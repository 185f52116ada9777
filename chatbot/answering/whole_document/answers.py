"""A question about whole documents -> its answer: quotes, or what a language model makes of their passages.

read (all passages) -> sections -> quotes with [n], or calls to a model -> sources, and an ``Answer``
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence

from chatbot.answering.answer import Answer, Answered, unranked
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.requests.forms import asked_first
from chatbot.answering.whole_document.calls import MOST_CALLS, calls_for
from chatbot.answering.whole_document.kept import KeptText, KeptTexts
from chatbot.answering.whole_document.length import form_asked, is_told_already
from chatbot.answering.whole_document.numbering import Numbers
from chatbot.answering.whole_document.quoting import closing, quoted, quoted_side_by_side, quoted_together
from chatbot.answering.whole_document.reading import (
    MOST_PASSAGES,
    WholeDocument,
    documents_in,
    name_of,
    read_document,
)
from chatbot.answering.whole_document.telling import from_kept, written
from chatbot.answering.whole_document.words import Words
from chatbot.answering.writer import Writer, Writing
from chatbot.citations.markers import in_parentheses
from chatbot.errors import Phrase
from chatbot.store import DocumentRow, View
from chatbot.text.language import language_of
from chatbot.trace import Asked, Timings

MOST_DOCUMENTS = 12  # that are quoted; a model is asked about ``MOST_CALLS``
_NAMED = 20  # documents that are only named, and reasons that are told


def answer_whole(
    view: View, rows: Sequence[DocumentRow], asked: Asked, writer: Writer, kept: KeptTexts
) -> Answer:
    """The answer about ``rows``, written once it is iterated.

    Args:
        rows: the documents that are asked about. Those without a readable passage are named, with the reason.
        kept: where a model's texts stay, by what the documents hold, the model and the question.
    """
    by_content: dict[str, DocumentRow] = {}
    for row in rows:
        if row.chunks:
            by_content.setdefault(row.sha256, row)
    readable = list(by_content.values())  # copies once
    unread = [row for row in rows if not row.chunks]
    notes = _reasons(rows)
    if not readable:
        return _answer(asked, Numbers(), 0, "", _quoting([_nothing(unread, _words_for(asked))], notes))
    told = readable[: MOST_DOCUMENTS if _is_quoted(asked, writer) else MOST_CALLS]
    with asked.timings.measure("read"):
        documents = [read_document(view, row, MOST_PASSAGES // len(told)) for row in told]
    below = [
        *closing(documents, _words_for(asked)),
        *_only_named(readable[len(told) :], unread, _words_for(asked)),
    ]
    numbers, read = Numbers(), sum(document.read for document in documents)
    with asked.timings.measure("highlight"):
        if _is_quoted(asked, writer):
            paragraphs = _paragraphs(documents, asked, numbers)
            return _answer(
                asked, numbers, read, ExtractiveWriter.label, _quoting([*paragraphs, *below], notes)
            )
        version = tuple((row.sha256, row.made_by) for row in told)
        deltas = _by_model(documents, asked, writer, numbers, below, kept, version)
    return _answer(asked, numbers, read, writer.label, deltas)


def answer_whole_again(answered: Answered, writer: Writer) -> Answer:
    """The same from the sources of an answer that was given: no search, and their numbers stay."""
    asked = Asked(answered.question, answered.request, tuple(answered.history), Timings())
    documents, numbers = documents_in(answered.sources), Numbers(tuple(answered.sources))
    read = answered.second_look.of
    if _is_quoted(asked, writer):
        paragraphs = _paragraphs(documents, asked, numbers)
        return _answer(asked, numbers, read, ExtractiveWriter.label, _quoting(paragraphs, []))
    deltas = _by_model(documents, asked, writer, numbers, [], KeptTexts(), ())
    return _answer(asked, numbers, read, writer.label, deltas)


def _is_quoted(asked: Asked, writer: Writer) -> bool:
    """Whether no model is asked: headings and page numbers are facts of the index."""
    return isinstance(writer, ExtractiveWriter) or asked.request.topic == "outline"


def _words_for(asked: Asked) -> Words:
    """What the program itself says, in the language of the question."""
    return Words(language_of(asked.question))


def _paragraphs(documents: Sequence[WholeDocument], asked: Asked, numbers: Numbers) -> list[str]:
    form, words = form_asked(asked), _words_for(asked)
    if len(documents) > 1:
        side_by_side = asked.request.topic == "compare"
        tell = quoted_side_by_side if side_by_side else quoted_together
        return tell(documents, words, numbers, form)
    first, *others = quoted(documents[0], asked.request.topic, words, numbers, form)
    return [first, *([words.say("already_one")] if is_told_already(asked, form) else []), *others]


def _quoting(paragraphs: Sequence[str], notes: Sequence[Phrase]) -> Writing:
    """The paragraphs one by one; no model is at work."""

    def begin(writing: Writing) -> Generator[str, None, None]:
        for note in notes:
            writing.note(note)
        for place, paragraph in enumerate(paragraphs):
            yield f"\n\n{paragraph}" if place else paragraph

    return Writing(begin)


def _by_model(
    documents: Sequence[WholeDocument],
    asked: Asked,
    writer: Writer,
    numbers: Numbers,
    below: Sequence[str],
    kept: KeptTexts,
    version: tuple[tuple[str, str], ...],
) -> Writing:
    """What ``writer`` makes of them, or has made of them before.

    Args:
        version: what the text of the documents depends on, besides the passages that are sent.
    """
    words, form = _words_for(asked), form_asked(asked)
    question = asked_first(asked.question, asked.history)
    calls = calls_for(question, asked.request.topic, documents, writer, numbers, words, asked.history, form)
    sent = tuple(source.candidate.chunk_id for call in calls.calls for source in call.evidence.sources)
    key = (
        version,
        sent,
        writer.label,
        asked.request.topic,
        words.language,
        asked.question.strip(),
        asked.history,
    )
    if (found := kept.find(key)) is not None:
        return from_kept(found)
    central = [words.say("central", count=calls.count, sent=calls.sent)] if calls.sent < calls.count else []
    keep: Callable[[KeptText], None] = lambda text: kept.keep(key, text)  # noqa: E731
    return written(calls, [*central, *below], writer, words, keep)


def _answer(asked: Asked, numbers: Numbers, read: int, llm: str, deltas: Writing) -> Answer:
    return unranked(
        asked.question, asked.request, numbers.sources, llm, deltas, asked.history, asked.timings, read=read
    )


def _reasons(rows: Sequence[DocumentRow]) -> list[Phrase]:
    """Why documents were not read, or only in part; told beside the answer, in the language of the page."""
    return [
        Phrase("{name} was read only in part: {reason}", name=name_of(row), reason=row.reason)
        if row.chunks
        else Phrase("{name} was not read: {reason}", name=name_of(row), reason=row.reason)
        for row in rows
        if row.reason
    ][:_NAMED]


def _nothing(unread: Sequence[DocumentRow], words: Words) -> str:
    return words.say("cannot", names=_names(unread, words)) if unread else words.say("none")


def _only_named(others: Sequence[DocumentRow], unread: Sequence[DocumentRow], words: Words) -> Iterable[str]:
    if others:
        yield words.say("named_only", names=_names(others, words))
    if unread:
        yield words.say("unread", names=_names(unread, words))


def _names(rows: Sequence[DocumentRow], words: Words) -> str:
    more = [words.say("more", count=len(rows) - _NAMED)] if len(rows) > _NAMED else []
    return "; ".join([*(in_parentheses(name_of(row)) for row in rows[:_NAMED]), *more])
