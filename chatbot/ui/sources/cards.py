"""The source cards under an answer, as HTML: a line each, and in it the passage with its highlights and its scores.

A card is a ``<details>``: it opens in the browser, without a rerun. Cards of weak matches that nothing cites are folded
away, unless there are no others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from chatbot.rendering.answer import passage_id
from chatbot.rendering.candidates import arrow, direction, movement_and_match, place, score_line
from chatbot.rendering.passage import shaded
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.trace import Source
from chatbot.ui.clicks import OpenSource, Rate, button_html


def source_cards(
    sources: Sequence[Source],
    cited: list[int],
    anchor: str,
    ratings: Mapping[int, int],
    exchange: int,
    say: Say,
    evidence: Mapping[int, Sequence[tuple[int, int]]] = MappingProxyType({}),
    *,
    rated: bool = True,
) -> str:
    """HTML of the cards, in the reranked order; weak ones come last.

    Args:
        ratings: thumbs by source number, +1 or -1.
        exchange: position of the exchange, for what its buttons do.
        evidence: by source number, the sentences that citations rest on.
        rated: whether a card asks if it is the right source.
    """
    weak = [s for s in sources if rated and s.candidate.scores.match == "weak" and s.number not in cited]
    if len(weak) == len(sources):
        weak = []  # there is nothing else to see

    def card(source: Source) -> str:
        thumbs = _thumbs(source.number, ratings.get(source.number, 0), exchange, say) if rated else ""
        buttons = _open(source.number, exchange, say) + thumbs
        return _card(source, source.number in cited, anchor, buttons, say, evidence.get(source.number, ()))

    shown = "".join(card(source) for source in sources if source not in weak)
    return f'<div class="sl-cards">{shown}{_folded([card(source) for source in weak], anchor, say)}</div>'


def _folded(cards: Sequence[str], anchor: str, say: Say) -> str:
    if not cards:
        return ""
    label = as_html(say("one_unlikely" if len(cards) == 1 else "more_unlikely", count=len(cards)))
    inside = f'<div class="sl-cards">{"".join(cards)}</div>'
    return f'<details class="sl-further" data-key="{anchor}-further"><summary class="sl-fine">{label}</summary>{inside}</details>'


def _card(
    source: Source, cited: bool, anchor: str, buttons: str, say: Say, evidence: Sequence[tuple[int, int]]
) -> str:
    c = source.candidate
    badge = f'<span class="sl-badge">{say("cited")}</span>' if cited else ""
    change = f'<b class="sl-{direction(c)}">{arrow(c)}</b> ' if arrow(c) else ""
    passage = passage_id(anchor, source.number)
    return (
        f'<details class="sl-card" data-number="{source.number}" data-key="{passage}">'
        f'<summary aria-label="{say("source", number=source.number)}">'
        f'<span class="sl-number">{source.number}</span>'
        f'<span class="sl-head"><span class="sl-place">{place(c, say)}</span>{badge}'
        f'<span class="sl-moved">{change}{as_html(movement_and_match(c, say))}</span></span></summary>'
        f'<div class="sl-passage" id="{passage}">{shaded(source, evidence)}</div>'
        f'<div class="sl-actions">{buttons}</div><div class="sl-fine">{as_html(score_line(c, say))}</div></details>'
    )


def _open(number: int, exchange: int, say: Say) -> str:
    return button_html(OpenSource(exchange, number), say("open_source"))


def _thumbs(number: int, rated: int, exchange: int, say: Say) -> str:
    return button_html(Rate(exchange, number, 1), say("good_source"), "thumb_up", rated == 1) + button_html(
        Rate(exchange, number, -1), say("bad_source"), "thumb_down", rated == -1
    )
