"""One question as it goes by: its stages timed, its end told once, to the metrics, the trace and the log.

A fault in here is logged once and costs the question nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, Protocol, TypeVar

from chatbot.telemetry.facts import Fact, facts_of, outcome_of, refusal_of
from chatbot.telemetry.seat import Kind, new_id, request_id
from chatbot.trace import Ending, Search

logger = logging.getLogger(__name__)
_questions = logging.getLogger("chatbot.telemetry.questions")
T = TypeVar("T")


class Spans(Protocol):
    """The trace of one question."""

    @property
    def trace_id(self) -> str: ...
    def enter(self, name: str | None) -> Callable[[str], None]:
        """Begin a stage, or go back into the question itself; what it gives ends that, with the name of an error."""
        ...

    def first_token(self) -> None: ...
    def found(self, search: Search) -> None: ...
    def ended(self, outcome: str, facts: Mapping[str, Fact], error: str) -> None: ...


class Counters(Protocol):
    """The numbers of all questions."""

    def stage(self, name: str, seconds: float) -> None: ...
    def streaming(self, change: Literal[1, -1]) -> None: ...
    def question(self, kind: Kind, outcome: str, facts: Mapping[str, Fact], refusal: str) -> None: ...
    def took(self, kind: Kind, seconds: float, first_token: float | None) -> None: ...


class WatchedQuestion:
    """A ``Watcher``. ``slow_s``: a question that takes longer is logged as slow; 0: none is."""

    def __init__(
        self, kind: Kind, counters: Counters | None, begin: Callable[[Kind], Spans] | None, slow_s: float
    ) -> None:
        self._over = True  # until all of it is there: what is left half made is no question
        self._kind, self._counters, self._slow_s = kind, counters, slow_s
        self.request_id = request_id.get() or new_id()
        self._start = time.perf_counter()
        self._stages: dict[str, float] = {}
        self._facts: dict[str, Fact] = {}
        self._refusal = ""
        self._writing: float | None = None
        self._first_token: float | None = None
        self._lock = threading.Lock()
        self._spans = _safely(lambda: begin(kind)) if begin is not None else None
        self._over = False

    def __del__(self) -> None:
        if not self._over:
            self.ended("left")

    @contextmanager
    def under_way(self) -> Iterator[None]:
        with self._entered(None):
            try:
                yield
            except BaseException as error:
                self._end("failed", {}, type(error).__name__)
                raise

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            with self._entered(name):
                yield
        finally:
            self._took(name, time.perf_counter() - start)

    def found(self, search: Search) -> None:
        self._facts.update(_safely(lambda: facts_of(search)) or {})
        self._refusal = refusal_of(search)
        if (spans := self._spans) is not None:
            _safely(lambda: spans.found(search))

    def pull(self, pieces: Iterator[str]) -> str | None:
        if self._writing is None:
            self._writing = time.perf_counter()
            self._stream(1)
        try:
            with self._entered("write"):
                piece = next(pieces, None)
        except BaseException as error:
            self._end("failed", {}, type(error).__name__)
            raise
        if piece is not None and self._first_token is None:
            self._first_token = time.perf_counter() - self._start
            if (spans := self._spans) is not None:
                _safely(lambda: spans.first_token())
        return piece

    def ended(self, how: Ending | Literal["left"], facts: Mapping[str, int | str] = {}) -> None:
        self._end(how, facts, "")

    def _end(self, how: Ending | Literal["left"], facts: Mapping[str, int | str], error: str) -> None:
        with self._lock:
            if self._over:
                return
            self._over = True
        _safely(lambda: self._tell_end(how, facts, error))

    def _tell_end(self, how: Ending | Literal["left"], facts: Mapping[str, int | str], error: str) -> None:
        total = time.perf_counter() - self._start
        if self._writing is not None:
            self._took("write", time.perf_counter() - self._writing)
            self._stream(-1)
        self._facts.update(facts)
        is_declined = bool(self._facts.get("declined"))
        outcome = "left"
        if how != "left":
            is_cut = bool(self._facts.get("cut"))
            outcome = outcome_of(how, self._kind == "search", bool(self._refusal), is_declined, is_cut)
        refusal = self._refusal or ("declined" if outcome == "declined" else "")
        if self._counters is not None:
            self._counters.question(self._kind, outcome, self._facts, refusal)
            self._counters.took(self._kind, total, self._first_token)
        if self._spans is not None:
            self._spans.ended(outcome, self._facts, error)
        self._log(outcome, total, error)

    def _log(self, outcome: str, total: float, error: str) -> None:
        is_slow = 0 < self._slow_s <= total
        level = logging.WARNING if is_slow else logging.INFO
        if not _questions.isEnabledFor(level):
            return
        stages = {name: round(seconds * 1000, 1) for name, seconds in self._stages.items()}
        first = None if self._first_token is None else round(self._first_token * 1000, 1)
        fields: dict[str, object] = {
            "request_id": self.request_id, "trace_id": self._spans.trace_id if self._spans is not None else "",
            "kind": self._kind, "outcome": outcome, "error": error, "total_ms": round(total * 1000, 1),
            "first_token_ms": first, "stages_ms": stages, **self._facts,
        }  # fmt: skip
        shown = {key: value for key, value in fields.items() if value not in ("", None)}
        words = " ".join(f"{key}={value}" for key, value in shown.items())
        # the words are for logs of plain text; as JSON the fields stand by themselves
        _questions.log(
            level, "slow question %s" if is_slow else "question %s", words, extra={"fields": shown}
        )

    @contextmanager
    def _entered(self, stage: str | None) -> Iterator[None]:
        """The request's number, and the span, in what is logged and sent inside."""
        token = request_id.set(self.request_id)
        spans = self._spans
        leave = _safely(lambda: spans.enter(stage)) if spans is not None else None
        failed = ""
        try:
            yield
        except BaseException as error:
            failed = type(error).__name__
            raise
        finally:
            if leave is not None:
                _safely(lambda: leave(failed))
            request_id.reset(token)

    def _took(self, stage: str, seconds: float) -> None:
        self._stages[stage] = self._stages.get(stage, 0.0) + seconds
        if (counters := self._counters) is not None:
            _safely(lambda: counters.stage(stage, seconds))

    def _stream(self, change: Literal[1, -1]) -> None:
        if (counters := self._counters) is not None:
            _safely(lambda: counters.streaming(change))


_told: set[str] = set()


def _safely(action: Callable[[], T]) -> T | None:
    """What ``action`` gives, ``None`` where it fails: nobody's question ends because somebody counts."""
    try:
        return action()
    except Exception as error:
        kind = type(error).__name__
        if kind not in _told:
            _told.add(kind)
            logger.warning("telemetry failed and goes on without: %s", kind, exc_info=True)
        return None
