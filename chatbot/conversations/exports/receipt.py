"""The receipt: a conversation as one HTML file that shows how each answer came about, and contacts nothing.

Its policy allows one style sheet, by its hash, and nothing else: no script, picture, font, frame or form. Whatever a
document, a file name or a model put into it stays text.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path

from chatbot.answering.answer.uncited import uncited_sentences
from chatbot.conversations.exports.facts import facts, notes
from chatbot.conversations.record import ExchangeRecord
from chatbot.conversations.texts import shortened
from chatbot.rendering.answer import Uncited, passage_id, renderer_of
from chatbot.rendering.candidates import arrow, closest, direction, movement_and_match, place, score_line
from chatbot.rendering.checks import check_line, citation_marks
from chatbot.rendering.passage import shaded
from chatbot.rendering.ranking import kept_of, ranking, second_look_by, what_changed
from chatbot.rendering.safe import as_attribute, as_html, name_as_html
from chatbot.rendering.timing_bar import timing_bar
from chatbot.rendering.words import Language, Say
from chatbot.trace import Source

_MARK = (  # two passages, the second one moved up: the program's sign, drawn here because nothing may be fetched
    '<svg class="sign" viewBox="0 0 32 32" aria-hidden="true"><rect x="3" y="17" width="20" height="10" rx="3"/>'
    '<rect x="9" y="5" width="20" height="10" rx="3"/></svg>'
)


def to_html(
    records: Sequence[ExchangeRecord], language: Language, *, title: str = "", timezone: tzinfo = UTC
) -> str:
    """The receipt of ``records`` in the words of ``language``; answers and passages stay in their own.

    Args:
        title: of the conversation; the first question where it is empty.
        timezone: in which its times are told.
    """
    say = Say(language)
    first = records[0].question if records else ""
    title = title or shortened(first) or say("receipt")
    # a single question is the heading, and is not said twice
    is_heading = len(records) == 1 and title == shortened(first)
    heading = as_html(first) if is_heading else name_as_html(title)
    body = "".join(
        _exchange(record, f"s{i}", is_heading, say, timezone) for i, record in enumerate(records, 1)
    )
    style, style_hash = _style()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; style-src-attr 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{as_attribute(title)} · Second Look</title><style>{style}</style></head><body><main>"
        f'<header><p class="brand">{_MARK}Second Look<span>{say("receipt")}</span></p>'
        f"<h1>{heading}</h1></header>"
        f"{body}<footer>{say('footer')}</footer></main></body></html>\n"
    )


def _exchange(record: ExchangeRecord, anchor: str, is_asked: bool, say: Say, timezone: tzinfo) -> str:
    question = f'<p class="question" aria-label="{say("you_asked")}">{as_html(record.question)}</p>'
    parts = (
        "" if is_asked else question, _answer(record, anchor, say), _sources(record, anchor, say), _ranking(record, say),
        _made_with(record, say, timezone),
    )  # fmt: skip
    return f"<article>{''.join(parts)}</article>"


def _answer(record: ExchangeRecord, anchor: str, say: Say) -> str:
    """The text in the page's own rendering, and around it what is to be said about it."""
    above = _fine(say("searched_as", query=record.query)) if record.query != record.question else ""
    above += _fine(say("also_searched_as", query=record.also_searched)) if record.also_searched else ""
    above += _fine(say("weak_match")) if record.gate.verdict == "weak" else ""
    render, uncited = renderer_of(record.llm, record.request.kind), uncited_sentences(record)
    text = render(
        record.received,
        len(record.sources),
        anchor,
        citation_marks(record.received, record.checks, record.llm, say),
        Uncited(uncited, say("uncited")),
    )
    checked = check_line(record.checks, record.llm, record.candidates, anchor, say, uncited=len(uncited))
    below = (f"<p>{checked}</p>" if checked else "") + "".join(map(_fine, notes(record, say)))
    return (
        f'{above}<section aria-label="{say("answer")}"><div class="sl-answer">{text}</div>{below}</section>'
    )


def _sources(record: ExchangeRecord, anchor: str, say: Say) -> str:
    cited = record.citations
    shown = closest(record.candidates) if record.refused else record.sources
    cards = "".join(_card(source, source.number in cited, anchor, say) for source in shown)
    title = say("closest" if record.refused or record.declined else "sources")
    return f"<section><h2>{title}</h2>{cards}</section>" if cards else ""


def _card(source: Source, is_cited: bool, anchor: str, say: Say) -> str:
    c = source.candidate
    badge = f'<span class="sl-badge">{say("cited")}</span>' if is_cited else ""
    return (
        f'<div class="card" id="{passage_id(anchor, source.number)}"><p class="sl-place"><b class="sl-number">{source.number}</b>'
        f"{place(c, say)}{badge}</p>"
        f'<p class="sl-fine"><b class="sl-{direction(c)}">{arrow(c)}</b> {as_html(movement_and_match(c, say))}</p>'
        f'<div class="sl-passage">{shaded(source)}</div>{_fine(score_line(c, say))}</div>'
    )


def _ranking(record: ExchangeRecord, say: Say) -> str:
    """Every candidate, and what the second look changed."""
    candidates, look = record.candidates, record.second_look
    if not candidates:
        return ""
    kept = sum(candidate.kept for candidate in candidates)
    by = second_look_by(look, say)
    counts = kept_of(candidates, look, say)
    return (
        f'<section><h2>{say("why" if kept else "why_none")} <span class="sl-fine">{counts}</span></h2>'
        f"<p>{as_html(what_changed(candidates, look, say))}</p>{_fine(by) if by else ''}"
        f"{ranking(candidates, look, say)}</section>"
    )


def _made_with(record: ExchangeRecord, say: Say, timezone: tzinfo) -> str:
    rows = "".join(
        f"<dt>{label}</dt><dd>{name_as_html(value)}</dd>" for label, value in facts(record, say, timezone)
    )
    return f"<section><h2>{say('made_with')}</h2>{timing_bar(record.timings, say)}<dl>{rows}</dl></section>"


def _fine(text: str) -> str:
    return f'<p class="sl-fine">{as_html(text)}</p>'


@cache
def _style() -> tuple[str, str]:
    """The style sheet and the base64 of its sha256, by which the policy knows it."""
    style = Path(__file__).with_name("receipt.css").read_text("utf-8")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
