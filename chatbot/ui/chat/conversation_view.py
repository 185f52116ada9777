"""The conversation on the page. What has settled is sent to the browser once; a turn costs the same after 50 others.

    parcels_of(exchange) -> st.html -> conversation.js, which keeps it -> "held", its version -> not drawn again

Streamlit sends every element of a run anew. So an exchange is sent as a parcel under a version (a hash of its HTML)
until the browser says that it holds this version. The order in which versions stand on the page is sent with every
run: 16 characters for each exchange.

An exchange that is under way is followed by a fragment: it sends a part of it when that part has changed, and nothing
while nothing changes. No run of the script waits for an answer: any other run ends this one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_attribute
from chatbot.rendering.words import Say
from chatbot.text.asking import LONGEST_QUESTION
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.chat.clock import run_again_soon
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.chat.exchange_view import PARTS, part_html
from chatbot.ui.library.fragments import fragment

_LOOK_S = 0.05  # between two looks at what is under way; nothing is sent for a look
_FOLLOW_S = 2.0  # that one run of the fragment follows; then the browser asks for the next
_FOLLOW_BESIDE_S = 0.2  # what is clicked in a dialog or in the panel waits for the end of that run
_THOUGHTS_STEP = (
    500  # characters of thoughts that come before they are sent again: all of them are, up to 100 kB
)
_NEXT_MS = 20  # until the browser asks for it
_HASH_BYTES = 8
_WORDS = ("edit_question", "ask_again", "cancel", "to_latest")
# the code comes with clicks.js; this is what is sent with every change
_SCRIPT = """
export default (page) => {
  const draw = () => (window.secondLookConversation ? window.secondLookConversation(page) : setTimeout(draw, 20));
  draw();
  return () => window.secondLookConversation?.(null);
};
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An exchange that has settled, as it is sent. ``key``: what its HTML depends on."""

    key: object
    version: str
    html: str


@dataclass(slots=True)
class _Live:
    """An exchange that is under way: where each part of it is drawn, and what was drawn there."""

    exchange: Exchange
    index: int
    places: dict[str, DeltaGenerator] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    seen: object = None

    def draw(self, say: Say) -> None:
        """Send the parts that have changed."""
        e = self.exchange
        trace = e.trace
        come = trace and (trace.received, trace.notes, len(trace.thoughts) // _THOUGHTS_STEP)
        waits = e.given is not None and e.given.is_waiting
        waits_for = (waits, e.waits_for_models)
        state = (come, bool(trace and trace.thoughts), e.written, e.stopped, e.failed, waits_for, e.files)
        if state == self.seen:
            return
        self.seen = state
        for part in PARTS:
            html = part_html(part, e, self.index, say)
            if self.drawn.get(part) != html:
                self.drawn[part] = html
                self.places[part].html(_parcel(e.token, self.index, _part(part, html)))


@dataclass(slots=True)
class _Drawing:
    """What the fragment draws.

    Attributes:
        with_page: whether a run of the whole page draws it, which must not wait.
        under_way: the exchanges that had not settled when it was drawn before.
    """

    chat: ChatSession
    say: Say
    follow_s: float
    with_page: bool = True
    under_way: frozenset[int] = frozenset()


_parcels: WeakKeyDictionary[Exchange, Parcel] = WeakKeyDictionary()  # of all sessions


def draw_conversation(chat: ChatSession, chatbot: Chatbot, say: Say, is_beside: bool = False) -> None:
    """All exchanges; those that are not settled are started and followed."""
    drawing = _Drawing(chat, say, _FOLLOW_BESIDE_S if is_beside else _FOLLOW_S)
    fragment(_draw)(drawing)
    for index, exchange in enumerate(chat.exchanges):
        if exchange.job is None and not exchange.written:
            chat.start(index, chatbot)  # once the question is on its way to the page
            chat.name_in_address()


def settled_parcel(chat: ChatSession, index: int, say: Say) -> Parcel:
    """Exchange ``index``, which has settled; made anew only when something about it has changed."""
    exchange = chat.exchanges[index]
    thumbs = (tuple(sorted(exchange.ratings.items())), exchange.why, exchange.words)
    key = (index, say.language, exchange.version, exchange.changed, thumbs)
    known = _parcels.get(exchange)
    if known is None or known.key != key:
        inside = "".join(_part(part, part_html(part, exchange, index, say)) for part in PARTS)
        version = blake2b(inside.encode(), digest_size=_HASH_BYTES).hexdigest()
        known = _parcels[exchange] = Parcel(key, version, _parcel(version, index, inside))
    return known


def _draw(drawing: _Drawing) -> None:
    chat, say = drawing.chat, drawing.say
    exchanges = list(enumerate(chat.exchanges))
    live = [_Live(exchange, index) for index, exchange in exchanges if not exchange.settled]
    under_way = frozenset(one.index for one in live)
    if drawing.under_way - under_way:
        st.rerun()  # it settled between two runs of the fragment: the list of conversations has to show it too
    drawing.under_way = under_way
    parcels = {index: settled_parcel(chat, index, say) for index, _ in exchanges if index not in under_way}
    shown = [exchange.token if i in under_way else parcels[i].version for i, exchange in exchanges]
    held = _held(chat, shown, say)
    with st.container(key="parcels"):
        for parcel in parcels.values():
            if parcel.version not in held:
                st.html(parcel.html)
        for one in live:
            one.places = {part: st.empty() for part in PARTS}
            one.draw(say)
    with_page, drawing.with_page = drawing.with_page, False
    if live:
        if not with_page:
            _follow(live, say, drawing.follow_s)
        run_again_soon("conversation_clock", _NEXT_MS)


def _follow(live: list[_Live], say: Say, seconds: float) -> None:
    """Send what changes, for a while; a run of the whole page once something has settled."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for one in live:
            one.draw(say)
        if any(one.exchange.settled for one in live):
            st.rerun()
        time.sleep(_LOOK_S)
        _end_if_wanted()


def _end_if_wanted() -> None:
    """Let a run of the whole page that was asked for meanwhile begin: Streamlit ends this one here."""
    "page" in st.session_state  # noqa: B015  the look itself does it


def _held(chat: ChatSession, shown: list[str], say: Say) -> frozenset[str]:
    """Draw the frame of the conversation; the versions that the browser holds."""
    words = {name: say(name) for name in _WORDS}
    data = {
        "chat": chat.token,
        "shown": shown,
        "words": words,
        "longest": LONGEST_QUESTION,
        "katex": _katex(),
    }
    told = _component()(key="conversation", data=data, on_held_change=_nothing).held
    return frozenset(v for v in told if isinstance(v, str)) if isinstance(told, list) else frozenset()


@cache
def _katex() -> str:
    """Path, below the page's own address, of the script that draws formulas: the framework's; empty where it has none."""
    folder = Path(str(st.__file__)).parent / "static" / "static" / "js"
    return next((f"static/js/{file.name}" for file in sorted(folder.glob("katex.*.js"))), "")


def _parcel(version: str, index: int, inside: str) -> str:
    return f'<section class="sl-parcel" data-version="{as_attribute(version)}" data-exchange="{index}">{inside}</section>'


def _part(name: str, html: str) -> str:
    return f'<div data-part="{name}">{html}</div>'


@st.cache_resource(show_spinner=False)
def _component() -> st.components.v2.types.ComponentRenderer:
    return st.components.v2.component("secondlook_conversation", js=_SCRIPT, isolate_styles=False)


def _nothing() -> None:
    """A state needs a callback to be reported."""
