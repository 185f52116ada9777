"""A search, and an answer or its record, as plain values: the contract of docs/json.md, on the command line and for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chatbot.conversations.record import Trace
from chatbot.trace import Candidate, Search, SecondLook


def search_json(search: Search) -> dict[str, Any]:
    """One object for a search; every candidate in final order."""
    return {**_found(search), "candidates": [_candidate_json(candidate) for candidate in search.candidates]}


def trace_json(trace: Trace) -> dict[str, Any]:
    """One object for an answer as far as it has come; never waits for more."""
    return {
        **_found(trace),
        "candidates": [_candidate_json(candidate) for candidate in trace.candidates],
        "answer": trace.received,
        "thoughts": trace.thoughts,
        "notes": list(trace.notes),
        "refused": trace.refused,
        "declined": trace.declined,
        "citations": trace.citations,
        "llm": trace.llm,
        "sql": trace.sql,
        "prompt": [asdict(message) for message in trace.prompt],
        "tokens": asdict(trace.tokens) if trace.tokens else None,
    }


def _found(search: Search | Trace) -> dict[str, Any]:
    return {
        "question": search.question,
        "query": search.query,
        "also_searched": search.also_searched,
        "request": asdict(search.request),
        "parts": [asdict(part) for part in search.gathered.parts] if search.gathered else [],
        "candidates": [],  # in this place
        "reranker": _second_look_json(search.second_look),
        "gate": asdict(search.gate),
        "timings_ms": {stage: round(ms, 2) for stage, ms in search.timings.items()},
    }


def _second_look_json(look: SecondLook) -> dict[str, Any]:
    """With ``applied`` and ``reason``, which say the outcome as earlier versions did."""
    reason = {
        "applied": "",
        "off": "turned off",
        "empty": "nothing to rank",
        "failed": f"failed: {look.failure}",
        "unneeded": "not needed",
    }
    return {**asdict(look), "applied": look.applied, "reason": reason[look.outcome]}


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "rank": candidate.rank,
        "part": candidate.part,
        "dense_rank": candidate.dense_rank,
        "lexical_rank": candidate.lexical_rank,
        "fused_rank": candidate.fused_rank,
        "reranked_rank": candidate.reranked_rank,
        "scores": asdict(candidate.scores),
        "kept": candidate.kept,
        "cited": candidate.cited,
        "document": candidate.document,
        "page": candidate.page,
        "heading": list(candidate.heading),
        "table_header": candidate.header,
        "span": list(candidate.span),
        "text": candidate.text,
        "copies": candidate.copies,
        "also_in": list(candidate.also_in),
    }
