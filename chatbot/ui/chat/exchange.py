"""One question and what came of it: asked, read, checked and kept in a job, so that no click on the page can lose it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex

from chatbot.answering.answer import Answer, read_answer
from chatbot.citations.check import ClaimCheck, QuotedClaim, quoted_claims
from chatbot.conversations.exchange_rows import SavedExchange, Why
from chatbot.conversations.record import (
    ExchangeRecord,
    Fingerprints,
    GivenFile,
    State,
    Trace,
    fingerprints_of,
    record_of,
)
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.llms.wire.stopping import Stop, stoppable
from chatbot.telemetry.seat import count
from chatbot.trace import LOOK_UP, Request, Turn
from chatbot.ui.chat.asking.given_files import GivenFiles
from chatbot.ui.choices import Settings, asked_with
from chatbot.ui.jobs import Job
from chatbot.ui.library.current import ask_refused
from chatbot.ui.limits.allowance import question_refused
from chatbot.ui.resources import is_loading, writer_for

logger = logging.getLogger(__name__)

_LOOK_S = 0.05  # between two looks whether it is stopped
_KEPT_EVERY_S = 2.0  # what a killed server loses of an answer at most
_CUT_OFF = ChatbotError(
    "the server was ended before this answer was finished; ask again"
)  # unless more is kept
_UNEXPECTED = ChatbotError("something unexpected went wrong; the server's log has the details")

Keep = Callable[[ExchangeRecord], None]


@dataclass(slots=True, eq=False, weakref_slot=True)
class Exchange:
    """One question with what it was asked with, and what came of it.

    Attributes:
        position: in the kept conversation, given by the database; ``None`` until it is kept there.
        before: the exchange that it follows; ``None`` where it begins the conversation.
        version_of: the exchange that was asked again or edited; both stand at one place.
        chosen: of the versions of one place, the one with the greatest is shown.
        version: its number among them, from 1, and how many there are.
        changed: number of the last change of the kept one that is in here.
        request: what a person says that is asked for; ``None``: the rules tell.
        trace: what is drawn; there once sources are found. A record where it comes from the database.
        written: no more text will come.
        checks: of the cited sentences; ``None`` until they are checked, or where they cannot be.
        failed: why the answer did not come to its end; ``not_checked``: why its citations were not checked.
        ratings: thumbs by source number, 0 for the answer itself: +1 or -1.
        given: files that were sent with the question; it waits for them, and they are searched first.
        widened: they did not answer it, and so everything was searched.
        why, words: why the thumb on the answer is down, where the person says so.
        next_questions: what may be asked next; looked for once the answer is complete, not again for a kept one.
        chatbot: that which was asked; ``None`` until it is started, and for a kept one.
        token: names it in the browser while it is under way.
    """

    question: str
    settings: Settings
    position: int | None = None
    request: Request | None = None
    trace: Trace | None = None
    stopped: bool = False
    written: bool = False
    checks: tuple[ClaimCheck, ...] | None = None
    failed: str = ""
    not_checked: str = ""
    ratings: dict[int, int] = field(default_factory=dict)
    why: Why = ""
    words: str = ""
    before: Exchange | None = field(default=None, repr=False)
    version_of: Exchange | None = field(default=None, repr=False)
    chosen: int = 0
    version: tuple[int, int] = (1, 1)
    changed: int = 0
    given: GivenFiles | None = None
    widened: bool = False
    job: Job[None] | None = field(default=None, repr=False)
    next_questions: Job[tuple[str, ...]] | None = field(default=None, repr=False)
    chatbot: Chatbot | None = field(default=None, repr=False)
    token: str = field(default_factory=lambda: f"live-{token_hex(8)}", repr=False)
    _ending: Stop = field(default_factory=Stop, repr=False)

    @property
    def settled(self) -> bool:
        """Written, checked and kept: nothing about it will change by itself."""
        return self.written and (self.job is None or self.job.done(0))

    @property
    def waits_for_models(self) -> bool:
        """Whether nothing was searched yet because the models are still being loaded, after a start of the server."""
        return self.trace is None and self.chatbot is not None and is_loading(self.chatbot)

    @property
    def grounds(self) -> Sequence[ClaimCheck | QuotedClaim]:
        """What its citations rest on: as they were checked; where they were not, what is quoted word for word."""
        if self.checks or self.trace is None or not self.settled:
            return self.checks or ()
        return quoted_claims(self.trace.received, self.trace.sources)

    def start(self, chatbot: Chatbot, turns: Sequence[Turn], keep: Keep) -> None:
        """Ask, read the answer to its end or until ``stop``, check it.

        ``keep`` gets its record: the question at once, what has come of the answer every two seconds, and the whole.
        """
        self.chatbot = chatbot
        refusal = self._refusal(chatbot)  # here, where it is known who asks
        self.job = Job(lambda: self._run(chatbot, turns, keep, refusal), "answer")

    def _refusal(self, chatbot: Chatbot) -> str:
        if refusal := ask_refused(chatbot.config, self.question):
            count("refusals", "not_allowed")
        elif refusal := question_refused(chatbot.config):
            count("refusals", "limit")
        return refusal

    @property
    def files(self) -> tuple[GivenFile, ...]:
        """Those that were sent with the question, with what has become of each."""
        if self.given is not None:
            return self.given.files()
        return self.trace.files if isinstance(self.trace, ExchangeRecord) else ()

    def stop(self) -> None:
        """End the answer, also while its model says nothing; what has come of it stays."""
        self.stopped = True
        self._ending.set()

    def show(self, saved: SavedExchange) -> None:
        """Become what is kept of it."""
        record = saved.record
        self.question, self.trace, self.checks, self.failed = (
            record.question,
            record,
            record.checks,
            record.reason,
        )
        self.request = record.request if record.request.decided_by == "person" else None
        self.stopped, self.written = record.state == "stopped", True
        sources = {s.number: s.candidate.chunk_id for s in record.sources}
        self.ratings = {n: r for n, chunk in sources.items() if (r := saved.source_ratings.get(chunk))}
        self.ratings[0] = saved.rating
        self.widened = record.widened
        self.why, self.words, self.changed = saved.why, saved.words, saved.changed

    def _run(self, chatbot: Chatbot, turns: Sequence[Turn], keep: Keep, refusal: str) -> None:
        asked_at = datetime.now(UTC)
        self._keep_question(str(_CUT_OFF), asked_at, keep)
        over = threading.Event()
        meanwhile = threading.Thread(
            target=self._keep_until, args=(over, asked_at, keep), name="keep an answer", daemon=True
        )
        meanwhile.start()
        self.failed = refusal or self._told(lambda: self._ask(chatbot, turns))
        self.written = True
        over.set()
        meanwhile.join()  # or it might keep half an answer after the whole one
        answer = self.trace
        if not isinstance(answer, Answer):
            self._keep_question(self.failed, asked_at, keep)
            return
        broke_off = bool(self.failed)
        self.failed = self.failed or answer.cut
        fingerprints = fingerprints_of(chatbot)
        self._keep(answer, fingerprints, asked_at, keep)
        if answer.citations and not broke_off:
            self.not_checked = self._told(lambda: self._check(chatbot, answer))
            self._keep(answer, fingerprints, asked_at, keep)
            filters = self.settings.filters
            self.next_questions = Job(lambda: chatbot.next_questions(answer, filters), "next questions")

    def _keep_until(self, over: threading.Event, asked_at: datetime, keep: Keep) -> None:
        """Keep what has come of the answer whenever more has come, until it is over."""
        kept = ""
        while not over.wait(_KEPT_EVERY_S):
            answer = self.trace
            if isinstance(answer, Answer) and answer.received != kept:
                kept = answer.received
                if record := self._record(answer, None, asked_at, "interrupted", str(_CUT_OFF)):
                    keep(record)

    def _keep_question(self, reason: str, asked_at: datetime, keep: Keep) -> None:
        state: State = "stopped" if self.stopped else "interrupted"
        settings, request = asked_with(self.settings), self.request or LOOK_UP
        keep(ExchangeRecord.unanswered(self.question, settings, reason, asked_at, state, request, self.files))

    def _record(
        self, answer: Answer, fingerprints: Fingerprints | None, asked_at: datetime, state: State, reason: str
    ) -> ExchangeRecord | None:
        return record_of(
            answer, asked_with(self.settings), state=state, reason=reason, fingerprints=fingerprints,
            checks=self.checks, asked_at=asked_at, files=self.files, widened=self.widened,
        )  # fmt: skip

    @staticmethod
    def _told(action: Callable[[], None]) -> str:
        """Why ``action`` failed, empty if it did not. Nobody waits for this thread, so nothing may be raised from it."""
        try:
            action()
        except ChatbotError as error:
            return str(error)
        except Exception:
            logger.exception("an answer failed")
            return str(_UNEXPECTED)
        return ""

    def _check(self, chatbot: Chatbot, answer: Answer) -> None:
        self.checks = chatbot.check(answer)

    def _ask(self, chatbot: Chatbot, turns: Sequence[Turn]) -> None:
        answer = self._of_given_files(chatbot, turns)
        if self.stopped:
            return
        if answer is None:
            answer = self._asked(chatbot, turns, self.settings.filters)
        if answer is None:
            return
        self.trace = answer
        with stoppable(self._ending):
            read_answer(answer, lambda: self.stopped)

    def _of_given_files(self, chatbot: Chatbot, turns: Sequence[Turn]) -> Answer | None:
        """The answer from the files that came with the question, once they are read; ``None`` where they have none."""
        if self.given is None:
            return None
        self.given.wait(lambda: self.stopped)
        documents = self.given.documents()
        if self.stopped or not documents:
            return None
        answer = self._asked(chatbot, turns, documents)
        if answer is None or not answer.refused:
            return answer
        answer.close()
        self.widened = True
        return None

    def _asked(self, chatbot: Chatbot, turns: Sequence[Turn], filters: Sequence[str]) -> Answer | None:
        """Its answer, of which no word has been read; ``None`` as soon as it is stopped.

        A language model that translates, orders or writes SQL may take as long as it likes: whoever stops does not wait.
        What is under way then ends by itself, unheard.
        """
        s = self.settings
        asking = Job(
            lambda: self._unless_stopped(
                chatbot.ask(
                    self.question, turns, filters, k=s.k, top_n=s.top_n, rerank=s.rerank, budget_ms=s.budget_ms,
                    writer=lambda: writer_for(s.llm), request=self.request,
                )
            ),
            "ask",
        )  # fmt: skip
        while not asking.done(_LOOK_S):
            if self.stopped:
                return None
        outcome = asking.outcome()
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def _unless_stopped(self, answer: Answer) -> Answer | None:
        if not self.stopped:
            return answer
        answer.close()
        return None

    def _keep(self, answer: Answer, fingerprints: Fingerprints, asked_at: datetime, keep: Keep) -> None:
        state: State = "interrupted" if self.failed else "stopped" if self.stopped else "complete"
        record = self._record(answer, fingerprints, asked_at, state, self.failed)
        if record is not None:
            keep(record)
        else:
            self._keep_question(self.failed, asked_at, keep)
