"""The list of conversations in the sidebar: search, open, rename, delete, take along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from chatbot.conversations import ConversationRow, Conversations, ExchangeRecord
from chatbot.errors import ChatbotError
from chatbot.rendering.safe import as_attribute, as_html, as_label, as_text
from chatbot.rendering.words import Say
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.clicks import ManageConversation, SwitchConversation, button_html
from chatbot.ui.jobs import attempt
from chatbot.ui.notices import problem
from chatbot.ui.page_state import PageState

_SHOWN = 30  # conversations; older ones are found by a word
_SEARCHABLE = 6  # conversations; fewer are seen at a glance


@st.cache_resource(show_spinner=False)
def open_conversations(folder: Path, owner: str) -> Conversations:
    """The conversations of one person; raises ``ConversationsError``, and tries again next time."""
    return Conversations.open(folder, owner)


def draw_conversation_list(kept_in: Conversations, current: int | None, say: Say) -> None:
    """The list; ``current`` is the one on the page, by its id."""
    wanted = st.session_state.get("find_conversation", "")
    listed = attempt(lambda: kept_in.list(wanted))
    if listed.error:
        problem(listed.error, say)
        return
    rows: Sequence[ConversationRow] = listed.value or ()
    if len(rows) > _SEARCHABLE or wanted:
        st.text_input(
            say("find_conversation"), key="find_conversation", placeholder=say("find_conversation"),
            label_visibility="collapsed", autocomplete="off",
        )  # fmt: skip
    if not rows and wanted:
        st.html(f'<p class="sl-fine">{as_html(say("no_conversation"))}</p>')
    lines = "".join(_line(row, row.id == current, say) for row in rows[:_SHOWN])
    more = (
        f'<p class="sl-fine">{say("more_conversations", count=len(rows) - _SHOWN)}</p>'
        if len(rows) > _SHOWN
        else ""
    )
    st.html(f'<nav class="sl-history" aria-label="{as_attribute(say("conversations"))}">{lines}</nav>{more}')


def _line(row: ConversationRow, is_current: bool, say: Say) -> str:
    title = row.title or say("untitled")
    here = ' aria-current="true"' if is_current else ""
    more = button_html(ManageConversation(row.id), say("manage_conversation"), "more_horiz")
    return f'<div class="sl-conversation"{here}>{button_html(SwitchConversation(row.id), title)}{more}</div>'


def draw_conversation_dialog(number: int, page: PageState, kept_in: Conversations, say: Say) -> None:
    """A dialog about one conversation: rename it, save it as a file, delete it."""

    @st.dialog(as_text(say("manage_conversation")), on_dismiss=page.close_dialog)
    def dialog() -> None:
        title = attempt(lambda: kept_in.title(number))
        saved = attempt(lambda: kept_in.exchanges(number))
        if error := title.error or saved.error:
            problem(error, say)
            return
        name = st.text_input(say("title"), as_label(title.value or ""), key=f"title-{number}", max_chars=200)
        if st.button(say("rename"), disabled=(name or "").strip() in ("", title.value), width="stretch"):
            _close(page, attempt(lambda: kept_in.rename(number, name or "")).error, say)
        _draw_exports([s.record for s in saved.value or []], title.value or "", say)
        sure = st.checkbox(say("delete_sure"), key=f"sure-{number}")
        if st.button(say("delete"), disabled=not sure, icon=":material/delete:", width="stretch"):
            failed = attempt(lambda: kept_in.delete(number)).error
            if not failed and page.chat.id == number:
                page.show_chat(ChatSession(kept_in))
            _close(page, failed, say)

    dialog()


def _close(page: PageState, failed: ChatbotError | None, say: Say) -> None:
    """Close the dialog, unless what was asked for failed."""
    if failed:
        problem(failed, say)
    else:
        page.close_dialog()
        st.rerun()


def _timezone() -> tzinfo:
    """That of the browser."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        return UTC


def _draw_exports(records: list[ExchangeRecord], title: str, say: Say) -> None:
    from chatbot.conversations import to_html, to_markdown

    name = "".join(c if c.isalnum() else "-" for c in title).strip("-")[:60] or "secondlook"
    timezone = _timezone()
    left, right = st.columns(2)
    with left:
        st.download_button(
            say("as_receipt"), lambda: to_html(records, say.language, title=title, timezone=timezone).encode(), f"{name}.html", "text/html",
            width="stretch", icon=":material/receipt_long:",
        )  # fmt: skip
    with right:
        st.download_button(
            say("as_markdown"), lambda: to_markdown(records, say.language, title=title, timezone=timezone).encode(), f"{name}.md", "text/markdown",
            width="stretch", icon=":material/download:",
        )  # fmt: skip
