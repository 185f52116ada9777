"""One conversation on the page: what was asked in it, and its copy in the database.

Keeping may fail (a full disk, a file of another version): then the page says so, and the chat goes on without.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from secrets import token_hex
from typing import TypeVar
from weakref import WeakValueDictionary

import streamlit as st

from chatbot.config import Config
from chatbot.conversations import Conversations, SavedExchange
from chatbot.conversations.record import ExchangeRecord, Trace, documents_of_turn, may_lean_on
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.rendering.candidates import closest
from chatbot.trace import Request, Source, Turn
from chatbot.ui import choices
from chatbot.ui.chat.exchange import Exchange

T = TypeVar("T")

_IN_ADDRESS = "c"  # query parameter: a reload finds the conversation by it

# by id, as long as a browser session has them: a page that is loaded anew during an answer goes on watching it
_under_way: WeakValueDictionary[int, ChatSession] = WeakValueDictionary()


class ChatSession:
    """Exchanges, oldest first.

    Attributes:
        id: in the database; ``None`` until something is asked, or where it cannot be kept.
        token: names this conversation in the browser, for as long as it is on the page.
        not_kept: why the last change could not be kept; empty when it was.
    """

    def __init__(self, kept_in: Conversations | None, number: int | None = None) -> None:
        self.id = number
        self.exchanges: list[Exchange] = []
        self.token = token_hex(8)
        self.not_kept = ""
        self.kept_in = kept_in
        self._edited = False
        self._lock = threading.Lock()

    def ask(self, question: str, settings: choices.Settings) -> None:
        """Add a question; it is started when it is drawn."""
        position = self.exchanges[-1].position + 1 if self.exchanges else 0
        self.exchanges.append(Exchange(question, settings, position))

    def ask_again(
        self, index: int, question: str | None = None, settings: choices.Settings | None = None
    ) -> None:
        """Ask exchange ``index`` anew, edited or not; what came after it is dropped."""
        old = self.exchanges[index]
        request = None if question else old.request  # another question is another request
        self._replace(
            index, Exchange(question or old.question, settings or old.settings, old.position, request)
        )

    def ask_as(self, index: int, settings: choices.Settings, request: Request | None) -> None:
        """Ask exchange ``index`` anew, taken for what a person says; for what the rules say where that is ``None``."""
        old = self.exchanges[index]
        self._replace(index, Exchange(old.question, settings, old.position, request))

    def _replace(self, index: int, exchange: Exchange) -> None:
        for dropped in self.exchanges[index:]:
            dropped.stop()
        self.exchanges[index:] = [exchange]
        self._edited = True

    def start(self, index: int, chatbot: Chatbot) -> None:
        """Start asking exchange ``index``."""
        exchange = self.exchanges[index]
        if self.id is None and self.kept_in is not None:
            self.id = self._try(self.kept_in.create)
        if self.id is not None:
            _under_way[self.id] = self
        exchange.start(chatbot, self._history(index), lambda record: self._keep(exchange, record))

    def rate(self, index: int, number: int, value: int) -> None:
        """Thumbs on the answer (``number`` 0) or on a source; the same thumb again takes it back."""
        exchange = self.exchanges[index]
        value = 0 if exchange.ratings.get(number) == value else value
        kept_in, conversation, source = self.kept_in, self.id, self.source(index, number)
        if kept_in is None or conversation is None or exchange.trace is None or (number and source is None):
            return
        chunk = source.candidate.chunk_id if source is not None else 0
        self._try(lambda: kept_in.rate(conversation, exchange.position, value, chunk))
        if not self.not_kept:
            exchange.ratings[number] = value

    def trace(self, index: int) -> Trace | None:
        """What is known of exchange ``index``; ``None`` where there is none, or nothing was found yet."""
        return self.exchanges[index].trace if 0 <= index < len(self.exchanges) else None

    def source(self, index: int, number: int) -> Source | None:
        """Source ``number`` of exchange ``index``, or what stands there beside a refusal, if it has one."""
        trace = self.trace(index)
        if trace is None:
            return None
        shown = closest(trace.candidates) if trace.refused else trace.sources
        return next((s for s in shown if s.number == number), None)

    def name_in_address(self) -> None:
        """Write its id into the page's address, so that a reload finds it."""
        if self.id is not None and st.query_params.get(_IN_ADDRESS) != str(self.id):
            st.query_params[_IN_ADDRESS] = str(self.id)
        elif self.id is None and self.kept_in is not None and _IN_ADDRESS in st.query_params:
            del st.query_params[_IN_ADDRESS]

    def _history(self, until: int) -> list[Turn]:
        """The answered exchanges before number ``until``: what a follow-up may lean on.

        Talk is nothing to lean on: "thanks!" would be glued to the next question.
        """
        return [
            Turn(e.question, e.trace.received, documents_of_turn(e.trace))
            for e in self.exchanges[:until]
            if e.trace is not None
            and e.trace.received
            and not e.trace.refused
            and may_lean_on(e.trace.request)
        ]

    def _keep(self, exchange: Exchange, record: ExchangeRecord) -> None:
        """From the job's thread, once the answer is there and once it is checked."""
        kept_in, conversation = self.kept_in, self.id
        with self._lock:
            if kept_in is None or conversation is None or exchange not in self.exchanges:
                return
            is_last, self._edited = self._edited, False
            self._try(lambda: kept_in.save(conversation, exchange.position, record, is_last=is_last))

    def _try(self, action: Callable[[], T]) -> T | None:
        try:
            result = action()
        except ChatbotError as error:
            self.not_kept = str(error)
            return None
        self.not_kept = ""
        return result


def chat_in_address(config: Config, kept_in: Conversations | None) -> ChatSession:
    """The conversation that the page's address names, as after a reload; an empty one if it names none."""
    number = st.query_params.get(_IN_ADDRESS, "")
    found = open_chat(int(number), config, kept_in) if number.isdecimal() and kept_in else None
    return found or ChatSession(kept_in)


def open_chat(number: int, config: Config, kept_in: Conversations) -> ChatSession | None:
    """A conversation that is kept; ``None`` where there is no such one, or it is somebody else's."""
    live = _under_way.get(number)
    if live is not None and live.kept_in is kept_in and not all(e.settled for e in live.exchanges):
        return live
    try:
        saved = kept_in.exchanges(number)
    except ChatbotError:
        return None
    chat = ChatSession(kept_in, number)
    chat.exchanges = [_restored(exchange, config) for exchange in saved]
    return chat


def _restored(saved: SavedExchange, config: Config) -> Exchange:
    record = saved.record
    ratings = {s.number: r for s in record.sources if (r := saved.source_ratings.get(s.candidate.chunk_id))}
    return Exchange(
        record.question, choices.as_before(config, record.settings), saved.position,
        record.request if record.request.decided_by == "person" else None, record, record.state == "stopped", written=True,
        checks=record.checks, failed=record.reason, ratings=ratings | {0: saved.rating},
    )  # fmt: skip
