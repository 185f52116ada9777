"""A conversation as Markdown: to be read as it is, or drawn by any viewer without a link or a picture of others' making."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, tzinfo

from chatbot.answering.answer.uncited import uncited_sentences
from chatbot.conversations.exports.escape import escape_for, escape_name, escape_quote
from chatbot.conversations.exports.facts import facts, notes
from chatbot.conversations.record import ExchangeRecord, Trace
from chatbot.conversations.texts import shortened
from chatbot.rendering.candidates import (
    arrow,
    became,
    closest,
    copies,
    file_name,
    movement_and_match,
    score_line,
)
from chatbot.rendering.checks import better_candidates, check_words
from chatbot.rendering.figures import percent
from chatbot.rendering.ranking import (
    COLUMNS,
    cut_words,
    kept_of,
    legend,
    probability_note,
    second_look_by,
    stage_cells,
    what_changed,
)
from chatbot.rendering.timing_bar import stage_words, total_words
from chatbot.rendering.words import Language, Say
from chatbot.trace import Candidate, Source


def to_markdown(
    records: Sequence[ExchangeRecord], language: Language, *, title: str = "", timezone: tzinfo = UTC
) -> str:
    """``records`` as one file in the words of ``language``; the arguments are those of ``to_html``."""
    say = Say(language)
    title = title or (shortened(records[0].question) if records else say("receipt"))
    lines = [f"# {escape_name(title)}", f"*Second Look · {say('receipt')}*"]
    for record in records:
        lines += _exchange(record, say, timezone)
    return "\n\n".join([*lines, "---", say("footer")]) + "\n"


def answer_to_markdown(trace: Trace, language: Language) -> str:
    """One answer to take along: its text, and the sources that it cites."""
    say = Say(language)
    text = escape_for(trace.llm, trace.request.kind)(trace.received, len(trace.sources))
    cited = [s for s in trace.sources if s.number in trace.citations]
    if not cited:
        return text.strip("\n") + "\n"
    listed = [f"- [{source.number}] {_place(source.candidate, say)}" for source in cited]
    return "\n".join([text.strip("\n"), "", f"**{say('sources')}**", "", *listed]) + "\n"


def _exchange(record: ExchangeRecord, say: Say, timezone: tzinfo) -> Iterator[str]:
    yield f"## {say('you_asked')}"
    yield escape_quote(record.question)
    if record.query != record.question:
        yield escape_name(say("searched_as", query=record.query))
    if record.also_searched:
        yield escape_name(say("also_searched_as", query=record.also_searched))
    yield f"## {say('answer')}"
    if record.gate.verdict == "weak":
        yield escape_name(say("weak_match"))
    yield escape_for(record.llm, record.request.kind)(record.received, len(record.sources))
    if found := [*_checked(record, say), *notes(record, say)]:
        yield _list(found)
    if shown := closest(record.candidates) if record.refused else record.sources:
        yield f"## {say('closest' if record.refused or record.declined else 'sources')}"
        cited = record.citations
        for source in shown:
            yield from _source(source, source.number in cited, say)
    if record.candidates:
        yield from _ranking(record, say)
    yield f"## {say('made_with')}"
    spent = [f"{label} {time}" for label, time in stage_words(record.timings, say)]
    rows = [
        *facts(record, say, timezone),
        (say("time"), " · ".join([total_words(record.timings, say), *spent])),
    ]
    yield "\n".join(f"- {label}: {escape_name(value)}" for label, value in rows)


def _checked(record: ExchangeRecord, say: Say) -> Iterator[str]:
    uncited = len(uncited_sentences(record))
    if record.checks or uncited:
        checks = record.checks or ()
        yield check_words(checks, record.llm, say, uncited)
        for _, words in better_candidates(checks, record.candidates, say):
            yield words


def _source(source: Source, cited: bool, say: Say) -> Iterator[str]:
    c = source.candidate
    badge = f" · {say('cited')}" if cited else ""
    moved = f"{arrow(c)} {movement_and_match(c, say)}".strip()
    yield f"**[{source.number}]** {_place(c, say)}{badge}  \n{moved}  \n{score_line(c, say)}"
    yield escape_quote("\n".join(filter(None, (c.header, c.text))))


def _ranking(record: ExchangeRecord, say: Say) -> Iterator[str]:
    candidates, look = record.candidates, record.second_look
    kept = sum(candidate.kept for candidate in candidates)
    yield f"## {say('why' if kept else 'why_none')}"
    counts = kept_of(candidates, look, say)
    yield _list(filter(None, (counts, what_changed(candidates, look, say), second_look_by(look, say))))
    head = [f"| {' | '.join(map(say, COLUMNS))} |", f"|{' --- |' * len(COLUMNS)}"]
    yield "\n".join([*head, *(_row(c, say) for c in candidates)])
    below = (cut_words(candidates, say), probability_note(candidates, look, say), legend(look, say))
    yield _list(filter(None, below))


def _row(c: Candidate, say: Say) -> str:
    stages = [
        " · ".join(filter(None, (f"{rank} ({score})" if score else rank, more)))
        for rank, score, more in stage_cells(c, say)
    ]
    cells = [
        f"{c.rank} {say(became(c))}",
        _place(c, say),
        *stages,
        escape_name(percent(c.scores.probability)),
    ]
    return f"| {' | '.join(cells)} |"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {escape_name(line)}" for line in lines)


def _place(c: Candidate, say: Say) -> str:
    page = say("page", page=c.page) if c.page is not None else ""
    parts = [f"**{escape_name(file_name(c))}**", page, escape_name(" › ".join(c.heading)), copies(c, say)]
    return " · ".join(filter(None, parts))
