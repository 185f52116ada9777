"""Read a language model's stream within time limits, and say in one sentence what went wrong.

    prepare() -> start() -> upstream (a daemon thread) -> queue -> text, each wait bounded -> LLMError | the end

The thread is what makes the limits hold: a client that hangs inside ``recv`` cannot be interrupted, but
it can be left behind, and its connection cut (``on_abandon``).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from contextvars import copy_context

from chatbot.answering.writer import RESTART
from chatbot.config import LLMLimits
from chatbot.errors import ChatbotError, LLMError, Phrase
from chatbot.llms.failures import (
    Endpoint,
    asked_to_wait,
    empty_answer,
    is_loading,
    too_slow,
    translate,
    worth_another_try,
)
from chatbot.llms.wire.stopping import current_stop
from chatbot.telemetry.seat import count

BACKOFF_S = (0.25, 1.0)  # before the second and the third try
LOADING_S = 2.0  # between two looks whether a model is loaded by now
SHORTEST_WAIT_S = 0.1  # of those that a server asks for, doubled each time up to LONGEST: 0 would hammer it
LONGEST_WAIT_S = 5.0
PREPARING_S = 300.0  # for imports, on any machine; loading a local model has a limit of its own, total_s


def stream_with_limits(
    start: Callable[[], Iterator[str]],
    limits: LLMLimits,
    label: str,
    endpoint: Endpoint | None = None,
    *,
    prepare: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Generator[str, None, None]:
    """The texts of ``start()``, each awaited no longer than ``limits`` allow.

    ``prepare`` and ``start`` run in a daemon thread, once for each try; the limits count from ``start``, and again
    from ``request_sent`` where that is called. An empty string from ``start`` means "alive, nothing to show yet" (a
    model that is thinking) and is not passed on, ``RESTART`` is; leading white space is dropped. Closing the returned
    generator returns at once and cuts the connection. Up to ``limits.tries`` tries are made, only before
    the first text and only for lost connections and the statuses 408, 429 and 5xx. A server that says how long to wait,
    or that it is loading its model, is waited for within the total limit, unless there is only one try; ``tell`` gets
    a sentence about it. It ends as if it were complete where the thread's ``Stop`` is set, and cuts the connection too.

    Raises:
        LLMError: one sentence that names the setting to change; texts yielded before it stay valid.
    """
    try:
        yield from _tried(start, limits, label, endpoint or Endpoint(), prepare, tell)
    except LLMError as error:
        count("llm_errors", error.kind)
        raise


def _tried(
    start: Callable[[], Iterator[str]],
    limits: LLMLimits,
    label: str,
    endpoint: Endpoint,
    prepare: Callable[[], None],
    tell: Callable[[str], None],
) -> Generator[str, None, None]:
    clock = _Clock(limits)
    attempt = waits = 0
    while True:
        answered = begun = False
        try:
            for text in _read(_Upstream(prepare, start, label, clock, tell), limits, label, clock, endpoint):
                if text is RESTART:
                    answered = False
                    yield text
                    continue
                shown = text if answered else text.lstrip()
                if shown:
                    answered = begun = True
                    yield shown
        except _Stopped:
            return
        except ChatbotError:
            raise
        except Exception as error:
            wait = None if begun or limits.tries == 1 else _wait_for(error, attempt, waits, limits)
            if wait is None or wait >= clock.left():
                # A vendor's own text may quote the key back, so its traceback is not chained to ours.
                raise translate(error, label, endpoint) from None
            if _is_asked_for(error):
                waits += 1
                tell(_waiting(error, label, wait))
            else:
                attempt += 1
            if current_stop().wait(wait):
                return
        else:
            if not answered:
                raise empty_answer(label, endpoint)
            return


def _wait_for(error: Exception, attempt: int, waits: int, limits: LLMLimits) -> float | None:
    """Seconds until the next try; ``None`` for no other."""
    if not worth_another_try(error):
        return None
    if (asked := asked_to_wait(error)) is not None:
        return max(asked, min(SHORTEST_WAIT_S * 2.0**waits, LONGEST_WAIT_S))
    if is_loading(error):
        return LOADING_S
    return BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)] if attempt + 1 < limits.tries else None


def _is_asked_for(error: Exception) -> bool:
    return asked_to_wait(error) is not None or is_loading(error)


def _waiting(error: Exception, label: str, wait: float) -> Phrase:
    if is_loading(error):
        return Phrase("{label} is loading its model; waiting for it", label=label)
    return Phrase("{label} asks to wait {seconds} s; waiting", label=label, seconds=f"{wait:.0f}")


def on_abandon(cut: Callable[[], None], close: Callable[[], None] = lambda: None) -> None:
    """Have ``cut`` called from another thread if the stream that this thread is reading is abandoned.

    ``close`` is called in this thread once the stream is read or left: LlamaIndex's wrappers can keep a
    response alive, and its socket open, until a garbage collection.

    Outside of ``stream_with_limits`` it does nothing.
    """
    upstream: _Upstream | None = getattr(_current, "upstream", None)
    if upstream is not None:
        upstream.add_cut(cut, close)


def request_sent() -> None:
    """The request of this thread's stream is on its way: its limits count from now."""
    upstream: _Upstream | None = getattr(_current, "upstream", None)
    if upstream is not None:
        upstream.items.put(_Sent())


