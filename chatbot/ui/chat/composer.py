"""The field to ask in and what stands on it: who answers, which documents are searched, the keys, and the way to stop.

The button that stops an answer takes the place of the one that sends (``composer.css``): a question that is asked
meanwhile is sent with Enter.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatbot.config import Config
from chatbot.rendering.safe import as_html, as_label, as_text
from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.ui import choices
from chatbot.ui.chat.asking.taking import keep_sent
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.clicks import StopAnswer, button_html
from chatbot.ui.documents.amounts import shortened
from chatbot.ui.documents.document_rows import names_apart
from chatbot.ui.models import backend_settings as backends
from chatbot.ui.models.backend_cards import backend_name
from chatbot.ui.notices import set_widget

_LONGEST = 28  # columns of what a chip says
_KEYS = (
    ("/", "shortcut_focus"), ("Enter", "shortcut_send"), ("Shift Enter", "shortcut_line"), ("Esc", "shortcut_escape"), ("?", "shortcut_help"),
)  # fmt: skip
_DOCUMENTS = "chosen_documents"
_FIELD = "question"


def draw_composer(
    config: Config, documents: Sequence[DocumentRow], may_add: bool, say: Say
) -> DeltaGenerator:
    """Draw it; the place for ``draw_stop``.

    Args:
        may_add: files come along with a question.
    """
    with st.container(key="ask"):
        # no max_chars, which cuts a paste without a word: asking.js counts, and what it lets through is refused here
        st.chat_input(
            say("ask_placeholder"), key=_FIELD, accept_file="multiple" if may_add else False,
            on_submit=keep_sent, args=(_FIELD,),
        )  # fmt: skip
        stop = st.empty()
        with st.container(key="chips", horizontal=True, vertical_alignment="center", gap="small"):
            _draw_model(config, say)
            _draw_documents(config, documents, say)
            with st.popover("?", key="shortcuts", type="tertiary", help=say("shortcuts")):
                st.html(_keys(say))
    return stop


def draw_stop(place: DeltaGenerator, chat: ChatSession, say: Say) -> None:
    """The button that stops the answer that is being written, if there is one."""
    under_way = [index for index, exchange in enumerate(chat.exchanges) if not exchange.written]
    if under_way:
        place.html(
            f'<div class="sl-stop">{button_html(StopAnswer(under_way[-1]), say("stop"), "stop")}</div>'
        )


def _draw_model(config: Config, say: Say) -> None:
    """Who answers; those that could answer at once are a click away."""
    llm = choices.settings(config).llm
    model = backends.needs_of(llm).model_of(llm)
    chosen = backend_name(llm.backend, say)
    with st.popover(_short(model or chosen), key="chip_model", icon=":material/edit_note:", type="tertiary"):
        st.html(f'<p class="sl-label">{as_html(say("answers"))}</p>')
        ready = [
            name
            for name in backends.names(config)
            if not backends.is_missing(backends.state(backends.draft(config, name)))
        ]
        for name in ready:
            is_chosen = name == llm.backend
            st.button(
                as_text(backend_name(name, say)), key=f"pick-{name}", width="stretch", type="tertiary",
                icon=":material/check:" if is_chosen else ":material/radio_button_unchecked:",
                on_click=backends.view, args=(config, name),
            )  # fmt: skip
        st.html(f'<p class="sl-fine">{as_html(say("more_models"))}</p>')


def _draw_documents(config: Config, documents: Sequence[DocumentRow], say: Say) -> None:
    """Which documents are searched: all of them until some are chosen."""
    filters = choices.settings(config).filters
    names = names_apart([row for row in documents if row.chunks])
    chosen = [uri for uri in filters if uri in names]
    label = say("every_document") if not filters else say("chip_documents", count=len(filters))
    if len(chosen) == 1:
        label = names[chosen[0]]
    with st.popover(_short(label), key="chip_documents", icon=":material/folder_open:", type="tertiary"):
        st.multiselect(
            say("search_only"), list(names), key=set_widget(_DOCUMENTS, chosen), format_func=names.__getitem__,
            placeholder=say("every_document"), on_change=_choose, args=(config, len(names)),
        )  # fmt: skip


def _choose(config: Config, count: int) -> None:
    """Search in the chosen ones; in all documents, also in those that are added later, when those are all ``count``."""
    chosen = tuple(st.session_state[_DOCUMENTS])
    choices.choose(config, filters=() if len(chosen) == count else chosen)


def _short(label: str) -> str:
    return as_text(shortened(as_label(label), _LONGEST))


def _keys(say: Say) -> str:
    """HTML: what each key does."""
    rows = "".join(
        f"<dt><kbd>{as_html(key)}</kbd></dt><dd>{as_html(say(words))}</dd>" for key, words in _KEYS
    )
    return f'<p class="sl-label">{as_html(say("shortcuts"))}</p><dl class="sl-keys">{rows}</dl>'
