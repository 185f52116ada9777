"""Thumbs as questions whose right and wrong passages are known: what ``secondlook evaluate feedback`` asks again.

source, thumbs up       right for its question
source, thumbs down     wrong for its question
answer, thumbs up       its cited sources are right; of a refusal: the documents do not answer the question
answer, thumbs down     says nothing about passages: the sources may be right and the answer still bad
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from chatbot.conversations.exchange_rows import SavedExchange
from chatbot.text.invisible import on_one_line
from chatbot.trace import Candidate

_Passages = dict[tuple[str, str], tuple[int | None, bool]]  # (document, text) -> (page, whether it is right)


def feedback_questions(exchanges: Iterable[SavedExchange]) -> list[dict[str, Any]]:
    """Rows of a questions file (docs/evaluation.md), one for each different question, in the order of ``exchanges``.

    The question is the one that was searched with: a follow-up makes no sense alone. What was said later about
    the same passage for the same question counts.
    """
    passages: dict[str, _Passages] = {}
    unanswered: dict[str, bool] = {}
    for exchange in exchanges:
        record = exchange.record
        question = on_one_line(record.query)
        passages.setdefault(question, {}).update(
            {(c.document, c.text): (c.page, right) for c, right in _judged(exchange)}
        )
        if record.refused and exchange.rating:
            unanswered[question] = exchange.rating > 0
    return [
        row
        for question, judged in passages.items()
        if (row := _row(question, judged, unanswered.get(question, False)))
    ]


def _judged(exchange: SavedExchange) -> Iterable[tuple[Candidate, bool]]:
    """The passages that are known to be right or wrong. A thumb on the source itself says more than one on the answer."""
    for candidate in exchange.record.candidates:
        rating = exchange.source_ratings.get(candidate.chunk_id, 0)
        if rating or (exchange.rating > 0 and candidate.cited):
            yield candidate, rating >= 0


def _row(question: str, judged: _Passages, is_unanswered: bool) -> dict[str, Any] | None:
    row: dict[str, Any] = {
        "id": f"feedback-{hashlib.sha256(question.encode()).hexdigest()[:12]}",
        "question": question,
    }
    row["origin"] = "feedback"
    for name, wanted in (("relevant", True), ("wrong", False)):
        found = [_passage(*place, page) for place, (page, right) in judged.items() if right is wanted]
        if found:
            row[name] = found
    if is_unanswered and "relevant" not in row:
        row["document"] = None
    return row if {"relevant", "wrong", "document"} & row.keys() else None


def _passage(document: str, text: str, page: int | None) -> dict[str, Any]:
    return {"document": document, "passage": text} | ({"page": page} if page is not None else {})
