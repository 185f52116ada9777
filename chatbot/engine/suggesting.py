"""What may be asked next, or of one document: questions that are asked silently and found to be answered."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.answering.answer import Written
from chatbot.answering.suggesting.suggestions import answered_next, next_questions, questions_about
from chatbot.engine.searching import Searching


def questions_after(
    answered: Written, searching: Searching, filters: Sequence[str], seconds: float
) -> tuple[str, ...]:
    """As ``Chatbot.next_questions``. Raises ``ChatbotError``."""
    if answered.gate.refused or answered.second_look.outcome == "unneeded":
        return ()
    with searching.store.reading() as view:
        possible = list(next_questions(view, answered))
    return answered_next(possible, lambda question: searching.search_silently(question, filters), seconds)


def questions_of_document(document: str, searching: Searching, seconds: float) -> tuple[str, ...]:
    """As ``Chatbot.document_questions``. Raises ``ChatbotError``."""
    with searching.store.reading() as view:
        possible = questions_about(view, document)
    return answered_next(possible, lambda question: searching.search_silently(question, [document]), seconds)
