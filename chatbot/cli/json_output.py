"""JSON output of ``search``, ``ask`` and ``doctor``: the contract of docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chatbot.answering.answer import Answer, read_answer
from chatbot.errors import ChatbotError
from chatbot.store.records import DocumentRow, other_places, same_content
from chatbot.trace import Candidate, Search, SecondLook


def search_json(search: Search) -> dict[str, Any]:
    """One object for a search; every candidate in final order."""
    return {
        "question": search.question,
        "query": search.query,
        "also_searched": search.also_searched,
        "request": asdict(search.request),
        "parts": [asdict(part) for part in search.gathered.parts] if search.gathered else [],
        "candidates": [_candidate_json(candidate) for candidate in search.candidates],
        "reranker": _second_look_json(search.second_look),
        "gate": asdict(search.gate),
        "timings_ms": {stage: round(ms, 2) for stage, ms in search.timings.items()},
    }


def answer_json(answer: Answer) -> tuple[dict[str, Any], ChatbotError | None]:
    """One object for an answer, and why it did not come to its end; waits until it is written.

    What came before a failure is in it, with the failure as ``error``.

    Raises:
        LLMError: not a word came.
    """
    failure: ChatbotError | None = None
    try:
        read_answer(answer, lambda: False)
    except ChatbotError as error:
        if not answer.received.strip():
            raise
        failure = error
    content = _answer_json(answer)
    return (content, None) if failure is None else ({**content, "error": str(failure)}, failure)


def _answer_json(answer: Answer) -> dict[str, Any]:
    return {
        **search_json(answer.search),
        "candidates": [_candidate_json(candidate) for candidate in answer.candidates],
        "answer": answer.received,
        "cut": answer.cut,
        "thoughts": answer.thoughts,
        "notes": list(answer.notes),
        "refused": answer.refused,
        "declined": answer.declined,
        "citations": answer.citations,
        "llm": answer.llm,
        "sql": answer.sql,
        "prompt": [asdict(message) for message in answer.prompt],
        "tokens": asdict(answer.tokens) if answer.tokens else None,
    }


def documents_json(documents: Sequence[DocumentRow]) -> list[dict[str, Any]]:
    """One object for each document, with those that have the same content."""
    places = same_content(documents)
    found = []
    for row in documents:
        found.append({
            **asdict(row), "path": str(row.path), "copies": max(len(places.get(row.uri, ())) - 1, 0),
            "same_content": list(other_places(places, row.uri)),
        })  # fmt: skip
    return found


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
