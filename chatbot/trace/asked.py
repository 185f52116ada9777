"""A question under way, as every step gets it: what was asked, what for, after what, and the clock that runs."""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.trace.request import Request, Turn
from chatbot.trace.search import Timings


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. ``history``: the turns before it, oldest first; ``timings``: milliseconds by stage so far."""

    question: str
    request: Request
    history: tuple[Turn, ...]
    timings: Timings
