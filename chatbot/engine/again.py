"""An answer once more: by another writer on the same sources, or with the same candidates in another order.

Nothing is embedded or searched for it, and a stored record of an answer will do.
"""

from __future__ import annotations

from collections.abc import Callable

from chatbot.answering.answer import (
    Answer,
    Answered,
    frozen_search,
    kept_count,
    retrieved,
    start_answer,
)
from chatbot.answering.gathering import found_again, gather_again
from chatbot.answering.gathering.answers import Compute
from chatbot.answering.whole_document import answer_whole_again
from chatbot.answering.writer import Writer
from chatbot.citations.sources import cite
from chatbot.engine.in_parts import answer_from_parts
from chatbot.engine.searching import Searching
from chatbot.trace import Asked, Timings


def on_same_sources(answered: Answered, writer: Callable[[], Writer]) -> Answer:
    """The same question on the same frozen sources; no model but that of ``writer``."""
    if answered.gathered is not None:
        return gather_again(answered, writer)
    if answered.request.kind == "whole_document":
        return answer_whole_again(answered, writer())
    return start_answer(frozen_search(answered), tuple(answered.sources), answered.history, writer())


def in_other_order(
    answered: Answered,
    writer: Callable[[], Writer],
    top_n: int | None,
    searching: Searching,
    compute: Compute,
    *,
    rerank: bool,
) -> Answer:
    """The steps after retrieval once more, on what it found."""
    timings = Timings()
    if answered.gathered is not None:
        asked = Asked(answered.question, answered.request, tuple(answered.history), timings)
        settings = searching.settings(top_n=top_n, rerank=rerank)
        return answer_from_parts(asked, found_again(answered), settings, searching, compute, writer)
    top_n = top_n or kept_count(answered) or searching.config.retrieval.top_n
    settings = searching.settings(top_n=top_n, rerank=rerank)
    found = retrieved(answered)
    search = searching.judge(answered.question, answered.query, found, settings, timings, writer=writer)
    return start_answer(search, cite(search, searching.score_stretches), answered.history, writer())
