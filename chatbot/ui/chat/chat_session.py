"""One conversation on the page: what was asked in it, with every version of it, and its copy in the database.

Where that cannot be made, the page says so, and the chat goes on (``keeping``).
"""

from __future__ import annotations

from secrets import token_hex
from weakref import WeakValueDictionary

import streamlit as st

from chatbot.config import Config
from chatbot.conversations import Branches, Conversations, ExchangeRecord, Place, Why
from chatbot.conversations.record import Trace, documents_of_turn, may_lean_on
from chatbot.engine import Chatbot
from chatbot.rendering.candidates import closest
from chatbot.trace import Request, Source, Turn
from chatbot.ui import choices
from chatbot.ui.chat import address
from chatbot.ui.chat.asking.given_files import GivenFiles, given_again
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.chat.keeping import Keeping

_UNREAD = -1  # as ``changed`` of an exchange that is kept and was not read since

# as long as a browser session shows them: two windows show the same one, and a reload in mid-answer goes on watching it
_open: WeakValueDictionary[tuple[tuple[str, str], int], ChatSession] = WeakValueDictionary()


class ChatSession:
    """A conversation, for every window that shows it.

    Attributes:
        exchanges: those that are shown, oldest first; a new list whenever it changes.
        token: names this conversation in the browser, for as long as it is on the page.
    """

    def __init__(self, kept_in: Conversations | None, number: int | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self.token = token_hex(8)
        self._keeping = Keeping(kept_in, number)
        self._all: list[Exchange] = []  # with the versions that are not shown
        self._seen = -1  # changes of the kept conversation that are in here

    @property
    def id(self) -> int | None:
        """In the database; ``None`` until something is asked, or where it cannot be kept."""
        return self._keeping.id

    @property
    def kept_in(self) -> Conversations | None:
        return self._keeping.kept_in

    @property
    def not_kept(self) -> str:
        """Why something could not be kept yet; empty when everything is."""
        return self._keeping.failed

    @property
    def is_gone(self) -> bool:
        """Whether it was deleted in another window, so that nothing more is kept of it."""
        return self._keeping.is_gone

    def ask(self, question: str, settings: choices.Settings, given: GivenFiles | None = None) -> None:
        """Add a question, with the files that were sent with it; it is started when it is drawn."""
        before = self.exchanges[-1] if self.exchanges else None
        self._add(Exchange(question, settings, before=before, given=given))

    def ask_again(
        self, index: int, question: str | None = None, settings: choices.Settings | None = None
    ) -> None:
        """Ask exchange ``index`` anew, edited or not, as a further version of it: what is there stays."""
        old = self.exchanges[index]
        request = None if question else old.request  # another question is another request
        self._add_version(index, question or old.question, settings or old.settings, request)

    def ask_as(self, index: int, settings: choices.Settings, request: Request | None) -> None:
        """Ask exchange ``index`` anew, taken for what a person says; for what the rules say where that is ``None``."""
        self._add_version(index, self.exchanges[index].question, settings, request)

    def show_version(self, index: int, number: int, config: Config) -> None:
        """Show version ``number``, from 1, of exchange ``index``, with what followed it."""
        with self._keeping.lock:
            versions = self._versions(self.exchanges[index])
            if not 0 < number <= len(versions):
                return
            wanted = versions[number - 1]
            self._choose(wanted)
            kept_in, conversation, position = self.kept_in, self.id, wanted.position
            if kept_in is not None and conversation is not None and position is not None:
                self._keeping.tell(lambda: kept_in.choose(conversation, position))
            self._arrange()
            self._read(config)

    def start(self, index: int, chatbot: Chatbot) -> None:
        """Start asking exchange ``index``."""
        with self._keeping.lock:  # another window may draw it at the same moment, or turn a version over
            exchange = self.exchanges[index] if index < len(self.exchanges) else None
            if exchange is None or exchange.job is not None or exchange.written:
                return
            self._keeping.begin()
            self.share()
            exchange.start(chatbot, self._history(index), lambda record: self.keep(exchange, record))

    def keep(self, exchange: Exchange, record: ExchangeRecord) -> None:
        """Keep what there is of ``exchange``, now or as soon as it can be. For any thread."""
        self._keeping.put(exchange, record)

    def wait_until_kept(self, seconds: float) -> bool:
        """Whether everything is kept, after at most so many seconds."""
        return self._keeping.wait(seconds)

    def share(self) -> None:
        """Let other windows that open this conversation show this very one."""
        if self.kept_in is not None and self.id is not None:
            _open[self.kept_in.name, self.id] = self

    def rate(self, index: int, number: int, value: int) -> None:
        """Thumbs on the answer (``number`` 0) or on a source; the same thumb again takes it back."""
        exchange = self.exchanges[index]
        self._rate(exchange, number, 0 if exchange.ratings.get(number) == value else value)

    def say_why(self, index: int, why: Why, words: str = "") -> None:
        """Why the thumb on the answer is down."""
        exchange = self.exchanges[index]
        if exchange.ratings.get(0) == -1:
            self._rate(exchange, 0, -1, why, words)

    def _rate(self, exchange: Exchange, number: int, value: int, why: Why = "", words: str = "") -> None:
        kept_in, conversation, source = self.kept_in, self.id, _source(exchange, number)
        if kept_in is None or conversation is None or exchange.trace is None or (number and source is None):
            return
        self._keeping.catch_up()
        position, chunk = exchange.position, source.candidate.chunk_id if source is not None else 0
        if position is None:
            return
        changed = self._keeping.tell(lambda: kept_in.rate(conversation, position, value, chunk, why, words))
        if changed is not None:
            exchange.changed = max(changed, exchange.changed)
            exchange.ratings[number] = value
            if not number:
                exchange.why, exchange.words = why, words

    def trace(self, index: int) -> Trace | None:
        """What is known of exchange ``index``; ``None`` where there is none, or nothing was found yet."""
        return self.exchanges[index].trace if 0 <= index < len(self.exchanges) else None

    def source(self, index: int, number: int) -> Source | None:
        """Source ``number`` of exchange ``index``, or what stands there beside a refusal, if it has one."""
        return _source(self.exchanges[index], number) if 0 <= index < len(self.exchanges) else None

    def name_in_address(self) -> None:
        """Write its id into the page's address, so that a reload finds it."""
        if self.id is not None or self.kept_in is not None:
            address.write(**{address.CONVERSATION: str(self.id or "")})

    def catch_up(self, config: Config) -> bool:
        """Keep what is not kept yet, and take in what other processes have kept; whether the kept one can be read."""
        kept_in, conversation = self.kept_in, self.id
        if kept_in is None or conversation is None:
            return False
        with self._keeping.lock:
            self._keeping.catch_up()
            changes = self._keeping.tell(lambda: kept_in.changes(conversation))
            if changes is None:
                return False
            if changes == self._seen or self._keeping.is_behind:
                return True
            branches = self._keeping.tell(lambda: kept_in.branches(conversation))
            if branches is None:
                return False
            asked = next((e for e in reversed(self.exchanges) if e.position is None), None)
            self._take_in(branches, config)
            if asked is not None:
                self._choose(asked)  # the database numbers what is chosen anew, and does not know of it yet
            self._arrange()
            if is_read := self._read(config):
                self._seen = changes
            return is_read

    def _take_in(self, branches: Branches, config: Config) -> None:
        """Every place that is kept, as an exchange; those that are not known yet are read when they are shown."""
        known = {e.position: e for e in self._all if e.position is not None}
        for place in branches:
            exchange = known.get(place.position)
            if exchange is None:
                exchange = Exchange(
                    "", choices.settings_of(config), place.position, written=True, changed=_UNREAD
                )
                known[place.position] = exchange
                self._all.append(exchange)
            exchange.before = None if place.follows is None else known[place.follows]
            exchange.chosen = place.chosen
            if exchange.changed != _UNREAD and exchange.changed < place.changed and exchange.settled:
                exchange.changed = _UNREAD

    def _read(self, config: Config) -> bool:
        """Read what is to be shown and was not read yet; whether that could be done."""
        kept_in, conversation = self.kept_in, self.id
        unread = {e.position: e for e in self.exchanges if e.changed == _UNREAD and e.position is not None}
        if not unread or kept_in is None or conversation is None:
            return True
        saved = self._keeping.tell(lambda: kept_in.exchanges(conversation, list(unread)))
        for one in saved or ():
            exchange = unread[one.position]
            exchange.settings = choices.as_before(config, one.record.settings)
            exchange.show(one)
        return saved is not None

    def _add_version(
        self, index: int, question: str, settings: choices.Settings, request: Request | None
    ) -> None:
        old = self.exchanges[index]
        for left in self.exchanges[index:]:
            left.stop()  # what nobody sees would keep what is asked now waiting
        self._add(
            Exchange(
                question,
                settings,
                None,
                request,
                before=old.before,
                version_of=old,
                given=given_again(old.files),
            )
        )

    def _add(self, exchange: Exchange) -> None:
        with self._keeping.lock:
            self._all.append(exchange)
            self._choose(exchange)
            self._arrange()

    def _choose(self, exchange: Exchange) -> None:
        newest = max(e.chosen for e in self._all) + 1
        at: Exchange | None = exchange
        while at is not None:
            at.chosen, at = newest, at.before

    def _arrange(self) -> None:
        """Make the list of what is shown."""
        branches = self._branches()
        shown = [self._all[place.position] for place in branches.shown()]
        for exchange in shown:
            versions = self._versions(exchange, branches)
            exchange.version = (versions.index(exchange) + 1, len(versions))
        self.exchanges = shown

    def _versions(self, exchange: Exchange, branches: Branches | None = None) -> list[Exchange]:
        places = (branches or self._branches()).versions(self._all.index(exchange))
        return [self._all[position] for position in places]

    def _branches(self) -> Branches:
        """Of all exchanges, kept or not, by their places in ``_all``."""
        at = {exchange: number for number, exchange in enumerate(self._all)}
        return Branches(
            Place(number, at[e.before] if e.before is not None else None, e.chosen)
            for number, e in enumerate(self._all)
        )

    def _history(self, until: int) -> list[Turn]:
        """The exchanges before number ``until`` with an answer or a refusal: what a follow-up may lean on.

        Talk is nothing to lean on: "thanks!" would be glued to the next question. A refusal is: what follows it means the
        question that was refused, or cannot be told.
        """
        return [
            Turn(e.question, e.trace.received, documents_of_turn(e.trace))
            for e in self.exchanges[:until]
            if e.trace is not None and e.trace.received and may_lean_on(e.trace.request)
        ]


def chat_in_address(config: Config, kept_in: Conversations | None) -> ChatSession:
    """The conversation that the page's address names, as after a reload; an empty one if it names none."""
    return chat_named(st.query_params.get(address.CONVERSATION, ""), config, kept_in)


def chat_named(number: str, config: Config, kept_in: Conversations | None) -> ChatSession:
    """The conversation of that number as an address has it; an empty one where there is none such."""
    found = (
        open_chat(int(number), config, kept_in)
        if number.isdecimal() and len(number) < 16 and kept_in
        else None
    )
    return found or ChatSession(kept_in)


def open_chat(number: int, config: Config, kept_in: Conversations) -> ChatSession | None:
    """A conversation that is kept, shared with the windows that show it; ``None`` where there is no such one, or it is somebody else's."""
    chat = _open.get((kept_in.name, number)) or ChatSession(kept_in, number)
    if not chat.catch_up(config):
        return None
    chat.share()
    return chat


def _source(exchange: Exchange, number: int) -> Source | None:
    trace = exchange.trace
    if trace is None:
        return None
    shown = closest(trace.candidates) if trace.refused else trace.sources
    return next((s for s in shown if s.number == number), None)
