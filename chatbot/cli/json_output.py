"""JSON output of ``search``, ``ask`` and ``doctor``: the contract of docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chatbot.answering.answer import Answer, read_answer
from chatbot.conversations.exports.trace_json import search_json, trace_json
from chatbot.errors import ChatbotError
from chatbot.store.records import DocumentRow, other_places, same_content

__all__ = ["answer_json", "documents_json", "search_json"]


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
    content = {**trace_json(answer), "cut": answer.cut}
    return (content, None) if failure is None else ({**content, "error": str(failure)}, failure)


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
