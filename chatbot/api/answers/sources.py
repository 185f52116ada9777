"""The sources of an answer, and all that is behind it, as programs read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote as in_address

from chatbot.answering.answer import Answer
from chatbot.api.answers.asking import Answered
from chatbot.citations.quotes import quote
from chatbot.conversations.exports.trace_json import trace_json
from chatbot.conversations.record import Trace
from chatbot.store.records import name_of
from chatbot.trace import Source


def source_json(source: Source, addresses: Mapping[str, str], *, is_cited: bool) -> dict[str, Any]:
    """A source under its number, with both ranks; ``quotes``: the sentences that bear most on the question."""
    c = source.candidate
    return {
        "number": source.number,
        "document": source.document,
        "name": name_of(source.document),
        "address": addresses.get(source.document),
        "page": source.page,
        "heading": list(c.heading),
        "span": list(c.span),
        "text": source.text,
        "quotes": [quote(source, sentence) for sentence in source.highlights],
        "rank": c.rank,
        "fused_rank": c.fused_rank,
        "reranked_rank": c.reranked_rank,
        "probability": c.scores.probability,
        "match": c.scores.match,
        "cited": is_cited,
    }


def sources_json(trace: Trace, addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    cited = set(trace.citations)
    return [source_json(s, addresses, is_cited=s.number in cited) for s in trace.sources]


def answered_json(answered: Answered, ignored: list[str], *, candidates: bool) -> dict[str, Any]:
    """All that came of a question: what docs/json.md says of ``ask``, without the prompt, with sources and checks."""
    answer = answered.answer
    content = trace_json(answer)
    del content["prompt"]  # it repeats the passages; the receipt has it
    if not candidates:
        del content["candidates"]
    return {
        **content,
        "answer": answered.text,
        "cut": answer.cut,
        "sources": sources_json(answer, answered.addresses),
        "checks": None if answered.checks is None else [asdict(check) for check in answered.checks],
        "not_checked": answered.not_checked,
        "ignored": ignored,
        "receipt": {"id": answered.receipt, "path": f"/api/receipts/{in_address(answered.receipt)}"},
    }


def found_json(answer: Answer, addresses: Mapping[str, str]) -> dict[str, Any]:
    """What is known before the first word: candidates with their fate, sources, the verdict."""
    content = trace_json(answer)
    told = (
        "question",
        "query",
        "also_searched",
        "request",
        "parts",
        "candidates",
        "reranker",
        "gate",
        "refused",
    )
    return {**{name: content[name] for name in told}, "sources": sources_json(answer, addresses)}
