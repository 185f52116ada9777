"""Read a language model's stream within time limits, and say in one sentence what went wrong.

    start() -> upstream (a daemon thread) -> queue -> text, each wait bounded -> LLMError | the end

The thread is what makes the limits hold: a client that hangs inside ``recv`` cannot be interrupted, but
it can be left behind, and its connection cut (``on_abandon``).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator

from chatbot.config import LLMLimits
from chatbot.errors import ChatbotError
from chatbot.llms.failures import Endpoint, empty, too_slow, translate, worth_another_try

BACKOFF_S = (0.25, 1.0)  # before the second and the third try


def stream_with_limits(
    start: Callable[[], Iterator[str]], limits: LLMLimits, label: str, endpoint: Endpoint | None = None
) -> Generator[str, None, None]:
    """The texts of ``start()``, each awaited no longer than ``limits`` allow.

    ``start`` runs in a daemon thread. An empty string from it means "alive, nothing to show yet" (a
    model that is thinking) and is not passed on; leading white space is dropped. Closing the returned
    generator returns at once and cuts the connection. Up to ``limits.tries`` tries are made, only before
    the first text and only for lost connections and the statuses 408, 429 and 5xx.

    Raises:
        LLMError: one sentence that names the setting to change; texts yielded before it stay valid.
    """
    endpoint = endpoint or Endpoint()
    deadline = time.monotonic() + limits.total_s
    for attempt in range(limits.tries):
        answered = False
        try:
            for text in _read(start, limits, label, deadline, endpoint):
                shown = text if answered else text.lstrip()
                if shown:
                    answered = True
                    yield shown
        except ChatbotError:
            raise
        except Exception as error:
            pause = BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)]
            last = attempt + 1 == limits.tries or time.monotonic() + pause >= deadline
            if answered or last or not worth_another_try(error):
                # A vendor's own text may quote the key back, so its traceback is not chained to ours.
                raise translate(error, label, endpoint) from None
            time.sleep(pause)
        else:
            if not answered:
                raise empty(label, endpoint)
            return


def on_abandon(cut: Callable[[], None], close: Callable[[], None] = lambda: None) -> None:
    """Have ``cut`` called from another thread if the stream that this thread is reading is abandoned.

    ``close`` is called in this thread once the stream is read or left: LlamaIndex's wrappers can keep a
    response alive, and its socket open, until a garbage collection.

    Outside of ``stream_with_limits`` it does nothing.
    """
    upstream: _Upstream | None = getattr(_current, "upstream", None)
    if upstream is not None:
        upstream.add_cut(cut, close)


_current = threading.local()


class _End:
    """The stream is complete."""


class _Late:
    """The total limit has passed while the stream was still coming."""


class _Upstream:
    """The thread that reads ``start()``, and the queue it fills."""

    def __init__(self, start: Callable[[], Iterator[str]], label: str, deadline: float) -> None:
        self.items: queue.SimpleQueue[str | _End | _Late | BaseException] = queue.SimpleQueue()
        self._start = start
        self._deadline = deadline
        self._lock = threading.Lock()
        self._cuts: list[Callable[[], None]] = []
        self._closes: list[Callable[[], None]] = []
        self._done = False
        self._abandoned = False
        threading.Thread(target=self._run, name=f"llm stream: {label}", daemon=True).start()

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
            stream = self._start()
            try:
                for text in stream:
                    if self._abandoned:
                        break
                    self.items.put(text)
                    if time.monotonic() > self._deadline:
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
    start: Callable[[], Iterator[str]], limits: LLMLimits, label: str, deadline: float, endpoint: Endpoint
) -> Iterator[str]:
    upstream = _Upstream(start, label, deadline)
    begun = False
    try:
        while True:
            wait = limits.idle_s if begun else limits.first_token_s
            left = deadline - time.monotonic()
            try:
                item = upstream.items.get(timeout=max(0.0, min(wait, left)))
            except queue.Empty:
                raise too_slow(label, limits, begun, left <= wait, endpoint) from None
            if isinstance(item, str):
                begun = True
                yield item
            elif isinstance(item, _End):
                return
            elif isinstance(item, _Late):
                raise too_slow(label, limits, begun, True, endpoint)
            else:
                raise item
    finally:
        upstream.abandon()
