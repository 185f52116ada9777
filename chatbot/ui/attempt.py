"""The one place of the page that catches ``ChatbotError``: a sentence instead of a traceback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from chatbot.errors import ChatbotError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What an action gave: ``value``, or ``error``, the ``ChatbotError`` that it raised."""

    value: T | None = None
    error: ChatbotError | None = None


def attempt(action: Callable[[], T]) -> Outcome[T]:
    """``action()``; anything but a ``ChatbotError`` is a bug and is raised."""
    try:
        return Outcome(value=action())
    except ChatbotError as error:
        return Outcome(error=error)