def tell_person(sentence: str) -> None:
    """Have ``sentence`` shown to the person who waits for this thread's stream."""
    upstream: _Upstream | None = getattr(_current, "upstream", None)
    if upstream is not None:
        upstream.tell(sentence)


_current = threading.local()


class _Clock:
    """The total limit, from the first request on."""

    def __init__(self, limits: LLMLimits) -> None:
        self._limits = limits
        self._deadline: float | None = None

    def start(self) -> None:
        if self._deadline is None:
            self._deadline = time.monotonic() + self._limits.total_s

    def left(self) -> float:
        """Seconds; all of them before the first request."""
        return self._limits.total_s if self._deadline is None else self._deadline - time.monotonic()


class _Sent:
    """The request is on its way."""


class _End:
    """The stream is complete."""


class _Stopped(Exception):
    """Somebody has set the reader's ``Stop``."""


class _Late:
    """The total limit has passed while the stream was still coming."""


class _Upstream:
    """The thread that reads ``start()``, and the queue it fills."""

    def __init__(
        self,
        prepare: Callable[[], None],
        start: Callable[[], Iterator[str]],
        label: str,
        clock: _Clock,
        tell: Callable[[str], None],
    ) -> None:
        self.items: queue.SimpleQueue[str | _Sent | _End | _Late | BaseException] = queue.SimpleQueue()
        self.tell = tell
        self._prepare = prepare
        self._start = start
        self._clock = clock
        self._lock = threading.Lock()
        self._cuts: list[Callable[[], None]] = []
        self._closes: list[Callable[[], None]] = []
        self._done = False
        self._abandoned = False
        inside = copy_context()  # the number of the request, and its trace
        threading.Thread(
            target=inside.run, args=(self._run,), name=f"llm stream: {label}", daemon=True
        ).start()

    def add_cut(self, cut: Callable[[], None], close: Callable[[], None]) -> None:
        self._closes.append(close)
        with self._lock:
            self._cuts.append(cut)
            abandoned = self._abandoned
        if abandoned:
            cut()

    def abandon(self) -> None:
        with self._lock:
            self._abandoned = True
            cuts = [] if self._done else list(self._cuts)
        for cut in cuts:
            cut()

    def _run(self) -> None:
        _current.upstream = self
        last: _End | _Late | BaseException = _End()
        try:
            self._prepare()
            request_sent()
            stream = self._start()
            try:
                for text in stream:
                    if self._abandoned:
                        break
                    self.items.put(text)
                    if self._clock.left() < 0:
                        last = _Late()
                        break
            finally:
                close = getattr(stream, "close", None)
                if close is not None:
                    close()
        except BaseException as error:
            last = error
        with self._lock:
            self._done = True
        for close in self._closes:
            close()
        self.items.put(last)


def _read(
    upstream: _Upstream, limits: LLMLimits, label: str, clock: _Clock, endpoint: Endpoint
) -> Iterator[str]:
    begun = sent = False
    stopped = ExitStack()
    stopped.enter_context(current_stop().telling(lambda: upstream.items.put(_Stopped())))
    try:
        while True:
            wait = limits.idle_s if begun else limits.first_token_s
            left = clock.left()
            if not sent:
                wait = left = PREPARING_S + limits.total_s
            try:
                item = upstream.items.get(timeout=max(0.0, min(wait, left)))
            except queue.Empty:
                raise too_slow(label, limits, begun, left <= wait, endpoint) from None
            if isinstance(item, _Sent):
                sent = True
                clock.start()
            elif isinstance(item, str):
                begun = True
                yield item
            elif isinstance(item, _End):
                return
            elif isinstance(item, _Late):
                raise too_slow(label, limits, begun, True, endpoint)
            else:
                raise item
    finally:
        stopped.close()
        upstream.abandon()
