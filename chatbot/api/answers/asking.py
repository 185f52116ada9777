"""One question of a program, as the page asks it: permitted, counted, found, written, checked, and kept where that is wanted.

It runs in a thread of ``Service.answers``. What becomes of it is told as it happens, to whoever makes events of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Protocol

from chatbot.answering.answer import Answer
from chatbot.answering.writer import estimate_tokens
from chatbot.api.answers.checking import checked
from chatbot.api.answers.memory import Kept, Told
from chatbot.api.answers.together import chatbot_over, enter_all
from chatbot.api.limits import count_question, under_way
from chatbot.api.people import Caller
from chatbot.api.service import Service
from chatbot.citations.check import ClaimCheck
from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.conversations.record import (
    AskedWith,
    ExchangeRecord,
    documents_of_turn,
    fingerprints_of,
    may_lean_on,
    record_of,
)
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError, LLMError
from chatbot.llms.local.chosen import with_file
from chatbot.llms.wire.stopping import Stop
from chatbot.trace import Turn

_LONGEST = 40_000  # characters; a server that ignores max_tokens would fill memory


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, of which notebook, and with what.

    Attributes:
        notebook: whose settings it is asked with, and where it is kept.
        also: further notebooks that are searched with it.
        backend: as ``Config.with_llm`` reads it; empty for the configured one.
        most_tokens: of answer, as estimated; what is longer is cut.
        ends: texts at which the answer ends.
        check: whether its citations are checked.
        store: whether it is kept among the person's conversations.
    """

    text: str
    notebook: int
    turns: tuple[Turn, ...] = ()
    also: tuple[int, ...] = ()
    backend: str = ""
    filters: tuple[str, ...] = ()
    k: int | None = None
    top_n: int | None = None
    rerank: bool | None = None
    budget_ms: float | None = None
    most_tokens: int | None = None
    ends: tuple[str, ...] = ()
    check: bool = True
    store: bool = False
    number: str = field(default_factory=lambda: token_hex(12))

    @property
    def notebooks(self) -> tuple[int, ...]:
        """All that it goes to."""
        return (self.notebook, *self.also)


class Listener(Protocol):
    """Who is told, in the thread of the question."""

    def found(self, answer: Answer) -> None:
        """Its sources and candidates are there."""

    def text(self, piece: str) -> None:
        """More of the answer."""

    def restarted(self) -> None:
        """All that came was the model thinking aloud; the answer begins now."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it. ``finish``: ``length`` where it was cut; ``not_checked``: why its citations were not checked.
    ``receipt``: the number under which it can be had again. ``addresses``: of the web pages among its sources, by document.
    """

    question: Question
    answer: Answer
    text: str
    finish: str
    checks: tuple[ClaimCheck, ...] | None
    not_checked: str
    receipt: str
    addresses: dict[str, str]


def turns_of(
    service: Service, caller: Caller, notebook: int, pairs: Sequence[tuple[str, str]]
) -> tuple[Turn, ...]:
    """Earlier questions and answers, without those that nothing leans on: talk, as on the page."""
    turns = []
    for question, answer in pairs:
        told = service.memory.told(caller.who, notebook, answer)
        if told is None:
            turns.append(Turn(question, answer))
        elif told.may_be_leant_on:
            turns.append(Turn(question, answer, told.documents))
    return tuple(turns)


def ask(service: Service, caller: Caller, question: Question, listener: Listener, stop: Stop) -> Answered:
    """Ask and read to the end, or until ``stop``.

    Raises:
        ChatbotError, Problem: it may not be asked, or broke off; what came of it by then was told.
    """
    with under_way(caller, service):
        return _asked(service, caller, question, listener, stop)


