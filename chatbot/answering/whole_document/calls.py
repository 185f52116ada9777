"""What a language model is asked about a whole document: one call, or one for each section.

documents -> sections -> their most central passages, numbered -> one call where all of it fits | a call each
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answering import prompts
from chatbot.answering.requests.forms import Form
from chatbot.answering.whole_document.central import most_central, passage_worths
from chatbot.answering.whole_document.numbering import MOST_SOURCES, Numbers
from chatbot.answering.whole_document.reading import WholeDocument
from chatbot.answering.whole_document.sections import Section, sections_of
from chatbot.answering.whole_document.statements import statements_in
from chatbot.answering.whole_document.words import Words
from chatbot.answering.writer import Evidence, SectionWriter, Writer
from chatbot.trace import Source, Turn

MOST_CALLS = 8
_PASSAGES = {"about": 12, "key_points": 24}  # that are sent for a topic that is told in a few sentences
_AS_IT_IS = Form()
_UNKNOWN_WINDOW = 20  # passages, 10,000 characters, for a writer that does not say what fits


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a model; ``title`` is the heading under which its text stands, empty for none."""

    title: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Calls:
    """All requests of one answer.

    Attributes:
        sent: how many passages they hold; ``count``: how many the documents have.
    """

    calls: tuple[Call, ...]
    sent: int
    count: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A section or a document, with its passages as sources and the worth of each, 0..1."""

    title: str
    sources: tuple[Source, ...]
    worths: tuple[float, ...]


def calls_for(
    question: str,
    topic: str,
    documents: Sequence[WholeDocument],
    writer: Writer,
    numbers: Numbers,
    words: Words,
    history: tuple[Turn, ...] = (),
    form: Form = _AS_IT_IS,
) -> Calls:
    """The calls; their sources are numbered by ``numbers`` in reading order, at most ``MOST_SOURCES``.

    Args:
        form: how it is to be told. A text of so many sentences is written in one call: nobody could share them out.
    """
    lang = form.language if form.language in ("ko", "en") else words.language
    parts = _parts(documents, topic, numbers, words, bool(form.count))
    sources = tuple(source for part in parts for source in part.sources)
    count = sum(document.count for document in documents)
    is_several = len(documents) > 1
    if is_several:
        task = "compare" if topic == "compare" else "documents"
    else:
        task = topic if topic in _PASSAGES else "summary"
    whole = Evidence(question, sources, history, prompts.tell(task, lang, form))
    if not isinstance(writer, SectionWriter):
        kept = _most_worthy(parts, _UNKNOWN_WINDOW)
        return Calls((Call("", _of(whole, kept)),), len(kept), count)
    is_all = len(sources) == sum(len(document.passages) for document in documents)
    if len(parts) == 1 or form.count or ((is_all or is_several) and writer.fits(whole)):
        fitted = _fitted(whole, _worth_of(parts), writer)
        return Calls((Call("", fitted),), len(fitted.sources), count)
    rules = prompts.tell("document" if is_several else "section", lang, form)
    calls = tuple(
        _call(
            part, rules, writer, prompts.of_section(part.title, part.sources[0].number, lang, form.language)
        )
        for part in parts
    )
    return Calls(calls, sum(len(call.evidence.sources) for call in calls), count)


def _call(part: _Part, rules: str, writer: SectionWriter, question: str) -> Call:
    evidence = Evidence(question, part.sources, rules=rules)
    return Call(part.title, _fitted(evidence, _worth_of([part]), writer))


def _parts(
    documents: Sequence[WholeDocument], topic: str, numbers: Numbers, words: Words, is_short: bool
) -> list[_Part]:
    """What there is a call for, in reading order; the passages that may be sent are shared out among them."""
    most = _PASSAGES.get(topic, _PASSAGES["key_points"] if is_short else MOST_SOURCES)
    if len(documents) > 1:
        stretches = [(d, Section(d.name, 0, len(d.passages))) for d in documents]
    elif topic in _PASSAGES or is_short:
        stretches = [(d, Section("", 0, len(d.passages))) for d in documents]
    else:
        stretches = [(d, s) for d in documents for s in sections_of(d.passages, words, MOST_CALLS)]
    shares = _shares([section.end - section.start for _, section in stretches], most)
    found = [_part(*stretch, share, numbers) for stretch, share in zip(stretches, shares, strict=True)]
    return [part for part in found if part.sources]


def _part(document: WholeDocument, section: Section, share: int, numbers: Numbers) -> _Part:
    worths = passage_worths(document.vectors, section.start, section.end)
    sources, kept = [], []
    for place in most_central(worths, share):
        passage = document.passages[section.start + place]
        if numbers.number(passage) is not None:
            for statement in statements_in(document.passages, [section.start + place])[:1]:
                numbers.mark(passage, statement.start)
            sources.append(numbers.source(passage))
            kept.append(worths[place])
    return _Part(section.title, tuple(sources), tuple(kept))


def _shares(sizes: Sequence[int], most: int) -> list[int]:
    """How many passages of each may be sent: as many as it has where that is little, the rest shared out evenly."""
    shares = [0] * len(sizes)
    left = most
    for waiting, place in zip(
        range(len(sizes), 0, -1), sorted(range(len(sizes)), key=lambda i: sizes[i]), strict=True
    ):
        shares[place] = min(sizes[place], left // waiting)
        left -= shares[place]
    return shares


def _worth_of(parts: Sequence[_Part]) -> dict[int, float]:
    """Source number -> worth."""
    return {s.number: w for part in parts for s, w in zip(part.sources, part.worths, strict=True)}


def _most_worthy(parts: Sequence[_Part], most: int) -> tuple[Source, ...]:
    """Of every part its share of ``most`` sources, in reading order."""
    kept: list[Source] = []
    for part, share in zip(parts, _shares([len(part.sources) for part in parts], most), strict=True):
        kept += [part.sources[place] for place in most_central(part.worths, share)]
    return tuple(kept)


def _fitted(evidence: Evidence, worths: dict[int, float], writer: SectionWriter) -> Evidence:
    """``evidence`` without its least central passages where not all of them fit; one stays in any case."""
    sources = list(evidence.sources)
    while len(sources) > 1 and not writer.fits(_of(evidence, sources)):
        sources.remove(min(sources, key=lambda source: (worths[source.number], -source.number)))
    return _of(evidence, sources)


def _of(evidence: Evidence, sources: Sequence[Source]) -> Evidence:
    return Evidence(evidence.question, tuple(sources), evidence.history, evidence.rules)
