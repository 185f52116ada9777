"""Retrieval in both languages: the question, and its translation where that can find more.

It can where a language model is chosen and the documents that are searched hold passages in the other language.
Without either of them nothing is asked and nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answering.small_tasks.translating import translated
from chatbot.answering.writer import LanguageModel, Writer
from chatbot.errors import LLMError, Phrase
from chatbot.retrieval.across import holds_other_language, merged
from chatbot.retrieval.retrieve import Find
from chatbot.store import Store
from chatbot.trace import Candidate, Timings


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval found.

    Attributes:
        candidates: in fused order.
        also: the translation that was searched too; empty where none was.
        note: why there was none although there should have been.
    """

    candidates: list[Candidate]
    also: str = ""
    note: str = ""


def found_in_both(
    query: str,
    find: Find,
    store: Store,
    filters: Sequence[str],
    writer: Writer | None,
    k: int,
    timings: Timings,
) -> Found:
    """The k best candidates for ``query`` and for its translation. A translation that fails costs nothing but its time."""
    found = find(query)
    if not isinstance(writer, LanguageModel):
        return Found(found)
    with store.reading() as view:
        if not holds_other_language(view, query, found, view.scope(filters)):
            return Found(found)
    try:
        with timings.measure("translate"):
            also = translated(query, writer)
    except LLMError as error:
        return Found(found, note=Phrase("not searched in the other language: {reason}", reason=error))
    return Found(merged(found, find(also), k), also)
