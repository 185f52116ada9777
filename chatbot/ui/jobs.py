"""Work that outlives a run of the script: any click ends the run that draws it, and a new one takes over.

``attempt`` is the one place of the page that catches ``ChatbotError``: a sentence instead of a traceback.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Thread
from typing import Generic, TypeVar

from chatbot.errors import ChatbotError

T = TypeVar("T")

POLL_S = 0.1


class Job(Generic[T]):
    """``action()`` in a thread of its own; runs of the script watch it, one after the other or at once."""

    def __init__(self, action: Callable[[], T], name: str) -> None:
        self._future: Future[Outcome[T]] = Future()
        Thread(target=self._run, args=(action,), name=name, daemon=True).start()

    def done(self, wait_s: float = POLL_S) -> bool:
        """Whether it has ended, after at most ``wait_s`` seconds."""
        return bool(wait([self._future], wait_s).done)

    def outcome(self) -> Outcome[T]:
        """What came of it; waits. Anything but a ``ChatbotError`` is raised here, on the page."""
        return self._future.result()

    def _run(self, action: Callable[[], T]) -> None:
        try:
            self._future.set_result(attempt(action))
        except BaseException as error:
            self._future.set_exception(error)


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
