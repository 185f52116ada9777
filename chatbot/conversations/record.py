"""What stays of an exchange: everything that the page draws, frozen, without the machinery that made it.

A record has the names of ``Answer``, so that the same code draws an exchange that is being written, one that
came back from the database, and one on a receipt. ``Trace`` is what that code may rely on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from chatbot.answering import prompts
from chatbot.answering.answer import is_declined
from chatbot.answering.writer import Tokens
from chatbot.citations.check import ClaimCheck, ClaimEvidence
from chatbot.citations.markers import cited_numbers
from chatbot.config import LLMConfig
from chatbot.errors import Phrase
from chatbot.text.language import language_of
from chatbot.trace import (
    LOOK_UP,
    Candidate,
    Gate,
    Gathered,
    Message,
    Part,
    Request,
    Scores,
    SecondLook,
    Sentence,
    Source,
    Turn,
    match_of,
)

if TYPE_CHECKING:
    from chatbot.engine import Chatbot

T = TypeVar("T")
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
        received: the answer as far as it was written; never blank.
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
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        if not self.received.strip() or not self.question.strip():
            raise ValueError("an exchange without a question or without an answer is not kept")

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


def to_json(record: ExchangeRecord) -> str:
    """One line. A source is stored as the number of its candidate, so no passage is written twice."""
    places = {candidate.chunk_id: place for place, candidate in enumerate(record.candidates)}
    content = {
        "question": record.question,
        "query": record.query,
        "received": record.received,
        "llm": record.llm,
        "settings": asdict(record.settings),
        "sources": [_source_json(source, places[source.candidate.chunk_id]) for source in record.sources],
        "candidates": [asdict(candidate) for candidate in record.candidates],
        "second_look": {
            **asdict(record.second_look),
            "failure": Phrase.to_stored(record.second_look.failure),
        },
        "gate": asdict(record.gate),
        "timings": dict(record.timings),
        "state": record.state,
        "reason": Phrase.to_stored(record.reason),
        "language": record.language,
        "fingerprints": asdict(record.fingerprints),
        "tokens": asdict(record.tokens) if record.tokens else None,
        "prompt": [asdict(message) for message in record.prompt],
        "history": [asdict(turn) for turn in record.history],
        "checks": None if record.checks is None else {"claims": [asdict(check) for check in record.checks]},
        "thoughts": record.thoughts,
        "notes": [Phrase.to_stored(note) for note in record.notes],
        "sql": record.sql,
        "request": asdict(record.request),
        "also_searched": record.also_searched,
        "gathered": asdict(record.gathered) if record.gathered else None,
        "asked_at": record.asked_at.isoformat(),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> ExchangeRecord:
    """The record. Raises ``ValueError``, ``KeyError``, ``TypeError`` or ``IndexError`` if it is not one."""
    content: dict[str, Any] = json.loads(text)
    gate = _gate(content["gate"])
    candidates = tuple(_candidate(row, gate) for row in content["candidates"])
    settings, tokens, checks = content["settings"], content["tokens"], content["checks"]
    simple = (
        "question", "query", "received", "llm", "timings", "state", "language"
    )  # fmt: skip
    return ExchangeRecord(
        **{name: content[name] for name in simple},
        reason=Phrase.from_stored(content["reason"]),
        settings=_made(AskedWith, {**settings, "filters": tuple(settings["filters"])}),
        sources=tuple(_source(row, candidates) for row in content["sources"]),
        candidates=candidates,
        second_look=_second_look(content["second_look"]),
        gate=gate,
        fingerprints=_made(Fingerprints, content["fingerprints"]),
        tokens=_made(Tokens, tokens) if tokens else None,
        prompt=tuple(_made(Message, row) for row in content["prompt"]),
        history=tuple(map(_turn, content["history"])),
        checks=None if checks is None else tuple(map(_check, checks["claims"])),
        thoughts=content.get("thoughts", ""),
        notes=tuple(map(Phrase.from_stored, content.get("notes", ()))),
        sql=content.get("sql", ""),
        request=_request(content.get("request", {})),
        also_searched=content.get("also_searched", ""),
        gathered=_gathered(content.get("gathered")),
        asked_at=datetime.fromisoformat(content["asked_at"]),
    )


def _source_json(source: Source, place: int) -> dict[str, Any]:
    return {
        "number": source.number,
        "candidate": place,
        "sentences": [(s.start, s.end, s.score, s.relevance) for s in source.sentences],
        "highlights": [(s.start, s.end, s.score, s.relevance) for s in source.highlights],
    }


def _candidate(row: dict[str, Any], gate: Gate) -> Candidate:
    """Until November 2026 a record held the probability of a passage without its word."""
    start, end = row["span"]
    scores = _made(Scores, row["scores"])
    if "match" not in row["scores"]:
        scores = replace(scores, match=match_of(scores.probability, gate.verdict))
    parts = {
        "span": (start, end), "heading": tuple(row["heading"]), "scores": scores,
        "also_in": tuple(row.get("also_in", ())),
    }  # fmt: skip
    return _made(Candidate, {**row, **parts})


def _turn(row: dict[str, Any]) -> Turn:
    return _made(Turn, {**row, "documents": tuple(row.get("documents", ()))})


def _request(row: dict[str, Any]) -> Request:
    """Until November 2026 every question was looked up, and a record did not say so."""
    parts = {name: tuple(row.get(name, ())) for name in ("documents", "parts")}
    return _made(Request, {**row, **parts})


def _gathered(row: dict[str, Any] | None) -> Gathered | None:
    if row is None:
        return None
    parts = tuple(
        _made(Part, {**part, "gate": _gate(part["gate"]), "numbers": tuple(part["numbers"])})
        for part in row["parts"]
    )
    return Gathered(parts, row["quoted"])


def _gate(row: dict[str, Any]) -> Gate:
    """Until November 2026 a record held no verdict: an answer at less than even odds then counts as weak."""
    gate = _made(Gate, row)
    if "verdict" in row or gate.refused or gate.probability is None or gate.probability >= 0.5:
        return gate
    return replace(gate, verdict="weak")


def _second_look(row: dict[str, Any]) -> SecondLook:
    """Until November 2026 a record held ``applied`` and a ``reason`` in words instead of an outcome."""
    if "outcome" not in row:
        reason = row["reason"]
        known = {"": "applied", "turned off": "off", "nothing to rank": "empty"}
        row = {**row, "outcome": known.get(reason, "failed"), "failure": reason.removeprefix("failed: ")}
        row["failure"] = row["failure"] if row["outcome"] == "failed" else ""
    return _made(SecondLook, {**row, "failure": Phrase.from_stored(row["failure"])})


def _made(kind: type[T], row: dict[str, Any]) -> T:
    """Of what another version of this program kept, what this one knows; new fields have defaults."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in row.items() if name in known})


def _source(row: dict[str, Any], candidates: tuple[Candidate, ...]) -> Source:
    return Source(
        row["number"],
        candidates[row["candidate"]],
        tuple(Sentence(*sentence) for sentence in row["sentences"]),
        tuple(Sentence(*sentence) for sentence in row["highlights"]),
    )


def _check(row: dict[str, Any]) -> ClaimCheck:
    evidence = row.get("evidence")
    parts = {
        "numbers": tuple(row["numbers"]),
        "evidence": _made(ClaimEvidence, evidence) if evidence else None,
    }
    return _made(ClaimCheck, {**row, **parts})
