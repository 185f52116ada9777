"""What stays of an exchange: everything that the page draws, frozen, without the machinery that made it.

A record has the names of ``Answer``, so that the same code draws an exchange that is being written, one that
came back from the database, and one on a receipt. ``Trace`` is what that code may rely on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from chatbot.answering import prompts
from chatbot.answering.answer import is_declined
from chatbot.answering.writer import Tokens
from chatbot.citations.check import ClaimCheck
from chatbot.citations.markers import cited_numbers
from chatbot.config import LLMConfig
from chatbot.text.language import language_of
from chatbot.trace import LOOK_UP, Candidate, Gate, Gathered, Message, Request, SecondLook, Source, Turn

if TYPE_CHECKING:
    from chatbot.engine import Chatbot

State = Literal["complete", "stopped", "interrupted"]


class Trace(Protocol):
    """What is drawn of an answer. ``Answer`` and ``ExchangeRecord`` both are one."""

    @property
    def question(self) -> str: ...
    @property
    def query(self) -> str: ...
    @property
    def also_searched(self) -> str: ...
    @property
    def llm(self) -> str: ...
    @property
    def received(self) -> str: ...
    @property
    def citations(self) -> list[int]: ...
    @property
    def request(self) -> Request: ...
    @property
    def gathered(self) -> Gathered | None: ...
    @property
    def refused(self) -> bool: ...
    @property
    def declined(self) -> bool: ...
    @property
    def sources(self) -> tuple[Source, ...]: ...
    @property
    def candidates(self) -> tuple[Candidate, ...]: ...
    @property
    def second_look(self) -> SecondLook: ...
    @property
    def gate(self) -> Gate: ...
    @property
    def timings(self) -> Mapping[str, float]: ...
    @property
    def history(self) -> tuple[Turn, ...]: ...
    @property
    def prompt(self) -> tuple[Message, ...]: ...
    @property
    def tokens(self) -> Tokens | None: ...
    @property
    def thoughts(self) -> str: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def sql(self) -> str: ...
    @property
    def request_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AskedWith:
    """The settings of one question. Addresses, options and keys are left behind on purpose: see ``of``."""

    backend: str
    model: str
    k: int
    top_n: int
    rerank: bool
    filters: tuple[str, ...] = ()
    temperature: float = 0.0

    @classmethod
    def of(cls, llm: LLMConfig, k: int, top_n: int, rerank: bool, filters: Sequence[str] = ()) -> AskedWith:
        """Those that may be kept: ``llm.options`` can hold an address or a key, so nothing of it is."""
        return cls(llm.backend, llm.model, k, top_n, rerank, tuple(filters), llm.temperature)


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that was sent together with a question.

    Attributes:
        document: its name in the index; empty where it is not there.
        reason: why it was refused, or is there only in part.
    """

    name: str
    document: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What found and ranked the passages: names with the sha256 of weights and tokenizer, empty where unknown.

    Attributes:
        index: what the vectors of the index were made with (``StoreIdentity.embedding``).
        sequence: number of the index's last commit.
    """

    embedding: str = ""
    embedding_sha256: str = ""
    reranker: str = ""
    reranker_sha256: str = ""
    index: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One question and what came of it; a ``Trace``.

    Attributes:
        received: the answer as far as it was written; blank only where it ended before its first word.
        state: ``complete``, ``stopped`` by the person, or ``interrupted`` by what ``reason`` says.
        language: "ko" or "en", that of the question.
        candidates: all k in final order, ``cited`` as of this answer.
        prompt: the messages as they were sent to the model, empty where none was.
        history: the earlier turns that the model could see.
        checks: what the citation check found; ``None``: not checked.
        thoughts: what the model thought, apart from the answer.
        notes: what the person was told of how it was searched and how the model was asked.
        also_searched: ``query`` in the other language, where that was searched too.
        sql: the statement that the model wrote, where a database computed the answer from tables; else empty.
        files: those that were sent with the question, and searched first.
        widened: they did not answer it, and so everything was searched.
        request_id: its number in the operator's logs; empty where none are kept.
        asked_at: when the question was asked, with its time zone.
    """

    question: str
    query: str
    received: str
    llm: str
    settings: AskedWith
    sources: tuple[Source, ...]
    candidates: tuple[Candidate, ...]
    second_look: SecondLook
    gate: Gate
    timings: Mapping[str, float]
    state: State = "complete"
    reason: str = ""
    language: str = "en"
    fingerprints: Fingerprints = Fingerprints()
    tokens: Tokens | None = None
    prompt: tuple[Message, ...] = ()
    history: tuple[Turn, ...] = ()
    checks: tuple[ClaimCheck, ...] | None = None
    thoughts: str = ""
    notes: tuple[str, ...] = ()
    sql: str = ""
    request: Request = LOOK_UP
    also_searched: str = ""
    gathered: Gathered | None = None
    files: tuple[GivenFile, ...] = ()
    widened: bool = False
    request_id: str = ""
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        has_answer = self.received.strip() or self.state != "complete"
        if not has_answer or not self.question.strip():
            raise ValueError("an exchange without a question or without an answer is not kept")

    @classmethod
    def unanswered(
        cls, question: str, settings: AskedWith, reason: str, asked_at: datetime, state: State = "interrupted",
        request: Request = LOOK_UP, files: tuple[GivenFile, ...] = (),
    ) -> ExchangeRecord:  # fmt: skip
        """A question of which nothing has come yet; ``reason`` says why nothing did, should it stay so."""
        return cls(
            question, question, "", "", settings, (), (), SecondLook("", "unneeded"), Gate(False), {},
            state, reason, language_of(question), request=request, files=files, asked_at=asked_at,
        )  # fmt: skip

    @property
    def citations(self) -> list[int]:
        """Source numbers in the answer, in order of appearance."""
        return cited_numbers(self.received)

    @property
    def refused(self) -> bool:
        return self.gate.refused

    @property
    def declined(self) -> bool:
        """Whether the language model says only that the sources do not answer."""
        return is_declined(self.llm, self.received)


