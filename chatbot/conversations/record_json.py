"""A record as JSON and back, exact: every rank, score and span returns as it was."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeVar

from chatbot.answering.prompts import Message, Turn
from chatbot.conversations.record import AskedWith, ExchangeRecord, Fingerprints
from chatbot.llms.llm_writer import Tokens
from chatbot.search import Gate, SecondLook
from chatbot.trace import Candidate, Scores, Sentence, Source

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
        "second_look": asdict(record.second_look),
        "gate": asdict(record.gate),
        "timings": dict(record.timings),
        "state": record.state,
        "reason": record.reason,
        "language": record.language,
        "fingerprints": asdict(record.fingerprints),
        "tokens": asdict(record.tokens) if record.tokens else None,
        "prompt": [asdict(message) for message in record.prompt],
        "history": [asdict(turn) for turn in record.history],
        "checks": dict(record.checks) if record.checks is not None else None,
        "asked_at": record.asked_at.isoformat(),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> ExchangeRecord:
    """The record. Raises ``ValueError``, ``KeyError``, ``TypeError`` or ``IndexError`` if it is not one."""
    content: dict[str, Any] = json.loads(text)
    candidates = tuple(_candidate(row) for row in content["candidates"])
    settings, tokens = content["settings"], content["tokens"]
    simple = (
        "question", "query", "received", "llm", "timings", "state", "reason", "language", "checks"
    )  # fmt: skip
    return ExchangeRecord(
        **{name: content[name] for name in simple},
        settings=_made(AskedWith, {**settings, "filters": tuple(settings["filters"])}),
        sources=tuple(_source(row, candidates) for row in content["sources"]),
        candidates=candidates,
        second_look=_made(SecondLook, content["second_look"]),
        gate=_made(Gate, content["gate"]),
        fingerprints=_made(Fingerprints, content["fingerprints"]),
        tokens=_made(Tokens, tokens) if tokens else None,
        prompt=tuple(_made(Message, row) for row in content["prompt"]),
        history=tuple(_made(Turn, row) for row in content["history"]),
        asked_at=datetime.fromisoformat(content["asked_at"]),
    )


def _source_json(source: Source, place: int) -> dict[str, Any]:
    return {
        "number": source.number,
        "candidate": place,
        "sentences": [(s.start, s.end, s.score, s.heat) for s in source.sentences],
        "highlights": [(s.start, s.end, s.score, s.heat) for s in source.highlights],
    }


def _candidate(row: dict[str, Any]) -> Candidate:
    start, end = row["span"]
    parts = {"span": (start, end), "heading": tuple(row["heading"]), "scores": _made(Scores, row["scores"])}
    return _made(Candidate, {**row, **parts})


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
