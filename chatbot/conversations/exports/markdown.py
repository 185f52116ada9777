"""A conversation as Markdown: to be read as it is, or drawn by any viewer without a link or a picture of others' making."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

from chatbot.conversations.conversation_store import shortened
from chatbot.conversations.exports.escape import formatted, inert, quoted
from chatbot.conversations.exports.facts import (
    arrow,
    candidates_note,
    facts,
    notes,
    source_line,
    stages,
    total_time,
)
from chatbot.conversations.exports.words import Language, Words
from chatbot.conversations.record import ExchangeRecord
from chatbot.rendering.figures import milliseconds, number, percent
from chatbot.trace import Candidate, Source

_COLUMNS = ("final", "movement", "passage", "fused", "dense", "lexical", "rerank", "probability")


def to_markdown(
    records: Sequence[ExchangeRecord], language: Language, *, title: str = "", timezone: tzinfo = UTC
) -> str:
    """``records`` as one file in the words of ``language``; the arguments are those of ``to_html``."""
    say = Words(language)
    title = title or (shortened(records[0].question) if records else say("receipt"))
    lines = [f"# {inert(title)}", f"*Second Look · {say('receipt')}*"]
    for record in records:
        lines += _exchange(record, say, timezone)
    return "\n\n".join([*lines, "---", say("footer")]) + "\n"


def _exchange(record: ExchangeRecord, say: Words, timezone: tzinfo) -> Iterator[str]:
    yield f"## {say('question')}"
    yield quoted(record.question)
    if record.query != record.question:
        yield inert(say("searched_as", query=record.query))
    yield f"## {say('answer')}"
    yield formatted(record.received, len(record.sources))
    if found := notes(record, say):
        yield "\n".join(f"- {inert(note)}" for note in found)
    if record.sources:
        yield f"## {say('sources')}"
        cited = record.citations
        for source in record.sources:
            yield from _source(source, source.number in cited, say)
    if record.candidates:
        yield from _candidates(record, say)
    yield f"## {say('made_with')}"
    spent = [f"{label} {milliseconds(value)}" for label, value in stages(record.timings, say)]
    rows = [
        *facts(record, say, timezone),
        (say("times"), " · ".join([*spent, total_time(record.timings, say)])),
    ]
    yield "\n".join(f"- {label}: {inert(value)}" for label, value in rows)


def _source(source: Source, cited: bool, say: Words) -> Iterator[str]:
    c = source.candidate
    badge = f" · {say('cited')}" if cited else ""
    yield f"**[{source.number}]** {_place(c, say)}{badge}  \n{arrow(c)} {source_line(c, say)}".replace(
        "\n ", "\n"
    )
    yield quoted("\n".join(filter(None, (c.header, c.text))))


def _candidates(record: ExchangeRecord, say: Words) -> Iterator[str]:
    yield f"## {say('considered', count=len(record.candidates))}"
    yield inert(candidates_note(record, say))
    head = [f"| {' | '.join(map(say, _COLUMNS))} |", f"|{' --- |' * len(_COLUMNS)}"]
    yield "\n".join([*head, *(_row(c, say) for c in record.candidates)])


def _row(c: Candidate, say: Words) -> str:
    s = c.scores
    verdict = say("cited") if c.cited else say("kept") if c.kept else say("dropped")
    scored = (
        (c.fused_rank, s.fused),
        (c.dense_rank, s.dense),
        (c.lexical_rank, s.lexical),
        (c.reranked_rank, s.rerank),
    )
    cells = [f"{'–' if rank is None else rank} ({number(score)})" for rank, score in scored]
    cells = [f"{c.rank} {verdict}", arrow(c), _place(c, say), *cells, inert(percent(s.probability))]
    return f"| {' | '.join(cells)} |"


def _place(c: Candidate, say: Words) -> str:
    page = say("page", page=c.page) if c.page is not None else ""
    parts = [f"**{inert(c.document.rsplit('/', 1)[-1])}**", page, inert(" › ".join(c.heading))]
    return " · ".join(filter(None, parts))
