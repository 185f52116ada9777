"""The list of conversations in the sidebar: found as one types, pinned, renamed in place, deleted.

    rows of the database -> under "Pinned", "Today", "Yesterday", the last days, months -> HTML -> clicks

Everything but the search field is HTML of our own: a hundred rows are one element. A name is changed in the browser
(``sidebar.js``), which tells of it as a click.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import streamlit as st

from chatbot.config import Config
from chatbot.conversations import ConversationRow, Conversations
from chatbot.rendering.safe import as_attribute, as_html, as_label, as_text
from chatbot.rendering.words import Say
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.clicks import DeleteConversation, PinConversation, SwitchConversation, button_html
from chatbot.ui.jobs import attempt
from chatbot.ui.notices import problem, set_widget
from chatbot.ui.page_state import PageState
from chatbot.ui.sidebar.dates import group_of, local_timezone, short_date

_SHOWN = 100  # conversations; older ones are found by a word
_SEARCHABLE = 6  # conversations; fewer are seen at a glance
_SOUGHT = "find_conversation"


@st.cache_resource(
    show_spinner=False,
    hash_funcs={Config: lambda config: (str(config.store), config.index.model_dump_json())},
)
def open_conversations(config: Config, owner: str) -> Conversations:
    """The conversations of one person; raises ``ConversationsError``, and tries again next time."""
    return Conversations.open(config, owner)


def draw_conversation_list(kept_in: Conversations, current: int | None, said: str, say: Say) -> None:
    """The list; ``current`` is the one on the page, by its id.

    Args:
        said: a fault that the page tells already, and that is not told twice.
    """
    wanted = str(st.session_state.get(_SOUGHT) or "")
    listed = attempt(lambda: kept_in.list(wanted))
    if listed.error:
        if str(listed.error) != said:
            problem(listed.error, say)
        return
    rows: Sequence[ConversationRow] = listed.value or ()
    if len(rows) > _SEARCHABLE or wanted:
        st.text_input(
            say(_SOUGHT), key=set_widget(_SOUGHT, wanted, is_live=True), placeholder=say(_SOUGHT), type="search", live=True,
            label_visibility="collapsed", autocomplete="off",
        )  # fmt: skip
    if not rows and wanted:
        st.html(f'<p class="sl-fine" role="status">{as_html(say("no_conversation"))}</p>')
    if rows:
        st.html(list_html(rows, current, datetime.now(local_timezone()), say))


def list_html(rows: Sequence[ConversationRow], current: int | None, now: datetime, say: Say) -> str:
    """The rows under their headings, in their order; ``now`` is in the time zone of who looks."""

    def heading(row: ConversationRow) -> str:
        return say("pinned") if row.pinned else group_of(row.updated, now, say)

    parts = []
    for title, group in groupby(rows[:_SHOWN], heading):
        lines = "".join(f"<li>{_line(row, row.id == current, now, say)}</li>" for row in group)
        parts.append(f"<h3>{as_html(title)}</h3><ul>{lines}</ul>")
    left = len(rows) - _SHOWN
    more = f'<p class="sl-fine">{as_html(say("more_conversations", count=left))}</p>' if left > 0 else ""
    label = as_attribute(say("conversations"))
    return f'<nav class="sl-history" aria-label="{label}">{"".join(parts)}</nav>{more}'


def _line(row: ConversationRow, is_current: bool, now: datetime, say: Say) -> str:
    title = row.title or say("untitled")
    here = ' aria-current="true"' if is_current else ""
    date = short_date(row.updated, now, say)
    face = f'<span class="sl-name">{as_html(title)}</span><small>{as_html(date)}</small>'
    more = as_attribute(say("manage_conversation"))
    dots = '<span class="sl-icon" aria-hidden="true">more_horiz</span>'
    return (
        f'<div class="sl-conversation"{here} data-title="{as_attribute(row.title)}" data-conversation="{row.id}">'
        f"{button_html(SwitchConversation(row.id), as_label(title), face=face)}"
        f'<button type="button" class="sl-act" data-more aria-expanded="false" title="{more}" aria-label="{more}">{dots}</button>'
        f'<div class="sl-row-actions" hidden>{conversation_actions(row.id, row.pinned, say)}</div></div>'
    )


def conversation_actions(number: int, is_pinned: bool, say: Say) -> str:
    """Buttons: pin or not, rename in place, delete."""
    pin = button_html(
        PinConversation(number, 0 if is_pinned else 1),
        say("unpin" if is_pinned else "pin"),
        "keep",
        is_pinned,
    )
    label = as_attribute(say("rename"))
    rename = (
        f'<button type="button" class="sl-act" data-rename title="{label}" aria-label="{label}">'
        '<span class="sl-icon" aria-hidden="true">edit</span></button>'
    )
    return pin + rename + button_html(DeleteConversation(number), say("delete"), "delete")


def draw_delete_dialog(number: int, page: PageState, kept_in: Conversations, say: Say) -> None:
    """Asks before a conversation is deleted for good."""

    @st.dialog(as_text(say("delete_conversation")), on_dismiss=page.close_dialog)
    def dialog() -> None:
        title = attempt(lambda: kept_in.title(number))
        if title.error:
            problem(title.error, say)
            return
        st.html(
            f"<p><b>{as_html(title.value or say('untitled'))}</b></p><p>{as_html(say('delete_sure'))}</p>"
        )
        with st.container(horizontal=True):
            if st.button(say("delete"), key="delete_now", icon=":material/delete:", type="primary"):
                failed = attempt(lambda: kept_in.delete(number)).error
                if failed:
                    problem(failed, say)
                    return
                page.close_dialog()
                if page.chat.id == number:
                    page.show_chat(ChatSession(kept_in))
                st.rerun()
            if st.button(say("keep"), key="keep_conversation"):
                page.close_dialog()
                st.rerun()

    dialog()
