"""Clicks on buttons in our own HTML: a class for each action, its button, and what the browser tells of it.

    button_html(OpenSource(0, 2), "Open") -> clicks.js, in the browser -> received_clicks() -> OpenSource(0, 2)

What the browser tells may be anything: what is no click on one of these buttons is dropped.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say
from chatbot.rendering.words.framework import framework_words
from chatbot.text.asking import LONGEST_QUESTION

_ASSETS = Path(__file__).with_name("assets")
_SCRIPTS = (
    "clicks.js", "conversation.js", "answers.js", "asking.js", "composer.js", "sidebar.js", "framework.js", "sheet.js",
)  # fmt: skip
_SCRIPT = "\n".join(_ASSETS.joinpath(name).read_text("utf-8") for name in _SCRIPTS)
_SAID = (
    "too_long", "offline", "online", "drop_anywhere", "skip", "skip_to_page", "copy_code", "more_lines", "less_lines",
)  # fmt: skip
LONGEST_WORDS = 500  # characters that a person writes on a thumb down
LONGEST_TITLE = 200  # of a conversation
LONGEST_NAME = 4096  # of a document, with its folders
_NUMBER = re.compile(r"-?[0-9]{1,15}")  # of a field; all of them fit into a column of the database


@dataclass(frozen=True, slots=True)
class NewConversation:
    """Leave this conversation and begin an empty one."""


@dataclass(frozen=True, slots=True)
class SwitchConversation:
    """Show another conversation, by its id in the database."""

    conversation: int


@dataclass(frozen=True, slots=True)
class DeleteConversation:
    """Ask whether a conversation is to be deleted."""

    conversation: int


@dataclass(frozen=True, slots=True)
class PinConversation:
    """Keep a conversation on top of the list (``pinned`` 1), or no longer (0)."""

    conversation: int
    pinned: int


@dataclass(frozen=True, slots=True)
class RenameConversation:
    """Give a conversation another ``title``, at most ``LONGEST_TITLE`` characters."""

    conversation: int
    title: str


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """Open a document in the panel: what it holds in short, and the passage ``chunk``, 0 for its beginning."""

    document: str
    chunk: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """Thumb up (``value`` 1) or down (-1) on a source of an answer, or on the answer itself (``source`` 0)."""

    exchange: int
    source: int
    value: int


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ask the question of an exchange once more."""

    exchange: int


@dataclass(frozen=True, slots=True)
class AskAs:
    """Ask the question of an exchange once more and take it for a look-up (``sought`` 1), or for what the rules say (0)."""

    exchange: int
    sought: int


@dataclass(frozen=True, slots=True)
class EditQuestion:
    """Turn the question of an exchange into a field. Done in the browser: Python never hears of it."""

    exchange: int


@dataclass(frozen=True, slots=True)
class AskEdited:
    """Ask an exchange once more with another ``question``, at most ``LONGEST_QUESTION`` characters."""

    exchange: int
    question: str


@dataclass(frozen=True, slots=True)
class ShowVersion:
    """Show another version of an exchange, by its number from 1, with what followed it."""

    exchange: int
    version: int


@dataclass(frozen=True, slots=True)
class SayWhy:
    """Why the thumb on an answer is down: one of the choices; the same again takes it back."""

    exchange: int
    why: str


@dataclass(frozen=True, slots=True)
class SayInWords:
    """The same in a person's own ``words``; empty ones take them back."""

    exchange: int
    words: str


@dataclass(frozen=True, slots=True)
class AskNow:
    """Answer without waiting for the files that came with the question."""

    exchange: int


@dataclass(frozen=True, slots=True)
class StopAnswer:
    """End an answer that is being written; what has come of it stays."""

    exchange: int


@dataclass(frozen=True, slots=True)
class CopyAnswer:
    """Copy an answer to the clipboard. Done in the browser: Python never hears of it."""

    exchange: int


@dataclass(frozen=True, slots=True)
class InspectAnswer:
    """Open the inspector of an answer."""

    exchange: int


@dataclass(frozen=True, slots=True)
class OpenSource:
    """Open a source of an answer, by its number, in the panel.

    ``basis``: where in its passage the sentence begins that a citation rests on; -1 for the source as a whole.
    """

    exchange: int
    source: int
    basis: int = -1


@dataclass(frozen=True, slots=True)
class FollowAddress:
    """Show what the address names: the browser went back or forward to it. It has no button."""


