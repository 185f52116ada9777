"""What is told of a search: words of a known few, and numbers. The one place that decides what leaves a question."""

from __future__ import annotations

from chatbot.trace import Ending, Search

Fact = int | float | str

# what a stage may be called: those of the clock, and what the watcher sees besides
STAGES = (
    "recognise", "condense", "translate", "retrieve", "embed", "dense", "lexical", "fuse", "rerank", "gate", "highlight",
    "compute", "sql", "read", "write", "check",
)  # fmt: skip
OUTCOMES = ("answered", "found", "refused", "declined", "cut", "stopped", "failed", "left")
REFUSALS = ("nothing_found", "improbable", "declined", "limit", "not_allowed")
REQUESTS = (
    "look_up", "talk", "library", "whole_document", "compare", "collect", "several", "table", "unknown",
)  # fmt: skip
LLM_ERRORS = (
    "slow", "unreachable", "broken", "key", "quota", "not_found", "refused", "server", "garbage", "empty", "other",
)  # fmt: skip
INGESTED = ("indexed", "unchanged", "renamed", "removed", "partial", "refused", "overtaken")


def facts_of(search: Search) -> dict[str, Fact]:
    """Numbers and verdicts of ``search``; no question, passage or name is among them."""
    look, gate = search.second_look, search.gate
    facts: dict[str, Fact] = {
        "request": search.request.kind,
        "decided_by": search.request.decided_by,
        "question_characters": len(search.question),
        "candidates": len(search.candidates),
        "kept": len(search.kept),
        "documents": len({candidate.document for candidate in search.candidates}),
        "parts": len(search.gathered.parts) if search.gathered else 0,
        "second_look": look.outcome,
        "scored": look.scored,
        "verdict": gate.verdict or "",
        "both_languages": int(bool(search.also_searched)),
    }
    if gate.probability is not None:
        facts["probability"] = round(gate.probability, 3)
    return facts


def refusal_of(search: Search) -> str:
    """Why the gate refused, as one of ``REFUSALS``; empty where it did not."""
    if not search.gate.refused:
        return ""
    return "improbable" if search.candidates else "nothing_found"


def outcome_of(how: Ending, is_search: bool, is_refused: bool, is_declined: bool, is_cut: bool) -> str:
    """How a question ended, as one of ``OUTCOMES``."""
    if how != "complete":
        return how
    if is_refused:
        return "refused"
    if is_search:
        return "found"
    return "declined" if is_declined else "cut" if is_cut else "answered"
