"""The parts of a receipt: a source, the table of all candidates, the times, and what it was made with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo

from chatbot.conversations.exports.facts import arrow, candidates_note, facts, source_line, stages, total_time
from chatbot.conversations.exports.words import Words
from chatbot.conversations.record import ExchangeRecord
from chatbot.rendering.answer import passage_id
from chatbot.rendering.figures import milliseconds, number, percent
from chatbot.rendering.safe import as_attribute, as_html, name_as_html
from chatbot.trace import Candidate, Sentence, Source

_SNIPPET = 120  # characters
_COLUMNS = ("final", "movement", "passage", "fused", "dense", "lexical", "rerank", "probability")


def source_card(source: Source, cited: bool, anchor: str, say: Words) -> str:
    """Number, place, movement, the whole passage with its telling sentences marked."""
    c = source.candidate
    direction = _direction(c)
    badge = f'<span class="badge">{say("cited")}</span>' if cited else ""
    header = f'<p class="header">{as_html(c.header)}</p>' if c.header else ""
    return (
        f'<div class="card" id="{passage_id(anchor, source.number)}"><p class="place"><b class="number">{source.number}</b>'
        f"{_place(c, say)}{badge}</p>"
        f'<p class="fine"><b class="{direction}">{arrow(c)}</b> {as_html(source_line(c, say))}</p>'
        f"<blockquote>{header}{_highlighted(c.text, source.highlights)}</blockquote></div>"
    )


def candidate_table(record: ExchangeRecord, say: Words) -> str:
    """Every candidate with its ranks and scores before and after; a line where the cut fell."""
    candidates = record.candidates
    kept = sum(c.kept for c in candidates)
    rows = [_row(c, len(candidates), say) for c in candidates]
    if 0 < kept < len(rows):
        rows.insert(kept, f'<tr class="cut"><td colspan="{len(_COLUMNS)}">{say("cut", kept=kept)}</td></tr>')
    head = "".join(f"<th>{say(column)}</th>" for column in _COLUMNS)
    return (
        f"<section><h2>{say('considered', count=len(candidates))}</h2>"
        f'<p class="fine">{as_html(candidates_note(record, say))}</p>'
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        f'<p class="fine">{say("legend")}</p></section>'
    )


def time_bar(timings: Mapping[str, float], say: Words) -> str:
    """The stages in the order of the flow; then the time to the first word and in all."""
    shown = stages(timings, say)
    whole = sum(spent for _, spent in shown) or 1.0
    segments, labels, left = [], [], 0.0
    for i, (label, spent) in enumerate(shown):
        width = 100 * spent / whole
        segments.append(f'<rect class="t{i % 6}" x="{left:.2f}" width="{width:.2f}" height="4"/>')
        labels.append(f'<span><i class="t{i % 6}"></i>{as_html(label)} {as_html(milliseconds(spent))}</span>')
        left += width
    labels.append(f"<span>{as_html(total_time(timings, say))}</span>")
    bar = f'<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{"".join(segments)}</svg>'
    return f'{bar}<p class="times" aria-label="{say("times")}">{"".join(labels)}</p>'


def fact_list(record: ExchangeRecord, say: Words, timezone: tzinfo) -> str:
    rows = "".join(
        f"<dt>{label}</dt><dd>{name_as_html(value)}</dd>" for label, value in facts(record, say, timezone)
    )
    return f"<dl>{rows}</dl>"


def _row(c: Candidate, count: int, say: Words) -> str:
    verdict = "cited" if c.cited else "kept" if c.kept else "dropped"
    s = c.scores
    snippet = name_as_html(c.text[:_SNIPPET])
    if len(c.text) > _SNIPPET:
        snippet = f"<details><summary>{snippet}…</summary>{as_html(c.text)}</details>"
    else:
        snippet = f'<span class="snippet">{snippet}</span>'
    words = {"cited": say("cited"), "kept": say("kept"), "dropped": say("dropped")}[verdict]
    return (
        f'<tr class="{verdict}"><td class="final"><b>{c.rank}</b><small>{words}</small></td>'
        f'<td>{_track(c, count, say)}</td><td class="passage"><span class="place">{_place(c, say)}</span>{snippet}</td>'
        f"{_cell(c.fused_rank, s.fused)}{_cell(c.dense_rank, s.dense)}{_cell(c.lexical_rank, s.lexical)}"
        f"{_cell(c.reranked_rank, s.rerank)}<td>{as_html(percent(s.probability))}</td></tr>"
    )


def _cell(rank: int | None, score: float | None) -> str:
    shown = f"<small>{as_html(number(score))}</small>" if score is not None else ""
    return f"<td>{'–' if rank is None else rank}{shown}</td>"


def _track(c: Candidate, count: int, say: Words) -> str:
    """From the retrieval rank (ring) to the final one (dot) on a line from 1st to last."""

    def at(rank: int) -> float:
        return 5 + 70 * (min(rank, count) - 1) / max(count - 1, 1)

    direction = _direction(c)
    words = say(direction, places=abs(c.moved)) if c.moved else say("same")
    before, after = at(c.fused_rank or count), at(c.rank)
    return (
        f'<span class="{direction}"><svg class="track" viewBox="0 0 80 12" role="img" aria-label="{words}">'
        f'<path class="rail" d="M5 6H75"/><path d="M{before:.1f} 6H{after:.1f}"/>'
        f'<circle class="from" cx="{before:.1f}" cy="6" r="3"/><circle cx="{after:.1f}" cy="6" r="3.5"/></svg>'
        f"<small>{arrow(c)}</small></span>"
    )


def _place(c: Candidate, say: Words) -> str:
    """File name, page, heading path; the folder in a tooltip."""
    name = f'<span class="doc" title="{as_attribute(c.document)}">{name_as_html(c.document.rsplit("/", 1)[-1])}</span>'
    page = f"<span>{say('page', page=c.page)}</span>" if c.page is not None else ""
    heading = f'<span class="path">{name_as_html(" › ".join(c.heading))}</span>' if c.heading else ""
    return name + page + heading


def _highlighted(text: str, highlights: Iterable[Sentence]) -> str:
    pieces, position = [], 0
    for sentence in sorted(highlights, key=lambda s: s.start):
        start, end = max(sentence.start, position), min(sentence.end, len(text))
        if start < end:
            pieces.append(f"{as_html(text[position:start])}<mark>{as_html(text[start:end])}</mark>")
            position = end
    return "".join(pieces) + as_html(text[position:])


def _direction(c: Candidate) -> str:
    return "up" if c.moved > 0 else "down" if c.moved < 0 else "same"
