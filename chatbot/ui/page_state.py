"""What one browser session has on its page, and what each click does to it.

It is one object that is changed in place, and no click is obeyed with ``st`` in between: Streamlit may end a run at
any call of ``st`` and any access to ``st.session_state``. So a click is obeyed as a whole or, until the next run, not
at all. Drawing comes afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from chatbot.config import Config
from chatbot.conversations import WHYS, Conversations
from chatbot.rendering.words import Say
from chatbot.trace import Request
from chatbot.ui import choices
from chatbot.ui.chat import address
from chatbot.ui.chat.chat_session import ChatSession, chat_in_address, chat_named, open_chat
from chatbot.ui.clicks import (
    AskAgain,
    AskAs,
    AskEdited,
    AskNow,
    Click,
    ClosePanel,
    CopyAnswer,
    DeleteConversation,
    EditQuestion,
    FollowAddress,
    InspectAnswer,
    NewConversation,
    OnExchange,
    OpenDocument,
    OpenSource,
    PinConversation,
    Rate,
    RenameConversation,
    SayInWords,
    SayWhy,
    ShowVersion,
    StopAnswer,
    SwitchConversation,
    received_clicks,
)
from chatbot.ui.jobs import attempt

_KEY = "page"
_PANEL = re.compile(r"([0-9]{1,9})-(why|[0-9]{1,9})(?:-([0-9]{1,9}))?")


@dataclass(slots=True)
class PageState:
    """What is on the page.

    Attributes:
        dialog: the click that opened a dialog, until it is closed. It is drawn in every run: one that is drawn only in
            the run of its click disappears with the next, for example at the end of an answer.
        panel: the click that opened what stands beside the chat, until it is closed.
        turned_to: the page, from 1, that a source in the panel was turned to.
        part: path of the part of the page that was drawn last; the chat has none.
        wants_chat: the chat is to be shown, whichever part is there.
        told: why the last click on a conversation did nothing; empty when it did.
        obeyed: number of the last click that was obeyed; ``None`` before the first look. What comes with that look was
            obeyed by another server, from which the browser has come here.
    """

    chat: ChatSession
    dialog: DeleteConversation | None = None
    panel: InspectAnswer | OpenSource | OpenDocument | None = None
    turned_to: int | None = None
    part: str = ""
    wants_chat: bool = False
    told: str = ""
    obeyed: int | None = None

    def show_chat(self, chat: ChatSession) -> None:
        """Put another conversation on the page."""
        self.chat = chat
        self.wants_chat = True
        self.close_dialog()
        self.close_panel()

    def close_dialog(self) -> None:
        self.dialog = None

    def close_panel(self) -> None:
        self.panel = self.turned_to = None

    def turn_to(self, page: int) -> None:
        """Show another page of the document in the panel."""
        self.turned_to = page


def page_state(config: Config, kept_in: Conversations | None) -> PageState:
    """That of this session; at first with the conversation that the address names."""
    found: PageState | None = st.session_state.get(_KEY)
    if found is None:
        st.session_state[_KEY] = found = PageState(chat_in_address(config, kept_in))
        found.panel = panel_named(st.query_params.get(address.PANEL, ""), found.chat)
    elif kept_in is not None and found.chat.kept_in is None and not found.chat.exchanges:
        found.chat = ChatSession(kept_in)  # the first document has just brought the place where it is kept
    return found


def follow_address(
    page: PageState, here: address.Here, config: Config, kept_in: Conversations | None
) -> None:
    """Show what the address names, to which a person went back or forward."""
    gone_to = here.changes()
    if (number := gone_to.get(address.CONVERSATION)) is not None:
        page.show_chat(chat_named(number, config, kept_in))
    if (panel := gone_to.get(address.PANEL)) is not None:
        page.close_panel()
        page.panel = panel_named(panel, page.chat)


def write_address(page: PageState) -> None:
    """Name in the address what is shown."""
    names = {address.PANEL: name_of_panel(page.panel)}
    if page.chat.id is not None or page.chat.kept_in is not None:
        names[address.CONVERSATION] = str(page.chat.id or "")
    address.write(**names)


def name_of_panel(panel: InspectAnswer | OpenSource | OpenDocument | None) -> str:
    """What stands beside the chat, as the address names it; a document of the Documents page has no name there."""
    match panel:
        case InspectAnswer(exchange):
            return f"{exchange}-why"
        case OpenSource(exchange, source, basis):
            return f"{exchange}-{source}" + (f"-{basis}" if basis >= 0 else "")
        case _:
            return ""


def panel_named(name: str, chat: ChatSession) -> InspectAnswer | OpenSource | None:
    """What ``name_of_panel`` has named, if it is there."""
    found = _PANEL.fullmatch(name)
    if found is None:
        return None
    exchange = int(found[1])
    if found[2] == "why":
        return InspectAnswer(exchange) if chat.trace(exchange) is not None else None
    source = int(found[2])
    return (
        OpenSource(exchange, source, int(found[3] or -1))
        if chat.source(exchange, source) is not None
        else None
    )


def obey_clicks(page: PageState, config: Config, kept_in: Conversations | None, say: Say) -> None:
    """Obey the clicks that were not obeyed yet, in their order."""
    settings, here = choices.settings(config), address.here()
    clicks = received_clicks(say)  # from here on without st, see above
    if page.obeyed is None:
        page.obeyed = max((number for number, _ in clicks), default=0)
    for number, click in clicks:
        if number > page.obeyed:
            page.obeyed = number
            if isinstance(click, FollowAddress):
                follow_address(page, here, config, kept_in)
            else:
                obey_click(click, page, config, kept_in, settings)


def obey_click(
    click: Click, page: PageState, config: Config, kept_in: Conversations | None, settings: choices.Settings
) -> None:
    """Do to ``page`` what was clicked; nothing where that is not there (any more).

    Args:
        settings: what a question that is asked again is asked with.
    """
    chat = page.chat
    if isinstance(click, OnExchange) and not 0 <= click.exchange < len(chat.exchanges):
        return  # of a conversation that was left meanwhile
    if isinstance(click, AskAgain | AskAs | AskEdited):
        page.close_panel()  # what it shows is of an answer that goes
    match click:
        case NewConversation():
            page.show_chat(ChatSession(kept_in))
        case SwitchConversation(number):
            if kept_in is not None:
                page.show_chat(open_chat(number, config, kept_in) or ChatSession(kept_in))
        case DeleteConversation():
            page.dialog = click
        case PinConversation(number, pinned) if kept_in is not None:
            page.told = _why_not(partial(kept_in.pin, number, bool(pinned)))
        case RenameConversation(number, title) if kept_in is not None:
            page.told = _why_not(partial(kept_in.rename, number, title))
        case OpenDocument():
            page.panel, page.turned_to = click, None
        case Rate(exchange, source, value):
            chat.rate(exchange, source, value)
        case AskAgain(exchange):
            if chat.exchanges[exchange].settled:
                chat.ask_again(exchange, settings=settings)
        case AskAs(exchange, sought):
            if chat.exchanges[exchange].settled:
                chat.ask_as(exchange, settings, Request(decided_by="person") if sought else None)
        case AskEdited(exchange, question):  # also while it is answered: what was typed would be lost
            chat.ask_again(exchange, question)
        case ShowVersion(exchange, version):
            page.close_panel()
            chat.show_version(exchange, version, config)
        case SayWhy(exchange, why):
            known = next((name for name in WHYS if name == why), None)
            if known:
                now = chat.exchanges[exchange]
                chat.say_why(exchange, "" if now.why == known else known, now.words)
        case SayInWords(exchange, words):
            chat.say_why(exchange, chat.exchanges[exchange].why, words)
        case AskNow(exchange):
            if (given := chat.exchanges[exchange].given) is not None:
                given.hurry()
        case StopAnswer(exchange):
            chat.exchanges[exchange].stop()
        case InspectAnswer(exchange):
            if chat.trace(exchange) is not None:
                page.panel = click
        case OpenSource(exchange, source):
            if chat.source(exchange, source) is not None:
                page.panel, page.turned_to = click, None
        case ClosePanel():
            page.close_panel()
        case CopyAnswer() | EditQuestion() | FollowAddress():  # done in the browser, or by the caller
            pass


def _why_not(action: Callable[[], None]) -> str:
    error = attempt(action).error
    return str(error) if error else ""
