"""A record as one line of JSON, and back: also one that an older version of this program wrote."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from chatbot.answering.writer import Tokens
from chatbot.citations.check import ClaimCheck, ClaimEvidence
from chatbot.conversations.record import AskedWith, ExchangeRecord, Fingerprints, GivenFile
from chatbot.errors import Phrase
from chatbot.trace import (
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

T = TypeVar("T")


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
        "files": [(f.name, f.document, Phrase.to_stored(f.reason)) for f in record.files],
        "widened": record.widened,
        "request_id": record.request_id,
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
        files=tuple(
            GivenFile(name, document, Phrase.from_stored(reason))
            for name, document, reason in content.get("files", ())
        ),
        widened=content.get("widened", False),
        request_id=content.get("request_id", ""),
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
