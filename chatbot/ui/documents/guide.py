"""A document that is opened beside the list: what it is, what it says in short, what it can be asked, and its text.

    a click on its name -> OpenDocument -> draw_document -> head, guide | a passage of it in the viewer

The guide is made once for each version of a document, in a job; the questions in another one, since each is searched.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from weakref import WeakKeyDictionary

import streamlit as st

from chatbot.answering.whole_document.guide import Guide, GuideLine
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_html, as_text, name_as_html
from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.trace import Candidate, Source
from chatbot.ui import choices
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.clicks import ClosePanel, OpenDocument, button_html
from chatbot.ui.documents.amounts import counted, size
from chatbot.ui.documents.document_rows import documents_of
from chatbot.ui.jobs import Job
from chatbot.ui.library.fragments import fragment
from chatbot.ui.notices import notice, quiet
from chatbot.ui.page_state import PageState
from chatbot.ui.sources.viewer import draw_source

T = TypeVar("T")

_KEPT = 64  # guides, and as many questions
_WAIT_S = 1.0  # for a guide: most take 0.1 s
_POLL_S = 0.5
_OPEN_UP_TO = 14  # lines of an outline that is not folded
_Key = tuple[str, str, str]  # what is made, the document, its version

_jobs: WeakKeyDictionary[Chatbot, OrderedDict[_Key, Job[object]]] = WeakKeyDictionary()


def draw_document(page: PageState, opened: OpenDocument, config: Config, chatbot: Chatbot, say: Say) -> None:
    """What stands in the panel; that it is gone where it is no longer in the index."""
    row = next((row for row in documents_of(chatbot) if row.uri == opened.document), None)
    close = button_html(ClosePanel(), say("close_panel"), "close")
    name = name_as_html(opened.document.rsplit("/", 1)[-1])
    facts = _facts(row, say) if row is not None else ""
    st.html(
        f'<header class="sl-panel-head"><h2 tabindex="-1">{name}</h2>{close}</header>'
        f'<p class="sl-fine">{facts}</p>'
    )
    if row is None:
        notice(say("document_gone"), say("document_gone_more"), "calm")
        return
    if row.reason:
        st.html(f'<p class="sl-need">{as_html(say.error(row.reason))}</p>')
    if not row.chunks:
        return
    if opened.chunk:
        back = button_html(OpenDocument(row.uri), say("to_guide"))
        st.html(f'<div class="sl-actions sl-to-guide">{back}</div>')
        _draw_passage(opened, chatbot, page, say)
    else:
        _draw_guide(row, page, config, chatbot, say)


def _facts(row: DocumentRow, say: Say) -> str:
    pages = counted(say, "one_page", "more_pages", row.pages) if row.pages else ""
    chunks = counted(say, "one_chunk", "more_chunks", row.chunks) if row.chunks else ""
    folder = row.uri.rpartition("/")[0]
    return " · ".join(filter(None, (name_as_html(folder), as_html(pages), as_html(chunks), size(row.bytes))))


def _draw_guide(row: DocumentRow, page: PageState, config: Config, chatbot: Chatbot, say: Say) -> None:
    guide = _made(chatbot, "guide", row, lambda: chatbot.guide(row.uri))
    _made(chatbot, "questions", row, lambda: chatbot.document_questions(row.uri))  # meanwhile
    fragment(_draw_lines, run_every=None if guide.done(_WAIT_S) else _POLL_S)(guide, row, say)
    questions = _made(chatbot, "questions", row, lambda: chatbot.document_questions(row.uri))
    fragment(_draw_questions, run_every=None if questions.done(0) else _POLL_S)(
        questions, row, page, config, say
    )
    if guide.done(0) and (made := guide.outcome().value) is not None:
        st.html(_outline_html(made, row, say))


def _draw_lines(guide: Job[Guide], row: DocumentRow, say: Say) -> None:
    """The sentences, with the way into the document."""
    if not guide.done(0):
        st.html(f'<p class="sl-busy">{as_html(say("guide_reading"))}</p>')
        st.session_state.guide_awaited = True
        return
    if st.session_state.pop("guide_awaited", False):
        st.rerun()  # or it would be drawn for ever
    outcome = guide.outcome()
    if outcome.error:
        quiet("remote", as_html(say.error(str(outcome.error))))
        return
    made = outcome.value or Guide()
    first = (made.outline or made.sentences)[:1]
    start = button_html(OpenDocument(row.uri, first[0].chunk), say("read_document")) if first else ""
    lines = "".join(f"<li>{_line(line, row, say)}</li>" for line in made.sentences)
    says = (
        f'<p class="sl-label">{as_html(say("guide_sentences"))}</p><ul class="sl-guide">{lines}</ul>'
        if lines
        else ""
    )
    st.html(f'<div class="sl-actions sl-to-guide">{start}</div>{says}')


def _draw_questions(
    questions: Job[tuple[str, ...]], row: DocumentRow, page: PageState, config: Config, say: Say
) -> None:
    """As buttons; one that is clicked is asked in a new conversation, of this document alone, as it was tried."""
    if not questions.done(0):
        st.html(f'<p class="sl-fine sl-busy">{as_html(say("guide_asking"))}</p>')
        st.session_state.questions_awaited = True
        return
    if st.session_state.pop("questions_awaited", False):
        st.rerun()
    found = questions.outcome().value or ()
    if not found:
        return
    st.html(f'<p class="sl-label">{as_html(say("guide_questions"))}</p>')
    with st.container(key="guide_questions", gap="small"):
        for number, question in enumerate(found):
            if st.button(as_text(question), key=f"guide-question-{number}", width="stretch"):
                _ask(question, row, page, config)
                st.rerun()


def _ask(question: str, row: DocumentRow, page: PageState, config: Config) -> None:
    settings = replace(choices.settings(config), filters=(row.uri,))
    chat = ChatSession(page.chat.kept_in)
    chat.ask(question, settings)
    page.show_chat(chat)


def _outline_html(guide: Guide, row: DocumentRow, say: Say) -> str:
    if not guide.outline:
        return ""
    lines = "".join(
        f'<li style="--sl-level: {min(line.level, 4)}">{_line(line, row, say)}</li>' for line in guide.outline
    )
    is_open = " open" if len(guide.outline) <= _OPEN_UP_TO else ""
    head = f'<summary class="sl-label">{as_html(say("guide_outline"))}</summary>'
    return f'<details class="sl-outline" data-key="outline"{is_open}>{head}<ul class="sl-guide">{lines}</ul></details>'


def _line(line: GuideLine, row: DocumentRow, say: Say) -> str:
    """The line as a button that opens the place where it stands."""
    page = f"<small>{as_html(say('page', page=line.page))}</small>" if line.page is not None else ""
    face = f"<span>{as_html(line.text)}</span>{page}"
    return button_html(OpenDocument(row.uri, line.chunk), say("open_place"), face=face)


def _draw_passage(opened: OpenDocument, chatbot: Chatbot, page: PageState, say: Say) -> None:
    with chatbot.store.reading() as view:
        chunk = view.chunks([opened.chunk]).get(opened.chunk)
    if chunk is None or chunk.document != opened.document:
        notice(say("document_gone"), say("passage_gone"), "calm")
        return
    candidate = Candidate(
        chunk.id,
        chunk.document,
        chunk.text,
        (chunk.start, chunk.end),
        chunk.page,
        chunk.heading,
        chunk.header,
    )
    fragment(draw_source)(Source(1, candidate), (), chatbot.store, page, say)


def _made(chatbot: Chatbot, what: str, row: DocumentRow, make: Callable[[], T]) -> Job[T]:
    """The job that makes it for this version of the document; one for all sessions."""
    jobs = _jobs.setdefault(chatbot, OrderedDict())
    key = (what, row.uri, f"{row.sha256} {row.made_by} {row.indexed_at}")
    if key not in jobs:
        jobs[key] = Job(make, what)
        while len(jobs) > 2 * _KEPT:
            jobs.popitem(last=False)
    return jobs[key]  # type: ignore[return-value]
