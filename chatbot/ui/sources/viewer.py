"""A source that is opened: the page it stands on with the passage marked, or the text around it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

import streamlit as st

from chatbot.citations.viewing import REACH, Box, NoPage, PageView, RowsView, TextView, open_text
from chatbot.rendering.passage import cell_html, highlighted
from chatbot.rendering.safe import as_attribute, as_html, as_label
from chatbot.rendering.words import Say
from chatbot.store import Store
from chatbot.trace import Candidate, Sentence, Source
from chatbot.ui.jobs import attempt
from chatbot.ui.notices import notice, problem, quiet
from chatbot.ui.page_state import PageState
from chatbot.ui.server.inline import inline_script
from ingest import viewing

_NO_PAGE = {
    "gone": "no_page_gone", "changed": "no_page_changed", "locked": "no_page_locked", "damaged": "no_page_damaged",
    "slow": "no_page_slow",
}  # fmt: skip
_TO_WHAT_IS_MARKED = inline_script("to_what_is_marked")  # it may stand below the fold
_MORE = 3 * REACH  # passages that "show more" adds on either side


def draw_source(source: Source, marked: Sequence[Sentence], store: Store, page: PageState, say: Say) -> None:
    """The page that ``source`` stands on, or the text around it, with the sentences ``marked`` in it."""
    opened = attempt(lambda: _open_page(source, marked, store, page.turned_to))
    if isinstance(opened.value, PageView):
        _draw_sheet(_read_scan(opened.value, source, marked, store, say), page, say)
        if st.toggle(say("text_around"), key=f"around-{source.candidate.chunk_id}"):
            _draw_text(source, marked, store, say)
    else:
        if opened.error:
            problem(opened.error, say)
        elif opened.value is not None and opened.value.reason != "no_pages":
            notice(say("no_page"), say(_NO_PAGE[opened.value.reason]))
        _draw_text(source, marked, store, say)
    _draw_original(source.candidate, store, say)


def _open_page(
    source: Source, marked: Sequence[Sentence], store: Store, turned_to: int | None
) -> PageView | NoPage | None:
    """The page that is turned to, else the one on which the passage begins; ``None`` where the document has none."""
    if source.page is None:
        return None
    return viewing.open_page(store, source.candidate, marked, turned_to)


def _read_scan(
    page: PageView, source: Source, marked: Sequence[Sentence], store: Store, say: Say
) -> PageView:
    """A scan is shown first, and read for the place of the passage meanwhile."""
    if not page.is_unread:
        return page
    shown = st.empty()
    shown.html(page_html(page, say("page_picture", page=page.page)))
    with st.spinner(say("reading_scan")):
        read = attempt(
            lambda: viewing.open_page(store, source.candidate, marked, page.page, read_scan=True)
        ).value
    shown.empty()
    return read if isinstance(read, PageView) else page


def _draw_sheet(view: PageView, page: PageState, say: Say) -> None:
    st.html(
        _zoomable(page_html(view, say("page_picture", page=view.page)), say) + _TO_WHAT_IS_MARKED,
        unsafe_allow_javascript=True,
    )
    if not view.is_located:
        quiet("fine", as_html(say("not_located")))
    elif view.page not in view.passage_pages:
        quiet("fine", as_html(say("not_this_page")))
    if view.pages < 2:
        return

    back, where, on = st.columns([1, 2, 1], vertical_alignment="center")
    with back:
        st.button(
            say("page_back"),
            disabled=view.page == 1,
            on_click=page.turn_to,
            args=(view.page - 1,),
            width="stretch",
        )
    with where:
        st.html(f'<p class="sl-fine sl-middle">{say("page_of", page=view.page, pages=view.pages)}</p>')
    with on:
        st.button(
            say("page_on"),
            disabled=view.page == view.pages,
            on_click=page.turn_to,
            args=(view.page + 1,),
            width="stretch",
        )


def _draw_text(source: Source, marked: Sequence[Sentence], store: Store, say: Say) -> None:
    reach = st.session_state.setdefault(f"reach-{source.candidate.chunk_id}", REACH)
    found = attempt(lambda: open_text(store, source.candidate, reach, reach))
    if found.error:
        problem(found.error, say)
        st.html(f'<div class="sl-passage">{highlighted(source.text, marked, source.candidate.header)}</div>')
        return
    view = found.value
    assert view is not None
    html = rows_html(view) if isinstance(view, RowsView) else text_html(view, source, marked)
    st.html(html + _TO_WHAT_IS_MARKED, unsafe_allow_javascript=True)
    if view.more_before or view.more_after:
        more = {f"reach-{source.candidate.chunk_id}": reach + _MORE}
        st.button(say("more_around"), on_click=lambda: st.session_state.update(more), width="stretch")


def text_html(view: TextView, source: Source, marked: Sequence[Sentence]) -> str:
    goes_on = view.before.rstrip().endswith("|")  # its table begins above
    header = "" if goes_on else source.candidate.header
    passage = highlighted(view.passage, marked if view.passage == source.text else (), header)
    return (
        f'<div class="sl-around">{_dots(view.more_before)}{highlighted(view.before)}<div class="sl-here">{passage}</div>'
        f"{highlighted(view.after)}{_dots(view.more_after)}</div>"
    )


def rows_html(view: RowsView) -> str:
    """The rows around a passage as a table that can be scrolled."""
    width = max([len(view.header), *(len(row.cells) for row in view.rows)], default=1)
    head = "".join(cell_html(cell, "th") for cell in view.header)
    rows = []
    for row in view.rows:
        here = ' class="sl-here"' if row.in_passage else ""
        tag = "th" if row.is_header else "td"
        span = f' colspan="{width}"' if row.is_text else ""
        rows.append(f"<tr{here}>{''.join(cell_html(cell, tag, attributes=span) for cell in row.cells)}</tr>")
    return (
        f'<div class="sl-scroll" tabindex="0"><table class="sl-rows"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _dots(more: bool) -> str:
    return "<p class='sl-fine'>…</p>" if more else ""


def _draw_original(candidate: Candidate, store: Store, say: Say) -> None:
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


def page_html(view: PageView, description: str) -> str:
    """The picture with the passage's boxes and, above them, those of its highlighted sentences.

    The boxes are elements of their own (``sl-box``, ``sl-box sl-box-sentence``), placed in percent: they grow with
    the picture, and their colour is the page's.
    """
    picture = f"data:{view.mime};base64,{base64.b64encode(view.picture).decode()}"
    sentences = [box for boxes in view.sentence_boxes for box in boxes]
    return (
        f'<div class="sl-sheet" style="position:relative">'
        f'<img src="{picture}" width="{view.width}" height="{view.height}" alt="{as_attribute(description)}"'
        ' style="display:block;width:100%;height:auto">'
        f"{_spans(view.boxes, 'sl-box')}{_spans(sentences, 'sl-box sl-box-sentence')}</div>"
    )


def _zoomable(sheet: str, say: Say) -> str:
    """``sheet`` in a frame of its own, in which it grows by buttons and by two fingers (``sheet.js``)."""
    buttons = "".join(
        f'<button type="button" class="sl-act" data-zoom="{way}" aria-label="{as_attribute(say(label))}"'
        f' title="{as_attribute(say(label))}"><span class="sl-icon" aria-hidden="true">{icon}</span></button>'
        for way, label, icon in (("out", "zoom_out", "zoom_out"), ("in", "zoom_in", "zoom_in"))
    )
    return f'<div class="sl-zoom">{buttons}</div><div class="sl-frame" tabindex="0">{sheet}</div>'


def _spans(boxes: Iterable[Box], classes: str) -> str:
    return "".join(
        f'<span class="{classes}" style="position:absolute;left:{100 * box.left:.3f}%;top:{100 * box.top:.3f}%;'
        f'width:{100 * (box.right - box.left):.3f}%;height:{100 * (box.bottom - box.top):.3f}%"></span>'
        for box in boxes
    )
