"""Read a language model's stream within time limits, and say in one sentence what went wrong.

    start() -> upstream (a daemon thread) -> queue -> text, each wait bounded -> LLMError | the end

The thread is what makes the limits hold: a client that hangs inside ``recv`` cannot be interrupted, but
it can be left behind, and its connection cut (``on_abandon``).
"""

from __future__ import annotations

import os
import queue
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from chatbot.config import LLMLimits
from chatbot.errors import ChatbotError, LLMError
from chatbot.prompts import line

BACKOFF_S = (0.25, 1.0)  # before the second and the third try

# By name, because each vendor brings its own HTTP library and none is imported for the others' sake.
_BROKEN = {
    "RemoteProtocolError", "ReadError", "WriteError", "ConnectionResetError", "BrokenPipeError",
    "IncompleteRead", "ChunkedEncodingError", "CloseError",
}  # fmt: skip
_UNREACHABLE = {
    "ConnectError", "ConnectTimeout", "ConnectionError", "gaierror", "ProxyError",
    "UnsupportedProtocol", "InvalidURL", "LocalProtocolError",
}  # fmt: skip
_SLOW = {"TimeoutException", "TimeoutError", "APITimeoutError"}
_GARBAGE = {"JSONDecodeError", "UnicodeDecodeError", "DecodingError", "APIResponseValidationError"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is asked, for messages: its address, and the settings and variable that choose it."""

    url: str = ""
    url_setting: str = ""
    key: str = ""
    model: str = ""


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
            for text in _read(start, limits, label, deadline):
                shown = text if answered else text.lstrip()
                if shown:
                    answered = True
                    yield shown
        except ChatbotError:
            raise
        except Exception as error:
            pause = BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)]
            last = attempt + 1 == limits.tries or time.monotonic() + pause >= deadline
            if answered or last or not _worth_another_try(error):
                # A vendor's own text may quote the key back, so its traceback is not chained to ours.
                raise translate(error, label, endpoint) from None
            time.sleep(pause)
        else:
            if not answered:
                raise _empty(label, endpoint)
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
    start: Callable[[], Iterator[str]], limits: LLMLimits, label: str, deadline: float
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
                raise _too_slow(label, limits, begun, late=left <= wait) from None
            if isinstance(item, str):
                begun = True
                yield item
            elif isinstance(item, _End):
                return
            elif isinstance(item, _Late):
                raise _too_slow(label, limits, begun, late=True)
            else:
                raise item
    finally:
        upstream.abandon()


def _too_slow(label: str, limits: LLMLimits, begun: bool, late: bool) -> LLMError:
    if late:
        return LLMError(
            f"{label} did not finish within {limits.total_s:g} s; raise llm.limits.total_s or lower llm.max_tokens"
        )
    if begun:
        return LLMError(
            f"{label} fell silent for {limits.idle_s:g} s in the middle of its answer; ask again or raise llm.limits.idle_s"
        )
    return LLMError(
        f"{label} sent no first token within {limits.first_token_s:g} s; raise llm.limits.first_token_s or choose a faster llm.model"
    )


def _empty(label: str, endpoint: Endpoint) -> LLMError:
    where = f"{endpoint.url_setting} ({endpoint.url})" if endpoint.url_setting else "llm.options"
    return LLMError(
        f"{label} answered with nothing; check llm.model and {where}, or raise llm.max_tokens (a reasoning model may spend all of it on thinking)"
    )


def translate(error: BaseException, label: str, endpoint: Endpoint) -> ChatbotError:
    """What ``error`` means to the user, and which setting to change. Never holds a key."""
    if isinstance(error, ChatbotError):
        return error
    names, status = _kinds(error), _status(error)
    address = f" ({endpoint.url_setting})" if endpoint.url_setting else ""
    if status in (401, 403):
        key = f"the environment variable {endpoint.key}" if endpoint.key else "its key"
        return LLMError(f"{label} refused the key (status {status}); check {key}")
    if status == 404:
        return LLMError(
            f"{label}: no model {endpoint.model!r} at {endpoint.url}; check llm.model and the address{address}"
        )
    if status == 429:
        return LLMError(
            f"{label} takes no more requests now (status 429: rate limit or quota); wait a little or choose another llm.backend"
        )
    if status is not None and status >= 500:
        return LLMError(
            f"{label} failed on its side (status {status}); ask again later or choose another llm.backend"
        )
    if status is not None and 300 <= status < 400:
        return LLMError(
            f"{label} is redirected to another address (status {status}); give the final one{address}"
        )
    if status is not None and status >= 400:
        return LLMError(
            f"{label} refused the request (status {status}: {_detail(error)}); check llm.model, llm.options and llm.context_window"
        )
    if names & _BROKEN:
        return LLMError(f"{label} broke off its answer: the connection was closed; ask again")
    if names & _SLOW and not names & _UNREACHABLE:
        return LLMError(f"{label} did not answer in time; ask again or raise llm.limits")
    if names & _UNREACHABLE:
        return LLMError(f"{label}: cannot reach {endpoint.url}; is the server running?{address}")
    if names & _GARBAGE:
        return LLMError(
            f"{label} answered with something that is not a chat stream; check the address{address}"
        )
    return LLMError(
        f"{label} failed ({type(error).__name__}: {_detail(error)}); check llm.model and llm.options"
    )


def _worth_another_try(error: BaseException) -> bool:
    status = _status(error)
    if status is not None:
        return status in (408, 429) or status >= 500
    return bool(_kinds(error) & (_BROKEN | _UNREACHABLE))


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _kinds(error: BaseException) -> set[str]:
    """Names of the classes, bases included, of ``error`` and of what caused it."""
    return {kind.__name__ for cause in _causes(error) for kind in type(cause).__mro__}


def _status(error: BaseException) -> int | None:
    """The HTTP status; vendors keep it in ``status_code`` (openai, anthropic, ollama) or ``code`` (google)."""
    for cause in _causes(error):
        for name in ("status_code", "code"):
            value = getattr(cause, name, None)
            if isinstance(value, int) and 300 <= value < 600:
                return value
    return None


def _detail(error: BaseException) -> str:
    """The vendor's own words, on one short line, with everything that may be a key taken out."""
    text = line(str(error))
    for name, value in os.environ.items():
        if len(value) >= 8 and name.upper().endswith(("KEY", "TOKEN", "SECRET", "PASSWORD")):
            text = text.replace(value, "***")
    text = re.sub(r"(?i)\b(sk|pk|key|bearer|aiza)[-_ ]?[\w\-*]{12,}", "***", text)
    return text if len(text) <= 300 else text[:300] + "…"
