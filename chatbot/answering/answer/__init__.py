"""An answer: how it is started, how it is read while it is written, and what of it is enough to ask again."""

from chatbot.answering.answer.answer import Answer, is_declined, read_answer
from chatbot.answering.answer.answered import Answered, Written, frozen_search, kept_count, retrieved
from chatbot.answering.answer.starting import refusal, start_answer, unranked

__all__ = [
    "Answer",
    "Answered",
    "Written",
    "frozen_search",
    "is_declined",
    "kept_count",
    "read_answer",
    "refusal",
    "retrieved",
    "start_answer",
    "unranked",
]
