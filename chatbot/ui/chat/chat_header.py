"""What stands above a conversation: its name, which is changed in place, pin, share, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from chatbot.conversations import Conversations, ExchangeRecord
from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.jobs import attempt
from chatbot.ui.sidebar.conversation_list import conversation_actions
from chatbot.ui.sidebar.dates import local_timezone


def draw_chat_header(chat: ChatSession, kept_in: Conversations | None, say: Say) -> None:
    """Draw it; before there is a kept conversation its place only, or the field to ask in would be made anew with it."""
    number, place = chat.id, st.empty()
    if kept_in is None or number is None or not chat.exchanges:
        return
    title = attempt(lambda: kept_in.title(number)).value or chat.exchanges[0].question
    row = attempt(lambda: next((row for row in kept_in.list() if row.id == number), None)).value
    actions = conversation_actions(number, row is not None and row.pinned, say)
    with place.container(
        key="chat_head", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
    ):
        st.html(
            f'<div class="sl-chat-head" data-title="{as_attribute(title)}" data-conversation="{number}">'
            f'<b class="sl-name" title="{as_attribute(title)}">{as_html(title)}</b>{actions}</div>'
        )
        with st.popover(say("share"), icon=":material/ios_share:", key="share"):
            _draw_exports(lambda: _records(kept_in, number), title, say)


def _records(kept_in: Conversations, number: int) -> list[ExchangeRecord]:
    return [saved.record for saved in kept_in.exchanges(number)]


def _draw_exports(records: Callable[[], Sequence[ExchangeRecord]], title: str, say: Say) -> None:
    """Files to take along; each is made when it is clicked."""
    from chatbot.conversations import to_html, to_markdown

    name = "".join(c if c.isalnum() else "-" for c in title).strip("-")[:60] or "secondlook"
    timezone = local_timezone()
    st.html(f'<p class="sl-fine">{as_html(say("share_more"))}</p>')
    st.download_button(
        say("as_receipt"),
        lambda: to_html(list(records()), say.language, title=title, timezone=timezone).encode(),
        f"{name}.html", "text/html", width="stretch", icon=":material/receipt_long:", key="as_receipt", on_click="ignore",
    )  # fmt: skip
    st.download_button(
        say("as_markdown"),
        lambda: to_markdown(list(records()), say.language, title=title, timezone=timezone).encode(),
        f"{name}.md", "text/markdown", width="stretch", icon=":material/download:", key="as_markdown", on_click="ignore",
    )  # fmt: skip
