"""The list of the documents: find, sort, leaf through, choose some, and do something with those.

What is chosen is kept by uri and not in the checkboxes: those are drawn for one screen only, so that ten thousand
documents are as quick as ten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import streamlit as st

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.notebooks import Action
from chatbot.rendering.safe import as_attribute, as_html, as_label, name_as_html
from chatbot.rendering.words import Say
from chatbot.store.records import UPLOADS, WEB, DocumentRow, other_places, same_content
from chatbot.text.hidden import HiddenText
from chatbot.ui import choices
from chatbot.ui.clicks import OpenDocument, button_html
from chatbot.ui.documents.amounts import counted, listed_names, name_html, size
from chatbot.ui.documents.document_rows import STATUSES, Order, Status, documents_of, find_rows, hidden_texts
from chatbot.ui.documents.hidden_words import hidden_words_html
from chatbot.ui.documents.index_changes import queue_reading, queue_removal
from chatbot.ui.library.current import may
from chatbot.ui.library.fragments import fragment
from chatbot.ui.notices import notice_html, quiet, set_widget

ROWS = 25  # drawn at once
_ALL: Literal["all"] = "all"
_LONGEST = 34  # columns of a name
_KEY = "document_list"
_ORDERS: dict[Order, str] = {
    "name": "order_name", "newest": "order_newest", "size": "order_size", "pages": "order_pages", "chunks": "order_chunks",
}  # fmt: skip
_STATUS_WORDS: dict[Status, str] = {
    "indexed": "status_indexed", "partial": "status_partial", "refused": "status_refused",
}  # fmt: skip


@dataclass(slots=True)
class _State:
    """Where a person is in the list. ``removing``: what they are asked about."""

    wanted: str = ""
    status: Status | Literal["all"] = _ALL
    order: Order = "name"
    upside_down: bool = False
    page: int = 0
    chosen: set[str] = field(default_factory=set)
    removing: tuple[str, ...] = ()


def draw_document_list(config: Config, chatbot: Chatbot, say: Say) -> None:
    """Draw it; a click in it draws only the list again."""
    fragment(_draw_list)(config, chatbot, say)


def document_html(
    row: DocumentRow, say: Say, hidden: Sequence[HiddenText] = (), others: Sequence[str] = ()
) -> str:
    """Name, folder, type, counts, size and state; the reason where it is not whole, and what it hides.

    ``others`` are the uris of documents with the same content.
    """
    folder, _, name = row.uri.rpartition("/")
    facts = [
        ("type", as_html(row.format or name.rpartition(".")[2].lower()[:8])),
        ("pages", counted(say, "one_page", "more_pages", row.pages) if row.pages else ""),
        ("chunks", counted(say, "one_chunk", "more_chunks", row.chunks) if row.chunks else ""),
        ("size", size(row.bytes)),
        ("state", say(_STATUS_WORDS[cast(Status, row.status)])),
    ]
    reason = f'<span class="sl-reason">{as_html(say.error(row.reason))}</span>' if row.reason else ""
    if others:
        words = say("same_content", names=listed_names(others))
        reason += f'<span class="sl-reason sl-same">{as_html(words)}</span>'
    cells = "".join(f'<span class="sl-c-{kind}">{words}</span>' for kind, words in facts)
    opened = button_html(OpenDocument(row.uri), row.uri, face=name_html(name, row.uri, _LONGEST))
    place = f'<small title="{as_attribute(folder)}">{name_as_html(folder)}</small>'
    return f'<div class="sl-row sl-{row.status}"><div class="sl-c-name">{opened}{place}</div>{cells}{reason}{hidden_words_html(row.hidden_words, hidden, say)}</div>'


def _draw_list(config: Config, chatbot: Chatbot, say: Say) -> None:
    state = _state()
    rows = documents_of(chatbot)
    state.chosen &= {row.uri for row in rows}
    _draw_controls(state, rows, say)
    shown = find_rows(
        rows, state.wanted, None if state.status == _ALL else state.status, state.order, state.upside_down
    )
    state.page = max(0, min(state.page, (len(shown) - 1) // ROWS))
    first = state.page * ROWS
    screen = shown[first : first + ROWS]
    _draw_chosen(config, chatbot, state, shown, screen, say)
    hidden, places = hidden_texts(chatbot, screen), same_content(rows)
    with st.container(key="rows", gap=None):
        for row in screen:
            others = other_places(places, row.uri)
            _draw_row(state, row, document_html(row, say, hidden.get(row.uri, ()), others), say)
    if not shown:
        quiet("none", as_html(say("none_found")))
    if len(shown) > ROWS:
        _draw_leaf(state, first, len(screen), len(shown), say)


def _state() -> _State:
    found_state: _State = st.session_state.setdefault(_KEY, _State())
    return found_state


def _draw_controls(state: _State, rows: Sequence[DocumentRow], say: Say) -> None:
    with st.container(key="find", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            say("find_document"), key=set_widget("find_document", state.wanted, is_live=True), type="search", live=True, autocomplete="off",
            placeholder=say("find_document"), label_visibility="collapsed", on_change=_set, args=("wanted", "find_document"),
        )  # fmt: skip
        st.selectbox(
            say("order"), list(_ORDERS), format_func=lambda order: say(_ORDERS[order]), key=set_widget("order_documents", state.order),
            filter_mode=None, label_visibility="collapsed", width=170, on_change=_set, args=("order", "order_documents"),
        )  # fmt: skip
        st.button(
            "", key="upside_down", icon=":material/swap_vert:", help=say("upside_down"), on_click=_turn_round
        )
    counts = {status: sum(row.status == status for row in rows) for status in STATUSES}
    if counts["partial"] or counts["refused"]:
        options = [_ALL, *(status for status in STATUSES if counts[status])]
        if state.status not in options:
            state.status = _ALL
        st.segmented_control(
            say("status"), options, key=set_widget("status_documents", state.status), label_visibility="collapsed", required=True,
            format_func=lambda s: say("status_all") if s == _ALL else f"{say(_STATUS_WORDS[s])} {counts[s]:,}",
            on_change=_set, args=("status", "status_documents"),
        )  # fmt: skip
    else:
        state.status = _ALL


def _draw_row(state: _State, row: DocumentRow, drawn: str, say: Say) -> None:
    key = f"pick-{hashlib.sha256(row.uri.encode()).hexdigest()[:16]}"
    with st.container(key=f"row-{key}", horizontal=True, wrap=False, vertical_alignment="top", gap="small"):
        label = as_label(say("choose_document", name=row.name))
        st.checkbox(
            label,
            key=set_widget(key, row.uri in state.chosen),
            label_visibility="collapsed",
            on_change=_pick,
            args=(row.uri, key),
        )
        st.html(drawn)


def _draw_chosen(
    config: Config, chatbot: Chatbot, state: _State, shown: Sequence[DocumentRow],
    screen: Sequence[DocumentRow], say: Say,
) -> None:  # fmt: skip
    """What can be done with the chosen ones; asks before anything is removed."""
    chosen = state.chosen
    with st.container(key="chosen", horizontal=True, vertical_alignment="center", gap="small"):
        all_here = bool(screen) and all(row.uri in chosen for row in screen)
        st.checkbox(
            say("choose_screen"), key=set_widget("pick_screen", all_here), disabled=not screen,
            on_change=_pick_all, args=([row.uri for row in screen],),
        )  # fmt: skip
        if not chosen:
            return
        if all_here and len(shown) > len(screen) and not chosen.issuperset(row.uri for row in shown):
            words = say("choose_found", count=f"{len(shown):,}")
            uris = [row.uri for row in shown]
            st.button(words, key="pick_found", type="tertiary", on_click=chosen.update, args=(uris,))
        st.html(
            f'<p class="sl-quiet">{counted(say, "one_chosen", "more_chosen", len(chosen))}</p>',
            width="content",
        )
        if st.button(say("chat_with_these"), key="chat_with_these", icon=":material/filter_alt:"):
            _only_these(config, documents_of(chatbot), chosen)
            st.rerun()
        if may(config, Action.ADD) and st.button(
            say("read_again"), key="read_again", icon=":material/refresh:", help=say("read_again_help")
        ):
            queue_reading(config, chatbot, sorted(chosen))
            chosen.clear()
            st.rerun()
        if may(config, Action.REMOVE) and st.button(say("remove"), key="remove", icon=":material/delete:"):
            state.removing = tuple(sorted(chosen))
        st.button(say("choose_none"), key="choose_none", type="tertiary", on_click=_choose_none)
    if state.removing:
        _ask_before_removing(config, chatbot, state, say)


def _ask_before_removing(config: Config, chatbot: Chatbot, state: _State, say: Say) -> None:
    uris = state.removing
    head = counted(say, "remove_one", "remove_more", len(uris))
    if len(uris) == 1:
        head = say("remove_named", name=uris[0].rsplit("/", 1)[-1])
    from_folders = sum(not uri.startswith((f"{UPLOADS}/", f"{WEB}/")) for uri in uris)
    words = say("remove_for_good")
    if from_folders:
        words += " " + counted(say, "remove_folder_one", "remove_folder_more", from_folders)
    if others := _other_places(documents_of(chatbot), uris):
        words += " " + say("remove_other_places", names=listed_names(others))
    st.html(notice_html(head, words))
    with st.container(key="removing", horizontal=True, gap="small"):
        if st.button(say("remove"), key="remove_now", type="primary"):
            queue_removal(config, chatbot, uris)
            kept = tuple(uri for uri in choices.settings(config).filters if uri not in set(uris))
            choices.choose(config, filters=kept)
            state.removing, state.wanted = (), ""
            state.chosen.clear()
            st.rerun()
        st.button(say("keep"), key="keep", on_click=_keep)


def _other_places(rows: Sequence[DocumentRow], uris: Sequence[str]) -> list[str]:
    """Where the content of ``uris`` stays when they are removed."""
    places, going = same_content(rows), set(uris)
    found = dict.fromkeys(other for uri in uris for other in other_places(places, uri))
    return [uri for uri in found if uri not in going]


def _only_these(config: Config, rows: Sequence[DocumentRow], chosen: set[str]) -> None:
    """Search in the chosen ones that have passages; in all documents when those are all."""
    searchable = [row.uri for row in rows if row.chunks]
    only = tuple(uri for uri in searchable if uri in chosen)
    choices.choose(config, filters=() if len(only) == len(searchable) else only)


def _draw_leaf(state: _State, first: int, count: int, total: int, say: Say) -> None:
    last = (total - 1) // ROWS
    with st.container(
        key="leaf", horizontal=True, horizontal_alignment="center", vertical_alignment="center"
    ):
        buttons: tuple[tuple[str, str, int], ...] = (
            (":material/first_page:", "first_screen", 0), (":material/chevron_left:", "screen_before", state.page - 1),
            (":material/chevron_right:", "screen_after", state.page + 1), (":material/last_page:", "last_screen", last),
        )  # fmt: skip
        for number, (icon, key, page) in enumerate(buttons):
            if number == 2:
                span = say("screen", first=f"{first + 1:,}", last=f"{first + count:,}", total=f"{total:,}")
                st.html(f'<p class="sl-quiet">{span}</p>', width="content")
            st.button(
                "", key=key, icon=icon, type="tertiary", help=say(key),
                disabled=not 0 <= page <= last or page == state.page, on_click=_go, args=(page,),
            )  # fmt: skip


def _set(name: str, key: str) -> None:
    value: Any = st.session_state[key]
    state = _state()
    setattr(state, name, value or "")
    state.page = 0


def _turn_round() -> None:
    state = _state()
    state.upside_down, state.page = not state.upside_down, 0


def _pick(uri: str, key: str) -> None:
    chosen = _state().chosen
    if st.session_state[key]:
        chosen.add(uri)
    else:
        chosen.discard(uri)
    _state().removing = ()


def _pick_all(uris: Sequence[str]) -> None:
    chosen = _state().chosen
    if st.session_state.pick_screen:
        chosen.update(uris)
    else:
        chosen.difference_update(uris)
    _state().removing = ()


def _choose_none() -> None:
    _state().chosen.clear()
    _state().removing = ()


def _keep() -> None:
    _state().removing = ()


def _go(page: int) -> None:
    _state().page = page