@dataclass(frozen=True, slots=True)
class ClosePanel:
    """Close what stands beside the chat."""


OnExchange = (
    Rate
    | AskAgain
    | AskAs
    | EditQuestion
    | AskEdited
    | StopAnswer
    | CopyAnswer
    | InspectAnswer
    | OpenSource
    | ShowVersion
    | SayWhy
    | SayInWords
    | AskNow
)
OnConversation = SwitchConversation | DeleteConversation | PinConversation | RenameConversation
Click = NewConversation | OnConversation | OpenDocument | ClosePanel | FollowAddress | OnExchange

_KINDS: dict[str, type[Click]] = {  # by their name in the HTML
    "new": NewConversation, "conversation": SwitchConversation, "delete": DeleteConversation, "pin": PinConversation, "renamed": RenameConversation, "document": OpenDocument, "rate": Rate,
    "again": AskAgain, "as": AskAs, "edit": EditQuestion, "edited": AskEdited, "stop": StopAnswer, "copy": CopyAnswer, "why": InspectAnswer,
    "open": OpenSource, "close": ClosePanel, "follow": FollowAddress, "version": ShowVersion, "say": SayWhy, "words": SayInWords, "now": AskNow,
}  # fmt: skip
_NAMES = {kind: name for name, kind in _KINDS.items()}


def button_html(
    click: Click, label: str, icon: str = "", pressed: bool | None = None, *, face: str = ""
) -> str:
    """HTML of the button of ``click``; with an ``icon`` (a Material symbol's name) the label becomes its tooltip.

    ``face``: HTML that stands on it in place of the label, which is then its tooltip only.
    """
    own = f'<span class="sl-icon" aria-hidden="true">{as_html(icon)}</span>' if icon else as_html(label)
    # as they are, unlike what is shown: a document is found by its whole name, whatever it holds
    values = "".join(f' data-{name}="{escape(str(value))}"' for name, value in asdict(click).items())
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    is_named = f' aria-label="{as_attribute(label)}"' if icon else ""
    title = f' title="{as_attribute(label)}"{is_named}' if icon or face else ""
    return f'<button type="button" class="sl-act" data-act="{_NAMES[type(click)]}"{values}{state}{title}>{face or own}</button>'


def read_click(told: object) -> Click | None:
    """The click that the browser tells of, as the data attributes of a button; ``None`` if it is none of these."""
    if not isinstance(told, dict):
        return None
    name = told.get("act")
    kind = _KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        return None
    values: list[Any] = [_value(told.get(field.name), field.name) for field in fields(kind)]
    if None in values:
        return None
    click = kind(*values)
    return None if isinstance(click, Rate) and click.value not in (1, -1) else click


def _value(told: object, name: str) -> int | str | None:
    """The value of a field; ``None`` for what cannot be one."""
    if not isinstance(told, str):
        return None
    if name == "question":
        question = told.strip()
        return question if 0 < len(question) <= LONGEST_QUESTION else None  # the field has said so already
    if name in ("why", "words"):
        return told.strip()[:LONGEST_WORDS]
    if name == "title":
        return told.strip()[:LONGEST_TITLE] or None
    if name == "document":
        return told if 0 < len(told) <= LONGEST_NAME else None
    return int(told) if _NUMBER.fullmatch(told) else None


def received_clicks(say: Say) -> list[tuple[int, Click]]:
    """The last clicks of this session, oldest first, each with its number: a later click has a larger one.

    A state of the browser and not a trigger: it comes with every run until other clicks take its place. A trigger
    comes once, and is lost with a run that is ended before it got here. So a click is received several times, and
    whoever obeys it remembers its number.
    """
    told = _component()(key="clicks", data=_told_to_browser(say), on_clicks_change=_nothing).clicks
    found = []
    for entry in told if isinstance(told, list) else ():
        click = read_click(entry)
        if click is not None and type(entry.get("at")) is int:
            found.append((entry["at"], click))
    return found


def _told_to_browser(say: Say) -> dict[str, object]:
    """What its script says by itself, also while there is no server to ask."""
    return {
        "framework": framework_words(say.language), "copied": say("copied"), "language": say.language,
        "longest": LONGEST_QUESTION, "words": {name: say(name) for name in _SAID},
    }  # fmt: skip


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("secondlook_clicks", js=_SCRIPT)


def _nothing() -> None:
    """A state needs a callback to be reported."""
