"""Spans to the receiver that the configuration names, and nowhere else: no redirect, no proxy, no key of ``.netrc``."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

logger = logging.getLogger(__name__)

TIMEOUT_S = 3.0  # for one batch, another try included
_TOLD_EVERY_S = 60.0


class Receiver(SpanExporter):
    """Sends batches by OTLP over HTTP. Called by one thread, which nobody waits for.

    What the receiver does not take is lost, counted, and said in the log once a minute. The variable
    ``OTEL_EXPORTER_OTLP_HEADERS`` may hold what a receiver wants to see, a key say, as for every exporter of this kind.

    Args:
        on_lost: gets how many spans were lost.
    """

    def __init__(self, endpoint: str, on_lost: Callable[[int], None] = lambda _: None) -> None:
        session = requests.Session()
        session.trust_env = False  # a proxy of the environment would see the traces, .netrc would sign them
        session.hooks["response"].append(_refuse_redirect)
        self._inner = OTLPSpanExporter(endpoint, timeout=TIMEOUT_S, session=session)
        self._on_lost = on_lost
        self._lost = 0
        self._told = -_TOLD_EVERY_S
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # says the same for every batch

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._lost += len(spans)
            self._on_lost(len(spans))
            if time.monotonic() - self._told >= _TOLD_EVERY_S:
                self._told = time.monotonic()
                logger.warning("the receiver of traces took nothing; %d spans are lost so far", self._lost)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()  # type: ignore[no-untyped-call]  # not annotated upstream


def _refuse_redirect(response: requests.Response, **_: object) -> None:
    """The exporter follows none, and would count one as taken."""
    if response.is_redirect or 300 <= response.status_code < 400:
        raise requests.RequestException("redirected")


class Closer:
    """Lets ``close`` run for at most some seconds at the end of the program, which a receiver that hangs does not hold up."""

    def __init__(self, close: Callable[[], None]) -> None:
        self._close = close
        self._ask, self._done = threading.Event(), threading.Event()
        # begun now: no thread can be started when the interpreter ends
        threading.Thread(target=self._wait, name="close the traces", daemon=True).start()

    def __call__(self, most_s: float = 1.0) -> bool:
        """Whether it came to its end in ``most_s`` seconds."""
        self._ask.set()
        return self._done.wait(most_s)

    def _wait(self) -> None:
        self._ask.wait()
        self._close()
        self._done.set()
