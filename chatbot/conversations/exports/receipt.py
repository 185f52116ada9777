"""The receipt: a conversation as one HTML file that shows how each answer came about, and contacts nothing.

Its policy allows one style sheet, by its hash, and nothing else: no script, picture, font, frame or form. Whatever a
document, a file name or a model put into it stays text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path

from chatbot.conversations.conversation_store import shortened
from chatbot.conversations.exports.facts import notes
from chatbot.conversations.exports.receipt_parts import candidate_table, fact_list, source_card, time_bar
from chatbot.conversations.exports.words import Language, Words
from chatbot.conversations.record import ExchangeRecord
from chatbot.rendering.answer import Mark, render_answer
from chatbot.rendering.safe import as_attribute, as_html, name_as_html

_CITATION = re.compile(r"\[(\d{1,4})\]")
_VERDICTS = {"supported": "ok", "weak": "weak", "not supported": "not"}
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
    say = Words(language)
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


def _exchange(record: ExchangeRecord, anchor: str, is_asked: bool, say: Words, timezone: tzinfo) -> str:
    cited = record.citations
    cards = "".join(source_card(source, source.number in cited, anchor, say) for source in record.sources)
    sources = f"<section><h2>{say('sources')}</h2>{cards}</section>" if cards else ""
    table = candidate_table(record, say) if record.candidates else ""
    question = f'<p class="question" aria-label="{say("question")}">{as_html(record.question)}</p>'
    return (
        f"<article>{'' if is_asked else question}{_searched_as(record, say)}{_answer(record, anchor, say)}{sources}{table}"
        f'<section class="how"><h2>{say("made_with")}</h2>{time_bar(record.timings, say)}'
        f"{fact_list(record, say, timezone)}</section></article>"
    )


def _searched_as(record: ExchangeRecord, say: Words) -> str:
    if record.query == record.question:
        return ""
    return f'<p class="fine">{as_html(say("searched_as", query=record.query))}</p>'


def _answer(record: ExchangeRecord, anchor: str, say: Words) -> str:
    """The text in the page's own rendering, and below it what is to be said about it."""
    text = render_answer(record.received, len(record.sources), anchor, _marks(record, say))
    lines = "".join(f'<p class="fine">{as_html(note)}</p>' for note in notes(record, say))
    return f'<section aria-label="{say("answer")}"><div class="answer">{text}</div>{lines}</section>'


def _marks(record: ExchangeRecord, say: Words) -> list[Mark]:
    """For each citation what the check of its sentence found."""
    verdicts = [(c.start, c.end, _VERDICTS.get(c.verdict, "")) for c in record.checks or ()]
    found = []
    for citation in _CITATION.finditer(record.received):
        kind = next((kind for start, end, kind in verdicts if start <= citation.start() < end), "")
        found.append(Mark(kind, say(f"check_{kind}")) if kind else Mark())
    return found


@cache
def _style() -> tuple[str, str]:
    """The style sheet and the base64 of its sha256, by which the policy knows it."""
    style = Path(__file__).with_name("receipt.css").read_text("utf-8")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