def record_of(
    answer: Trace,
    settings: AskedWith,
    *,
    state: State = "complete",
    reason: str = "",
    fingerprints: Fingerprints | None = None,
    checks: tuple[ClaimCheck, ...] | None = None,
    asked_at: datetime | None = None,
    files: tuple[GivenFile, ...] = (),
    widened: bool = False,
) -> ExchangeRecord | None:
    """What there is of ``answer`` now; ``None`` while not a word of it has come. Never waits for more."""
    received, candidates = answer.received, answer.candidates
    if not received.strip():
        return None
    cited = {candidate.chunk_id: candidate for candidate in candidates}
    return ExchangeRecord(
        question=answer.question,
        query=answer.query,
        received=received,
        llm=answer.llm,
        settings=settings,
        sources=tuple(replace(s, candidate=cited[s.candidate.chunk_id]) for s in answer.sources),
        candidates=candidates,
        second_look=answer.second_look,
        gate=answer.gate,
        timings=dict(answer.timings),
        state=state,
        reason=reason,
        language=language_of(answer.question),
        fingerprints=fingerprints or Fingerprints(),
        tokens=answer.tokens,
        prompt=answer.prompt,
        history=answer.history[-prompts.TURNS :],
        checks=checks,
        thoughts=answer.thoughts,
        notes=answer.notes,
        sql=answer.sql,
        request=answer.request,
        also_searched=answer.also_searched,
        gathered=answer.gathered,
        files=files,
        widened=widened,
        request_id=answer.request_id,
        asked_at=asked_at or datetime.now(UTC),
    )


def documents_of_turn(trace: Trace) -> tuple[str, ...]:
    """The documents that an answer cites, the first one first; where it cites none, those that were asked about."""
    cited = {source.number: source.document for source in trace.sources}
    found = dict.fromkeys(cited[number] for number in trace.citations if number in cited)
    return tuple(found) or trace.request.documents


def may_lean_on(request: Request) -> bool:
    """Whether a follow-up may mean an exchange that asked for this: not talk, and not a list of documents."""
    return request.kind != "talk" and (request.kind != "library" or bool(request.documents))


def fingerprints_of(chatbot: Chatbot) -> Fingerprints:
    """Of the models and the index that ``chatbot`` searches with now, from files alone: milliseconds.

    Raises:
        ChatbotError: the index or the models are gone.
    """
    from chatbot.errors import ChatbotError
    from chatbot.models import folders
    from chatbot.retrieval import embeddings

    config = chatbot.config
    by_model = chatbot.is_ordered_by_model  # its name is in the second look of each answer
    try:
        reranker = folders.resolve(config.reranker.model, config.models_cache).sha256
    except ChatbotError:  # a backend of a third party may have no files here
        reranker = ""
    return Fingerprints(
        config.embedding.model,
        embeddings.fingerprint(config).sha256,
        "" if by_model else config.reranker.model,
        reranker,
        chatbot.store.identity.embedding,
        chatbot.store.sequence(),
    )