def _asked(service: Service, caller: Caller, question: Question, listener: Listener, stop: Stop) -> Answered:
    config = enter_all(caller, question.notebooks, question.text)
    count_question(caller, service)
    llm = config.with_llm(question.backend).llm if question.backend else config.llm
    llm = with_file(llm, config.models_cache)
    chatbot = chatbot_over(service, caller, config, question.notebooks)
    asked_at = datetime.now(UTC)
    answer = chatbot.ask(
        question.text, question.turns, question.filters, k=question.k, top_n=question.top_n, rerank=question.rerank,
        budget_ms=question.budget_ms, writer=lambda: service.writer_for(llm),
    )  # fmt: skip
    if not stop.is_set:
        listener.found(answer)
    reading = _Reading(question, listener)
    failure: ChatbotError | None = None
    try:
        reading.read(answer, stop)
    except ChatbotError as error:
        failure = error
    finally:
        answer.close()
    checks, not_checked = checked(chatbot, answer, question.check and failure is None and not stop.is_set)
    record = record_of(
        answer, AskedWith.of(llm, question.k or config.retrieval.k, question.top_n or config.retrieval.top_n,
                             config.reranker.enabled if question.rerank is None else question.rerank, question.filters),
        state="interrupted" if failure else "stopped" if stop.is_set else "complete", reason=str(failure or answer.cut),
        fingerprints=fingerprints_of(chatbot), checks=checks, asked_at=asked_at,
    )  # fmt: skip
    receipt = _kept(service, caller, config, question, record) if record is not None else ""
    if failure is not None:
        raise failure
    return Answered(
        question, answer, reading.text, reading.finish or ("length" if answer.cut else "stop"), checks, not_checked,
        receipt, _addresses(chatbot, answer),
    )  # fmt: skip


class _Reading:
    """An answer as it is read, ended where the question says."""

    def __init__(self, question: Question, listener: Listener) -> None:
        self.text = ""
        self.finish = ""
        self._most = question.most_tokens
        self._ends = question.ends
        self._held = max((len(end) - 1 for end in question.ends), default=0)
        self._listener = listener
        self._told = 0  # characters of the text

    def read(self, answer: Answer, stop: Stop) -> None:
        """Until its end, or until ``stop``. Raises ``LLMError``."""
        restarts = 0
        for piece in answer:
            if stop.is_set:
                return
            if answer.restarts != restarts:
                restarts, self.text, self._told = answer.restarts, "", 0
                self._listener.restarted()
            self.text += piece
            if len(self.text) > _LONGEST:
                raise LLMError(
                    "the answer passed {count} characters and was cut there; lower llm.max_tokens or choose another model",
                    count=f"{_LONGEST:,}",
                )
            if self._is_over():
                break
            self._tell(len(self.text) - self._held)
        self._tell(len(self.text))

    def _is_over(self) -> bool:
        places = [place for end in self._ends if (place := self.text.find(end, self._told)) >= 0]
        if places:
            self.text, self.finish = self.text[: min(places)], "stop"
        elif self._most is not None and estimate_tokens(self.text) >= self._most:
            self.finish = "length"
        return bool(self.finish)

    def _tell(self, until: int) -> None:
        if until > self._told:
            piece, self._told = self.text[self._told : until], until
            self._listener.text(piece)


def _kept(
    service: Service, caller: Caller, config: Config, question: Question, record: ExchangeRecord
) -> str:
    """Keep it in memory, and where that is wanted among the conversations; the number of its receipt."""
    who = caller.who
    leans = may_lean_on(record.request)
    service.memory.tell(who, question.notebook, record.received, Told(documents_of_turn(record), leans))
    service.memory.keep(question.number, Kept(who, question.notebooks, record))
    if not question.store:
        return question.number
    conversations = Conversations.open(config, caller.person.id)
    conversation = conversations.create()
    place = conversations.add(conversation, record)
    return f"{question.notebook}-{conversation}-{place.position}"


def _addresses(chatbot: Chatbot, answer: Answer) -> dict[str, str]:
    with chatbot.store.reading() as view:
        rows = [view.document(uri) for uri in dict.fromkeys(source.document for source in answer.sources)]
    return {row.uri: row.address for row in rows if row is not None and row.address}
