"""The list of conversations in the sidebar: search, open, rename, delete, take along."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from chatbot.config import Config
from chatbot.conversations import ConversationRow, Conversations, ExchangeRecord
from chatbot.rendering.safe import as_attribute, as_html, as_label, as_text
from chatbot.rendering.words import Say
from chatbot.ui.bridge import Click, button
from chatbot.ui.chat.session import Conversation, begin, switch
from chatbot.ui.jobs import attempt
from chatbot.ui.notices import problem

_SHOWN = 30  # conversations; older ones are found by a word
TO_THE_CHAT = ("new", "conversation")  # actions that are seen on the chat page
_SEARCHABLE = 6  # conversations; fewer are seen at a glance


@st.cache_resource(show_spinner=False)
def opened(folder: Path, owner: str) -> Conversations:
    """The conversations of one person; raises ``ConversationsError``, and tries again next time."""
    return Conversations.open(folder, owner)


def conversations_list(kept_in: Conversations, current: Conversation, say: Say) -> None:
    """Draw the list; what is clicked comes back as a ``Click``."""
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
    lines = "".join(_line(row, row.id == current.id, say) for row in rows[:_SHOWN])
    more = (
        f'<p class="sl-fine">{say("more_conversations", count=len(rows) - _SHOWN)}</p>'
        if len(rows) > _SHOWN
        else ""
    )
    st.html(f'<nav class="sl-history" aria-label="{as_attribute(say("conversations"))}">{lines}</nav>{more}')


def act(click: Click, config: Config, kept_in: Conversations | None, say: Say) -> None:
    """Do what was clicked in the list."""
    if click.action == "new":
        begin(kept_in)
    elif kept_in is None:
        return
    elif click.action == "conversation":
        switch(click.value, config, kept_in)
    elif click.action == "manage":
        _manage(click.value, kept_in, say)


def _line(row: ConversationRow, is_current: bool, say: Say) -> str:
    title = row.title or say("untitled")
    here = ' aria-current="true"' if is_current else ""
    return (
        f'<div class="sl-conversation"{here}>'
        f"{button('conversation', 0, title, value=row.id)}{button('manage', 0, say('manage_conversation'), value=row.id, icon='more_horiz')}</div>"
    )


def _manage(number: int, kept_in: Conversations, say: Say) -> None:
    """A dialog about one conversation."""

    @st.dialog(as_text(say("manage_conversation")))
    def dialog() -> None:
        title = attempt(lambda: kept_in.title(number))
        saved = attempt(lambda: kept_in.exchanges(number))
        if title.error or saved.error:
            problem(title.error or saved.error, say)  # type: ignore[arg-type]
            return
        name = st.text_input(say("title"), as_label(title.value or ""), key=f"title-{number}", max_chars=200)
        if st.button(say("rename"), disabled=(name or "").strip() in ("", title.value), width="stretch"):
            _done(attempt(lambda: kept_in.rename(number, name or "")).error, say)
        _exports([s.record for s in saved.value or []], title.value or "", say)
        sure = st.checkbox(say("delete_sure"), key=f"sure-{number}")
        if st.button(say("delete"), disabled=not sure, icon=":material/delete:", width="stretch"):
            failed = attempt(lambda: kept_in.delete(number)).error
            current: Conversation | None = st.session_state.get("conversation")
            if not failed and current is not None and current.id == number:
                begin(kept_in)
            _done(failed, say)

    dialog()


def _done(failed: object, say: Say) -> None:
    if failed:
        problem(failed, say)  # type: ignore[arg-type]
    else:
        st.rerun()


def _timezone() -> tzinfo:
    """That of the browser."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        return UTC


def _exports(records: list[ExchangeRecord], title: str, say: Say) -> None:
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
