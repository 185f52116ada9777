"""The searches of all parts -> one answer: quotes, or what a language model makes of their sources.

of_part (which candidates count) -> sources numbered through -> quotes with [n], or calls to a model -> ``Answer``
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from chatbot.answering import prompts
from chatbot.answering.answer import Answer, Answered, frozen_search, refusal
from chatbot.answering.extractive import ExtractiveWriter
from chatbot.answering.gathering.collecting import listed
from chatbot.answering.gathering.combining import candidates_of, gate_of, look_of, merged, sources_of
from chatbot.answering.gathering.comparing import compared
from chatbot.answering.gathering.finding import Found, of_part
from chatbot.answering.gathering.naming import as_title
from chatbot.answering.gathering.words import Words
from chatbot.answering.requests.several import MOST
from chatbot.answering.tables.table_answer import Computed
from chatbot.answering.whole_document.calls import Call, Calls
from chatbot.answering.whole_document.telling import written
from chatbot.answering.whole_document.words import Words as TellingWords
from chatbot.answering.writer import Evidence, WrappedWriter, Writer, Writing
from chatbot.citations.markers import renumbered
from chatbot.citations.quotes import is_table_row
from chatbot.citations.sources import Scorer
from chatbot.errors import Phrase
from chatbot.text.language import language_of
from chatbot.trace import Asked, Gate, Gathered, Part, Request, Search, Source, Turn

Compute = Callable[[str, Sequence[str]], Computed | None]  # (question, documents) -> what a table says


def gather(
    asked: Asked,
    searches: Sequence[tuple[str, Search]],
    top_n: int,
    score: Scorer,
    compute: Compute,
    writer: Callable[[], Writer],
) -> Answer:
    """The answer to ``asked``, refused only where nothing is found for any part.

    Args:
        searches: (title, search) of each part.
        top_n: sources of a part; a collection has up to ``MOST_ENTRIES``.
        compute: is asked for questions only; a part that a table answers is computed.
        writer: gives who writes; not asked for a refusal.
    """
    question, request, timings = asked.question, asked.request, asked.timings
    parts = [of_part(title, search, request.kind, top_n) for title, search in searches]
    if request.kind == "several":
        with timings.measure("compute"):
            parts = [_computed(part, compute) for part in parts]
    with timings.measure("highlight"):
        by_part = sources_of(parts, score)
    sources = merged(by_part)
    told = tuple(_told(part, of) for part, of in zip(parts, by_part, strict=True))
    paragraphs = _quoted(question, request, parts, by_part, told)
    candidates = candidates_of(parts, sources)
    search = Search(
        question, question, candidates, look_of(parts, len(candidates)), _gate(parts, request), timings, request,
        gathered=Gathered(told, "\n\n".join(paragraphs)),
    )  # fmt: skip
    return _start(search, sources, asked.history, writer)


def gather_again(answered: Answered, writer: Callable[[], Writer]) -> Answer:
    """The same from the sources of an answer that was given: no search, and their numbers stay."""
    return _start(frozen_search(answered), tuple(answered.sources), answered.history, writer)


def _start(
    search: Search, sources: tuple[Source, ...], history: Sequence[Turn], writer: Callable[[], Writer]
) -> Answer:
    if search.gate.refused or search.gathered is None:
        return Answer(search, (), "", iter([_refusal(search)]), history)
    by = writer()
    if isinstance(by, ExtractiveWriter) or _are_rows(search.request, sources):
        return Answer(search, sources, ExtractiveWriter.label, _paragraphs(search.gathered.quoted), history)
    return Answer(
        search, sources, by.label, _by_model(search, search.gathered, sources, history, by), history
    )


def _are_rows(request: Request, sources: Sequence[Source]) -> bool:
    """Whether all that is compared or collected are rows of tables: the program lays these side by side itself.

    A small model reads them from the wrong row: of two coffees with their prices it told neither price, and called the
    dearer one cheaper.
    """
    rows = [is_table_row(source, sentence) for source in sources for sentence in source.highlights]
    return request.kind in ("compare", "collect") and bool(rows) and all(rows)


def _gate(parts: Sequence[Found], request: Request) -> Gate:
    """The verdict on all parts. How likely the best passage answers says nothing where what is named is in none of them."""
    gate = gate_of(parts)
    if not gate.refused or request.kind == "several":
        return gate
    names = "; ".join(as_title(part.title) for part in parts)
    return Gate(refused=True, reason=Phrase("nothing was found in the documents about: {names}", names=names))


def _refusal(search: Search) -> str:
    """What is answered where nothing was found, with what is missing of a comparison or a collection."""
    said = refusal(search.question)
    if search.request.kind == "several" or search.gathered is None:
        return said
    names = "; ".join(as_title(part.title) for part in search.gathered.parts)
    return f"{said} {Words(search.question).say('missing', name=names)}"


def _paragraphs(text: str) -> Iterator[str]:
    for place, paragraph in enumerate(text.split("\n\n")):
        yield f"\n\n{paragraph}" if place else paragraph


def _computed(part: Found, compute: Compute) -> Found:
    """The part with what a table says to it, if one does; its rows are then its sources."""
    documents = list(dict.fromkeys(c.document for c in part.search.candidates))
    found = compute(part.title, documents)
    if found is None:
        return part
    known = {c.chunk_id: c for c in part.search.candidates}
    rows = tuple(
        replace(source, candidate=known.get(source.candidate.chunk_id, source.candidate))
        for source in found.sources
    )
    return replace(part, kept=tuple(source.candidate for source in rows), computed=found.text, rows=rows)


def _told(part: Found, sources: Sequence[Source]) -> Part:
    numbers = tuple(source.number for source in sources)
    own = {row.number: number for row, number in zip(part.rows, numbers, strict=False)}
    said = renumbered(part.computed, own)
    return Part(part.title, part.search.query, part.gate, numbers, len(part.search.candidates), said)


# as quotes


def _quoted(
    question: str,
    request: Request,
    parts: Sequence[Found],
    by_part: Sequence[tuple[Source, ...]],
    told: Sequence[Part],
) -> list[str]:
    words = Words(question)
    if request.kind == "compare":
        body = compared([part.title for part in parts], by_part, words) if any(by_part) else []
        return [*body, *_missing(told, words)]
    if request.kind == "collect":
        only = parts[0]
        return listed(only.title, by_part[0], only.more, len(only.search.candidates), words)
    paragraphs = []
    before: tuple[Turn, ...] = ()
    is_mixed = any(part.gate.verdict == "strong" for part in parts)
    for one, sources in zip(told, by_part, strict=True):
        paragraphs.append(f"## {as_title(one.title)}")
        if is_mixed and one.gate.verdict == "weak":
            paragraphs.append(words.say("weak"))
        said = one.said or words.say("absent")
        if not one.said and sources:
            said = "".join(ExtractiveWriter().write(Evidence(one.query, sources, before)))
        paragraphs.append(said)
        before = (Turn(one.query, said),)
    return [text.strip("\n") for text in paragraphs] + _unasked(request, words)


def _missing(parts: Sequence[Part], words: Words) -> list[str]:
    return [words.say("missing", name=as_title(part.title)) for part in parts if not part.numbers]


def _unasked(request: Request, words: Words) -> list[str]:
    others = request.parts[MOST:]
    return [words.say("unasked", most=MOST, names=" ".join(map(as_title, others)))] if others else []


# by a language model


def _by_model(
    search: Search, gathered: Gathered, sources: Sequence[Source], history: Sequence[Turn], writer: Writer
) -> Writing:
    words, lang = Words(search.question), language_of(search.question)
    by_number = {source.number: source for source in sources}
    if search.request.kind == "several":
        calls = [
            Call(part.title, Evidence(part.query, tuple(by_number[n] for n in part.numbers)))
            for part in gathered.parts
        ]
        prepared = {
            part.query: part.said or words.say("absent")
            for part in gathered.parts
            if part.said or not part.numbers
        }
        below, by = _unasked(search.request, words), _Prepared(writer, prepared)
    else:
        rules = prompts.gather(search.request.kind, _groups(gathered.parts), lang)
        ordered = tuple(by_number[number] for number in _in_turns(gathered.parts))
        calls = [Call("", Evidence(search.question, ordered, tuple(history), rules))]
        below, by = _missing(gathered.parts, words), _Prepared(writer, {})
    every = Calls(tuple(calls), len(sources), len(sources))
    return written(every, below, by, TellingWords(lang), lambda _: None)


class _Prepared(WrappedWriter):
    """``writer``, except for the questions that the documents do not answer: no model is asked about these."""

    def __init__(self, writer: Writer, prepared: dict[str, str]) -> None:
        super().__init__(writer)
        self._prepared = prepared

    def write(self, evidence: Evidence) -> Iterator[str]:
        text = self._prepared.get(evidence.question)
        return super().write(evidence) if text is None else iter([text])


def _groups(parts: Sequence[Part]) -> list[tuple[str, tuple[int, ...]]]:
    return [(part.title, part.numbers) for part in parts if part.numbers]


def _in_turns(parts: Sequence[Part]) -> list[int]:
    """The numbers of the sources, one of each part in turn: where not all fit a small window, no side goes without."""
    longest = max(len(part.numbers) for part in parts)
    turns = [part.numbers[place] for place in range(longest) for part in parts if place < len(part.numbers)]
    return list(dict.fromkeys(turns))
