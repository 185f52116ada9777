"""The source cards under an answer, as HTML: number, place, movement, passage with its highlights, scores.

A card is a ``<details>``: it opens in the browser, without a rerun, and a citation chip that links to the
passage inside opens it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from chatbot.rendering.answer import passage_id
from chatbot.rendering.candidates import arrow, direction, movement_and_match, place, score_line
from chatbot.rendering.passage import highlighted, shaded
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.trace import Source
from chatbot.ui.clicks import OpenSource, Rate, button_html

# of tables: nothing to read in two lines
_RULES, _CELL_ENDS = re.compile(r"(\| *:?-+:? *)+\|"), re.compile(r"\s*(?<!\\)\|+\s*")
_PREVIEW = 240  # characters; more than two lines show


def source_cards(
    sources: Iterable[Source],
    cited: list[int],
    anchor: str,
    ratings: Mapping[int, int],
    exchange: int,
    say: Say,
    evidence: Mapping[int, Sequence[tuple[int, int]]] = MappingProxyType({}),
    *,
    rated: bool = True,
) -> str:
    """HTML of the cards, in the reranked order.

    Args:
        ratings: thumbs by source number, +1 or -1.
        exchange: position of the exchange, for what its buttons do.
        evidence: by source number, the sentences that citations rest on.
        rated: whether a card asks if it is the right source.
    """
    cards = (
        _card(
            source,
            source.number in cited,
            anchor,
            _open(source.number, exchange, say)
            + (_thumbs(source.number, ratings.get(source.number, 0), exchange, say) if rated else ""),
            say,
            evidence.get(source.number, ()),
        )
        for source in sources
    )
    return f'<div class="sl-cards">{"".join(cards)}</div>'


def _card(
    source: Source, cited: bool, anchor: str, buttons: str, say: Say, evidence: Sequence[tuple[int, int]]
) -> str:
    c = source.candidate
    badge = f' <span class="sl-badge">{say("cited")}</span>' if cited else ""
    change = f'<b class="sl-{direction(c)}">{arrow(c)}</b> ' if arrow(c) else ""
    begins = highlighted(source.text, source.highlights, _PREVIEW)
    preview = _CELL_ENDS.sub(" · ", _RULES.sub("", begins)).replace("\\|", "|")
    passage = passage_id(anchor, source.number)
    return (
        f'<details class="sl-card" data-number="{source.number}" data-key="{passage}">'
        f'<summary aria-label="{say("source", number=source.number)}">'
        f'<span class="sl-number">{source.number}</span>'
        f'<span class="sl-head"><span class="sl-place">{place(c, say)}</span>'
        f'<span class="sl-moved">{change}{as_html(movement_and_match(c, say))}{badge}</span>'
        f'<span class="sl-preview">{preview}</span></span></summary>'
        f'<div class="sl-passage" id="{passage}">{shaded(source, evidence)}</div>'
        f'<div class="sl-actions">{buttons}</div><div class="sl-fine">{as_html(score_line(c, say))}</div></details>'
    )


def _open(number: int, exchange: int, say: Say) -> str:
    return button_html(OpenSource(exchange, number), say("open_source"))


def _thumbs(number: int, rated: int, exchange: int, say: Say) -> str:
    return button_html(Rate(exchange, number, 1), say("good_source"), "thumb_up", rated == 1) + button_html(
        Rate(exchange, number, -1), say("bad_source"), "thumb_down", rated == -1
    )
