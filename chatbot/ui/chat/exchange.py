"""One question and what came of it: asked, read, checked and kept in a job, so that no click on the page can lose it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex

from chatbot.answering.answer import Answer, read_answer
from chatbot.citations.check import ClaimCheck, QuotedClaim, quoted_claims
from chatbot.conversations.record import (
    ExchangeRecord,
    Fingerprints,
    Trace,
    fingerprints_of,
    record_of,
)
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.trace import Request, Turn
from chatbot.ui.choices import Settings, asked_with
from chatbot.ui.jobs import Job
from chatbot.ui.limits.allowance import question_refused
from chatbot.ui.resources import writer_for

logger = logging.getLogger(__name__)

_UNEXPECTED = ChatbotError("something unexpected went wrong; the server's log has the details")

Keep = Callable[[ExchangeRecord], None]


@dataclass(slots=True, eq=False, weakref_slot=True)
class Exchange:
    """One question with what it was asked with, and what came of it.

    Attributes:
        position: in the kept conversation.
        request: what a person says that is asked for; ``None``: the rules tell.
        trace: what is drawn; there once sources are found. A record where it comes from the database.
        written: no more text will come.
        checks: of the cited sentences; ``None`` until they are checked, or where they cannot be.
        failed: why the answer did not come to its end; ``not_checked``: why its citations were not checked.
        ratings: thumbs by source number, 0 for the answer itself: +1 or -1.
        next_questions: what may be asked next; looked for once the answer is complete, not again for a kept one.
        token: names it in the browser while it is under way.
    """

    question: str
    settings: Settings
    position: int = 0
    request: Request | None = None
    trace: Trace | None = None
    stopped: bool = False
    written: bool = False
    checks: tuple[ClaimCheck, ...] | None = None
    failed: str = ""
    not_checked: str = ""
    ratings: dict[int, int] = field(default_factory=dict)
    job: Job[None] | None = field(default=None, repr=False)
    next_questions: Job[tuple[str, ...]] | None = field(default=None, repr=False)
    token: str = field(default_factory=lambda: f"live-{token_hex(8)}", repr=False)

    @property
    def settled(self) -> bool:
        """Written, checked and kept: nothing about it will change by itself."""
        return self.written and (self.job is None or self.job.done(0))

    @property
    def grounds(self) -> Sequence[ClaimCheck | QuotedClaim]:
        """What its citations rest on: as they were checked; where they were not, what is quoted word for word."""
        if self.checks or self.trace is None or not self.settled:
            return self.checks or ()
        return quoted_claims(self.trace.received, self.trace.sources)

    def start(self, chatbot: Chatbot, turns: Sequence[Turn], keep: Keep) -> None:
        """Ask, read the answer to its end or until ``stop``, check it; ``keep`` gets its record, twice if checked."""
        refusal = question_refused(chatbot.config.limits)  # here, where it is known who asks
        self.job = Job(lambda: self._run(chatbot, turns, keep, refusal), "answer")

    def stop(self) -> None:
        self.stopped = True

    def _run(self, chatbot: Chatbot, turns: Sequence[Turn], keep: Keep, refusal: str) -> None:
        asked_at = datetime.now(UTC)
        self.failed = refusal or self._told(lambda: self._ask(chatbot, turns))
        self.written = True
        answer = self.trace
        if not isinstance(answer, Answer):
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
        s = self.settings
        answer = chatbot.ask(
            self.question,
            turns,
            s.filters,
            k=s.k,
            top_n=s.top_n,
            rerank=s.rerank,
            budget_ms=s.budget_ms,
            writer=lambda: writer_for(s.llm),
            request=self.request,
        )
        self.trace = answer
        read_answer(answer, lambda: self.stopped)

    def _keep(self, answer: Answer, fingerprints: Fingerprints, asked_at: datetime, keep: Keep) -> None:
        record = record_of(
            answer, asked_with(self.settings),
            state="interrupted" if self.failed else "stopped" if self.stopped else "complete", reason=self.failed,
            fingerprints=fingerprints, checks=self.checks, asked_at=asked_at,
        )  # fmt: skip
        if record is not None:
            keep(record)
