"""What the rest of the program calls to be watched: it does nothing, at no cost to speak of, where nothing is configured."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from secrets import token_hex
from typing import Any, Literal, Protocol
from weakref import WeakSet

from chatbot.trace import Watcher

Kind = Literal["ask", "search", "again"]
Counted = Literal["refusals", "llm_errors", "ingested_files"]
Sight = Literal["reranker_queue", "upload_turns", "index"]

request_id: ContextVar[str] = ContextVar("secondlook_request_id", default="")
traceparent: ContextVar[str] = ContextVar("secondlook_traceparent", default="")
"""Of the request that this thread or task works for: its number, and the W3C ``traceparent`` that came with it."""


class Telemetry(Protocol):
    """What ``chatbot.telemetry.start`` puts here."""

    def question(self, kind: Kind) -> Watcher: ...
    def count(self, what: Counted, label: str, amount: int) -> None: ...
    def outgoing(self) -> dict[str, str]: ...


_seated: list[Telemetry] = []
_in_sight: defaultdict[str, WeakSet[Any]] = defaultdict(WeakSet)
_lock = threading.Lock()


def install(telemetry: Telemetry | None) -> None:
    """From now on ``telemetry`` is told; ``None``: nobody is."""
    _seated[:] = [telemetry] if telemetry is not None else []


def watched(kind: Kind) -> Watcher | None:
    """Who watches a question that is asked now; ``None`` where nobody does."""
    return _seated[0].question(kind) if _seated else None


def count(what: Counted, label: str, amount: int = 1) -> None:
    """``amount`` more of ``what``; ``label`` is one of a few known words, never a name."""
    if _seated:
        _seated[0].count(what, label, amount)


def headers_for_model_server() -> dict[str, str]:
    """What goes with a request to a model server of one's own, so that its trace goes on; empty where nothing does."""
    return _seated[0].outgoing() if _seated else {}


def keep_in_sight(what: Sight, thing: object) -> None:
    """``thing`` may be measured as long as it lives; it is not kept alive by this."""
    with _lock:
        _in_sight[what].add(thing)


def in_sight(what: Sight) -> list[Any]:
    """What is there of a kind now."""
    with _lock:
        return list(_in_sight[what])


def new_id() -> str:
    """A number for a request: 16 hexadecimal digits."""
    return token_hex(8)


@contextmanager
def serving(number: str, caller: str) -> Iterator[None]:
    """What is asked and logged inside belongs to the request ``number``; ``caller`` is its ``traceparent`` or empty."""
    tokens = request_id.set(number), traceparent.set(caller)
    try:
        yield
    finally:
        request_id.reset(tokens[0])
        traceparent.reset(tokens[1])
