"""A source that is opened: the page it stands on with the passage marked, or the text around it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from chatbot.citations.viewing import REACH, NoPage, PageView, RowsView, TextView, open_text
from chatbot.rendering.candidates import place_in
from chatbot.rendering.passage import highlighted
from chatbot.rendering.safe import as_html, as_label, as_text
from chatbot.rendering.words import Say
from chatbot.store import Store
from chatbot.trace import Candidate, Source
from chatbot.ui.jobs import attempt
from chatbot.ui.notices import notice, problem, quiet
from chatbot.ui.sources.viewing import Viewing, page_html

_NO_PAGE = {
    "gone": "no_page_gone", "changed": "no_page_changed", "locked": "no_page_locked", "damaged": "no_page_damaged",
    "slow": "no_page_slow",
}  # fmt: skip
_TO_THE_BOX = (  # a script of our own: the passage may stand below the fold
    "<script>document.querySelector('.sl-box-sentence, .sl-box')?.scrollIntoView({block: 'center'})</script>"
)
_MORE = 3 * REACH  # passages that "show more" adds on either side


def show(source: Source, store: Store, viewing: Viewing, say: Say) -> None:
    """Open a dialog on ``source``."""
    name = source.document.rsplit("/", 1)[-1]
    key = f"opened-{source.candidate.chunk_id}"
    st.session_state.pop(key, None)  # opened anew where the passage begins

    @st.dialog(as_text(as_label(name)), width="large")
    def dialog() -> None:
        st.html(f'<p class="sl-place">{place_in(source.page, source.candidate.heading, say)}</p>')
        opened = attempt(lambda: _page(source, store, viewing, key))
        if isinstance(opened.value, PageView):
            _draw_page(_read(opened.value, source, store, viewing, say), key, say)
            if st.toggle(say("text_around"), key=f"around-{source.candidate.chunk_id}"):
                _draw_text(source, store, say)
        else:
            if opened.error:
                problem(opened.error, say)
            elif opened.value is not None and opened.value.reason != "no_pages":
                notice(say("no_page"), say(_NO_PAGE[opened.value.reason]))
            _draw_text(source, store, say)
        _original(source.candidate, store, viewing, say)

    dialog()


def _page(source: Source, store: Store, viewing: Viewing, key: str) -> PageView | NoPage | None:
    """The page that is turned to; ``None`` where the document has none."""
    if source.page is None:
        return None
    return viewing.open_page(store, source.candidate, source.highlights, st.session_state.get(key))


def _read(page: PageView, source: Source, store: Store, viewing: Viewing, say: Say) -> PageView:
    """A scan is shown first, and read for the place of the passage meanwhile."""
    if not page.is_unread:
        return page
    shown = st.empty()
    shown.html(page_html(page, say("page_picture", page=page.page)))
    with st.spinner(say("reading_scan")):
        read = attempt(
            lambda: viewing.open_page(store, source.candidate, source.highlights, page.page, read_scan=True)
        ).value
    shown.empty()
    return read if isinstance(read, PageView) else page


def _draw_page(page: PageView, key: str, say: Say) -> None:
    st.html(page_html(page, say("page_picture", page=page.page)) + _TO_THE_BOX, unsafe_allow_javascript=True)
    if not page.is_located:
        quiet("fine", as_html(say("not_located")))
    elif page.page not in page.passage_pages:
        quiet("fine", as_html(say("not_this_page")))
    if page.pages < 2:
        return

    def turn(to: int) -> Callable[[], None]:
        return lambda: st.session_state.update({key: to})

    back, where, on = st.columns([1, 2, 1], vertical_alignment="center")
    with back:
        st.button(say("page_back"), disabled=page.page == 1, on_click=turn(page.page - 1), width="stretch")
    with where:
        st.html(f'<p class="sl-fine sl-middle">{say("page_of", page=page.page, pages=page.pages)}</p>')
    with on:
        st.button(
            say("page_on"), disabled=page.page == page.pages, on_click=turn(page.page + 1), width="stretch"
        )


def _draw_text(source: Source, store: Store, say: Say) -> None:
    reach = st.session_state.setdefault(f"reach-{source.candidate.chunk_id}", REACH)
    found = attempt(lambda: open_text(store, source.candidate, reach, reach))
    if found.error:
        problem(found.error, say)
        st.html(f'<div class="sl-passage">{highlighted(source.text, source.highlights)}</div>')
        return
    view = found.value
    assert view is not None
    st.html(_rows(view) if isinstance(view, RowsView) else _text(view, source))
    if view.more_before or view.more_after:
        more = {f"reach-{source.candidate.chunk_id}": reach + _MORE}
        st.button(say("more_around"), on_click=lambda: st.session_state.update(more), width="stretch")


def _text(view: TextView, source: Source) -> str:
    passage = (
        highlighted(view.passage, source.highlights) if view.passage == source.text else as_html(view.passage)
    )
    return (
        f'<div class="sl-around">{_dots(view.more_before)}{as_html(view.before)}<div class="sl-here">{passage}</div>'
        f"{as_html(view.after)}{_dots(view.more_after)}</div>"
    )


def _rows(view: RowsView) -> str:
    width = max([len(view.header), *(len(row.cells) for row in view.rows)], default=1)
    head = "".join(f"<th>{as_html(cell)}</th>" for cell in view.header)
    rows = []
    for row in view.rows:
        here = ' class="sl-here"' if row.in_passage else ""
        tag = "th" if row.is_header else "td"
        span = f' colspan="{width}"' if row.is_text else ""
        rows.append(
            f"<tr{here}>{''.join(f'<{tag}{span}>{as_html(cell)}</{tag}>' for cell in row.cells)}</tr>"
        )
    return (
        f'<div class="sl-scroll" tabindex="0"><table class="sl-rows"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _dots(more: bool) -> str:
    return "<p class='sl-fine'>…</p>" if more else ""


def _original(candidate: Candidate, store: Store, viewing: Viewing, say: Say) -> None:
    """The file itself, where it is still the one that was indexed; read only when it is asked for."""
    if not st.button(say("get_original"), icon=":material/draft:", type="tertiary"):
        return
    found = attempt(lambda: viewing.original(store, candidate.document))
    if found.error:
        problem(found.error, say)
    elif found.value is None:
        quiet("fine", as_html(say("no_original")))
    else:
        st.download_button(
            say("download_original"), found.value.content, as_label(found.value.name), "application/octet-stream",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
