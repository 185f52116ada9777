"""The source cards under an answer, as HTML: number, place, movement, passage with its highlights, scores.

A card is a ``<details>``: it opens in the browser, without a rerun, and a citation chip that links to the
passage inside opens it too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from chatbot.rendering.answer import passage_id
from chatbot.rendering.figures import number, percent
from chatbot.rendering.passage import highlighted, shaded
from chatbot.rendering.ranks import arrow, movement
from chatbot.rendering.safe import as_attribute, as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.trace import Source
from chatbot.ui.clicks import OpenSource, Rate, button_html

_RULES, _PIPES = (
    re.compile(r"(\| *:?-+:? *)+\|"),
    re.compile(r"\s*\|+\s*"),
)  # of tables: nothing to read in two lines
_PREVIEW = 240  # characters; more than two lines show


def source_cards(
    sources: Iterable[Source],
    cited: list[int],
    anchor: str,
    ratings: Mapping[int, int],
    exchange: int,
    say: Say,
) -> str:
    """HTML of the cards, in the reranked order.

    Args:
        ratings: thumbs by source number, +1 or -1.
        exchange: position of the exchange, for what its buttons do.
    """
    cards = (
        _card(
            source,
            source.number in cited,
            anchor,
            _buttons(source.number, ratings.get(source.number, 0), exchange, say),
            say,
        )
        for source in sources
    )
    return f'<div class="sl-cards">{"".join(cards)}</div>'


def place(document: str, page: int | None, heading: tuple[str, ...], say: Say) -> str:
    """HTML: file name, page, heading path; the folder in a tooltip."""
    name = f'<span class="sl-doc" title="{as_attribute(document)}">{name_as_html(document.rsplit("/", 1)[-1])}</span>'
    return name + place_in(page, heading, say)


def place_in(page: int | None, heading: tuple[str, ...], say: Say) -> str:
    """HTML: page and heading path, as far as the document has them."""
    where = f'<span class="sl-page">{say("page", page=page)}</span>' if page is not None else ""
    path = f'<span class="sl-path">{name_as_html(" › ".join(heading))}</span>' if heading else ""
    return where + path


def _card(source: Source, cited: bool, anchor: str, buttons: str, say: Say) -> str:
    c = source.candidate
    likely = (
        f" · {as_html(say('probability', value=percent(c.scores.probability)))}"
        if c.scores.probability is not None
        else ""
    )
    badge = f' <span class="sl-badge">{say("cited")}</span>' if cited else ""
    direction = "up" if c.moved > 0 else "down" if c.moved < 0 else "same"
    change = f'<b class="sl-{direction}">{arrow(c)}</b> ' if arrow(c) else ""
    preview = _PIPES.sub(" · ", _RULES.sub("", highlighted(source.text, source.highlights, _PREVIEW)))
    passage = passage_id(anchor, source.number)
    return (
        f'<details class="sl-card" data-number="{source.number}" data-key="{passage}">'
        f'<summary aria-label="{say("source", number=source.number)}">'
        f'<span class="sl-number">{source.number}</span>'
        f'<span class="sl-head"><span class="sl-place">{place(source.document, source.page, c.heading, say)}</span>'
        f'<span class="sl-moved">{change}{movement(c, say)}{likely}{badge}</span>'
        f'<span class="sl-preview">{preview}</span></span></summary>'
        f'<div class="sl-passage" id="{passage}">{shaded(source)}</div>'
        f'<div class="sl-actions">{buttons}</div><div class="sl-fine">{_details(source, say)}</div></details>'
    )


def _buttons(number: int, rated: int, exchange: int, say: Say) -> str:
    return (
        button_html(OpenSource(exchange, number), say("open_source"))
        + button_html(Rate(exchange, number, 1), say("good_source"), "thumb_up", rated == 1)
        + button_html(Rate(exchange, number, -1), say("bad_source"), "thumb_down", rated == -1)
    )


def _details(source: Source, say: Say) -> str:
    c, s = source.candidate, source.candidate.scores
    stages = (
        ("dense_line", c.dense_rank, s.dense), ("lexical_line", c.lexical_rank, s.lexical),
        ("fused_line", c.fused_rank, s.fused), ("rerank_line", c.reranked_rank, s.rerank),
    )  # fmt: skip
    parts = [
        say(key, value=number(score) + (f" ({say.rank(rank)})" if rank is not None else ""))
        for key, rank, score in stages
        if rank is not None or score is not None
    ]
    return " · ".join([*parts, say("characters", start=c.span[0], end=c.span[1])])
