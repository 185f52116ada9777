"""What stands beside the chat: a source that was opened, with what was cited of it marked, or why these sources.

    a click on [2] -> OpenSource -> draw_panel -> head, draw_source | inspector

From 1100 pixels on it is a panel at the right, below that a sheet over the lower part of the page (``panel.css``).
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from chatbot.citations.markers import citations_in
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.candidates import file_name, place_in
from chatbot.rendering.safe import as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.trace import Sentence, Source
from chatbot.ui import choices
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.clicks import ClosePanel, InspectAnswer, OpenDocument, OpenSource, button_html
from chatbot.ui.documents.guide import draw_document
from chatbot.ui.inspector.inspector import inspector
from chatbot.ui.library.fragments import fragment
from chatbot.ui.page_state import PageState
from chatbot.ui.sources.viewer import draw_source


def draw_panel(page: PageState, config: Config, chatbot: Chatbot, say: Say) -> None:
    """What was opened last, if it is still there."""
    match page.panel:
        case OpenSource(exchange, number) as opened:
            if (source := page.chat.source(exchange, number)) is not None:
                with st.container(key="panel"):
                    asked = page.chat.exchanges[exchange]
                    st.html(_source_head(source, opened, citations_of(asked), say))
                    fragment(draw_source)(source, _marked(source, opened, asked), chatbot.store, page, say)
        case OpenDocument() as document:
            with st.container(key="panel"):
                draw_document(page, document, config, chatbot, say)
        case InspectAnswer(exchange):
            if (trace := page.chat.trace(exchange)) is not None:
                with st.container(key="panel"):
                    st.html(_head(as_html(say("why") if trace.sources else say("why_none")), "", say))
                    inspector(trace, chatbot, choices.settings(config), say)


def citations_of(exchange: Exchange) -> list[tuple[int, int]]:
    """``(source, basis)`` of each citation in the answer, as in ``OpenSource``, in its order; each once."""
    if exchange.trace is None:
        return []
    grounds, found = exchange.grounds, []
    for position, number in citations_in(exchange.trace.received):
        known = (g.evidence for g in grounds if g.start <= position < g.end)
        basis = next((e.start for e in known if e is not None and e.number == number), -1)
        found.append((number, basis))
    return list(dict.fromkeys(found))


def _marked(source: Source, opened: OpenSource, exchange: Exchange) -> Sequence[Sentence]:
    """The sentence that the citation rests on; where that is not known, those that matter most."""
    evidence = (g.evidence for g in exchange.grounds)
    rests_on = [
        Sentence(e.start, e.end)
        for e in evidence
        if e is not None and e.number == source.number and e.start == opened.basis
    ]
    return rests_on[:1] or source.highlights


def _source_head(source: Source, opened: OpenSource, citations: list[tuple[int, int]], say: Say) -> str:
    """The name, where the passage stands, the way to the citations before and after it."""
    here = (opened.source, opened.basis)
    ways = ""
    if here in citations and len(citations) > 1:
        at = citations.index(here)
        before, after = [None, *citations][at], [*citations, None][at + 1]
        back = _way(opened.exchange, before, "citation_back", "chevron_left", say)
        on = _way(opened.exchange, after, "citation_on", "chevron_right", say)
        count = as_html(say("citation_of", at=at + 1, citations=len(citations)))
        ways = f'{back}<span class="sl-fine">{count}</span>{on}'
    why = button_html(InspectAnswer(opened.exchange), say("why"))
    candidate = source.candidate
    title = f'<span class="sl-number">{source.number}</span> {name_as_html(file_name(candidate))}'
    where = f'<p class="sl-place">{place_in(source.page, candidate.heading, say)}</p>'
    return _head(title, f'{where}<div class="sl-actions">{ways}{why}</div>', say)


def _way(exchange: int, citation: tuple[int, int] | None, label: str, icon: str, say: Say) -> str:
    """A button to another citation; one that does nothing where there is none, so that the others stay in place."""
    if citation is None:
        name = as_html(say(label))
        return f'<button type="button" class="sl-act" disabled aria-label="{name}"><span class="sl-icon" aria-hidden="true">{icon}</span></button>'
    return button_html(OpenSource(exchange, *citation), say(label), icon)


def _head(title: str, below: str, say: Say) -> str:
    """HTML: the title, which gets the focus when the panel is opened, the way to close it, and what belongs to it."""
    close = button_html(ClosePanel(), say("close_panel"), "close")
    return f'<header class="sl-panel-head"><h2 tabindex="-1">{title}</h2>{close}</header>{below}'
