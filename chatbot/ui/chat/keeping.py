"""The copy of one conversation in the database, made while it goes on.

Keeping may fail: a full disk, a file that another process has locked. What could not be kept is kept as soon as it can
be: with the next that is kept, with the next look at the page, and by a thread that tries while something is left.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from chatbot.conversations import Conversations, ExchangeRecord
from chatbot.conversations.texts import shortened
from chatbot.errors import ChatbotError, ConversationGone
from chatbot.ui.chat.exchange import Exchange

T = TypeVar("T")

_TRY_AGAIN_S = 2.0
_TRIES = 1800  # an hour; then only what a person does tries again


class Keeping:
    """What of the exchanges is in the database, and what waits to be kept. For any thread.

    Attributes:
        id: the conversation's in the database; ``None`` until there is one.
        failed: why the last attempt failed; empty when everything is kept.
        is_gone: the conversation was deleted in another window: nothing more is kept of it.
    """

    def __init__(self, kept_in: Conversations | None, number: int | None) -> None:
        self.kept_in = kept_in
        self.id = number
        self.failed = ""
        self.is_gone = False
        self.lock = threading.RLock()
        self._waiting: dict[Exchange, ExchangeRecord] = {}  # in the order in which they were asked
        self._trying = False
        self._nothing_waits = threading.Event()
        self._nothing_waits.set()

    def begin(self) -> None:
        """Give the conversation its id, if it can be had."""
        if self.id is None and self.kept_in is not None:
            self.id = self.tell(self.kept_in.create)

    @property
    def is_behind(self) -> bool:
        """Whether something waits to be kept."""
        return bool(self._waiting)

    def put(self, exchange: Exchange, record: ExchangeRecord) -> None:
        """Keep ``record`` as what there is of ``exchange``, now or as soon as it can be."""
        if self.kept_in is None or self.is_gone:
            return
        with self.lock:
            self._waiting[exchange] = record
            self._nothing_waits.clear()
            self.catch_up()
            if self._waiting and not self._trying:
                self._trying = True
                threading.Thread(target=self._try_again, name="keep what was not kept", daemon=True).start()

    def catch_up(self) -> None:
        """Keep what waits, the oldest first, as far as it can be."""
        if self.kept_in is None or not self._waiting:
            return
        with self.lock:
            while self._waiting:
                self.begin()
                number, kept_in = self.id, self.kept_in
                exchange, record = next(iter(self._waiting.items()))
                if number is None or not self._kept(kept_in, number, exchange, record):
                    return
                self._name(kept_in, number, exchange, record)
                self._waiting.pop(exchange, None)
            self.failed = ""
            self._nothing_waits.set()

    def wait(self, seconds: float) -> bool:
        """Whether nothing waits to be kept, after at most so many seconds."""
        return self._nothing_waits.wait(seconds)

    def tell(self, action: Callable[[], T]) -> T | None:
        """``action()``; ``None``, and ``failed`` says why, where the database could not do it."""
        try:
            result = action()
        except ConversationGone as error:
            self.failed, self.is_gone = str(error), True
            self._waiting.clear()
            self._nothing_waits.set()
            return None
        except ChatbotError as error:
            self.failed = str(error)
            return None
        if not self._waiting:
            self.failed = ""
        return result

    def _kept(self, kept_in: Conversations, number: int, exchange: Exchange, record: ExchangeRecord) -> bool:
        position = exchange.position
        if position is not None:
            changed = self.tell(lambda: kept_in.save(number, position, record))
            exchange.changed = max(exchange.changed, changed or 0)
            return changed is not None
        after, other = (e.position if e is not None else None for e in (exchange.before, exchange.version_of))
        place = self.tell(lambda: kept_in.add(number, record, after=after, version_of=other))
        if place is not None:
            exchange.position, exchange.changed = place.position, place.changed
        return place is not None

    def _name(self, kept_in: Conversations, number: int, exchange: Exchange, record: ExchangeRecord) -> None:
        """Name a conversation that began with a greeting after its first question, unless a person has named it."""
        first, before = exchange, exchange.before
        if record.state != "complete" or record.request.kind == "talk" or before is None:
            return
        while before is not None:
            if before.trace is None or before.trace.request.kind != "talk":
                return
            first, before = before, before.before
        if self.tell(lambda: kept_in.title(number)) == shortened(first.question):
            self.tell(lambda: kept_in.rename(number, shortened(record.question)))

    def _try_again(self) -> None:
        for _ in range(_TRIES):
            self._nothing_waits.wait(_TRY_AGAIN_S)
            self.catch_up()
            with self.lock:
                self._trying = bool(self._waiting)
                if not self._trying:
                    return
        self._trying = False
