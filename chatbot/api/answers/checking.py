"""The check of an answer's citations, which an answer does without where the check fails."""

from __future__ import annotations

from chatbot.answering.answer import Answer
from chatbot.citations.check import ClaimCheck
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError


def checked(chatbot: Chatbot, answer: Answer, is_wanted: bool) -> tuple[tuple[ClaimCheck, ...] | None, str]:
    """What its citations rest on, and why that is not known; neither where nobody wants it or nothing is cited."""
    if not is_wanted or not answer.citations:
        return None, ""
    try:
        return chatbot.check(answer), ""
    except ChatbotError as error:
        return None, str(error)
