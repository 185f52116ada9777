"""What travels with one question: what is asked for, how it is searched, and who writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from chatbot.answering.writer import Writer
from chatbot.config import Config, LLMConfig
from chatbot.errors import ChatbotError
from chatbot.llms import build_writer
from chatbot.text.asking import LONGEST_QUESTION
from chatbot.trace import Asked, Candidate


@dataclass(frozen=True, slots=True)
class Question:
    """One question under way.

    Attributes:
        asked: its words, its request, the turns before it, and its clock.
        settings: the configuration, with what was given for this question.
        filters: documents or folders to search, all if empty.
        writer: gives who writes, built at most once.
        find: (query, k unless it is the configured one) -> candidates in fused order; each is searched at most once.
    """

    asked: Asked
    settings: Config
    filters: Sequence[str]
    writer: Callable[[], Writer]
    find: Callable[..., list[Candidate]]


def checked(question: str) -> str:
    """``question`` if it can be asked. Raises ``ChatbotError``."""
    if not question.strip():
        raise ChatbotError("the question is empty; ask something")
    if not question.isascii() and any("\ud800" <= character <= "\udfff" for character in question):
        raise ChatbotError("the question is not valid text; type it again")
    if (over := len(question) - LONGEST_QUESTION) > 0:
        raise ChatbotError(
            "the question has {count} of {most} characters; shorten it by {over}",
            count=f"{len(question):,}",
            most=f"{LONGEST_QUESTION:,}",
            over=f"{over:,}",
        )
    return question


def listed(filters: Sequence[str] | str) -> Sequence[str]:
    """One document may be given as it is."""
    return [filters] if isinstance(filters, str) else filters


def lazily(writer: Writer | Callable[[], Writer] | None, configured: LLMConfig) -> Callable[[], Writer]:
    """Gives who writes; built at most once, and not before it is needed: a greeting needs no backend."""

    def build() -> Writer:
        if writer is None:
            return build_writer(configured)
        return writer if isinstance(writer, Writer) else writer()

    return cache(build)
