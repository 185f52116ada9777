"""Turns on what ``[telemetry]`` asks for, once in a process. The only place that imports the libraries for it."""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from chatbot.config import TelemetryConfig
from chatbot.config.owner import without_password
from chatbot.errors import ConfigError
from chatbot.telemetry import seat
from chatbot.telemetry.seat import Counted, Kind
from chatbot.telemetry.watching import WatchedQuestion
from chatbot.trace import Watcher

if TYPE_CHECKING:
    from chatbot.telemetry.metrics import Metrics
    from chatbot.telemetry.spans import Traces

TOKEN = "SECONDLOOK_METRICS_TOKEN"
_SHORTEST_TOKEN = 16
_running: list[Telemetry] = []


class Telemetry:
    """What is on in this process.

    Attributes:
        metrics, traces: ``None`` where they are off.
        metrics_token: what somebody must send to read the metrics; empty: whoever asks on this machine reads them.
    """

    def __init__(
        self, config: TelemetryConfig, metrics: Metrics | None = None, traces: Traces | None = None,
        metrics_token: str = "",
    ) -> None:  # fmt: skip
        self.config, self.metrics, self.traces = config, metrics, traces
        self.metrics_token = metrics_token
        self._question: Callable[[Kind], Watcher] = partial(
            _watched, metrics, traces.begin if traces else None, config.slow_question_s
        )

    def question(self, kind: Kind) -> Watcher:
        return self._question(kind)

    def count(self, what: Counted, label: str, amount: int) -> None:
        if self.metrics is not None:
            self.metrics.count(what, label, amount)

    def outgoing(self) -> dict[str, str]:
        return self.traces.outgoing() if self.traces is not None else {}


def _watched(
    metrics: Metrics | None, begin: Callable[[Kind], object] | None, slow_s: float, kind: Kind
) -> Watcher:
    return WatchedQuestion(kind, metrics, begin, slow_s)  # type: ignore[arg-type]  # Traces.begin gives Spans


def start(config: TelemetryConfig) -> Telemetry | None:
    """Turn on what is configured, for this whole process; ``None`` where that is nothing.

    Raises:
        ConfigError: a library that it needs is not installed, or the token for the metrics is too short.
    """
    if not config.is_on:
        install(None)
        return None
    try:
        metrics = _metrics() if config.metrics else None
        traces = _traces(config, metrics) if config.traces else None
    except ModuleNotFoundError as error:
        raise ConfigError(
            "[telemetry] needs the package {package}: pip install 'secondlook[telemetry]'",
            package=error.name or "opentelemetry-sdk",
        ) from error
    telemetry = Telemetry(config, metrics, traces, _metrics_token() if config.metrics else "")
    install(telemetry)
    write_logs()
    return telemetry


def write_logs() -> None:
    """Logs as they are configured; may be called again, when a server has set up its own meanwhile."""
    telemetry = running()
    if telemetry is None or telemetry.config.logs != "json":
        return
    from chatbot.telemetry.json_logs import write_json_logs

    write_json_logs(text=telemetry.config.text, paths=telemetry.config.paths)


def install(telemetry: Telemetry | None) -> None:
    """From now on this process tells ``telemetry``; ``None``: nobody."""
    _running[:] = [telemetry] if telemetry is not None else []
    seat.install(telemetry)


def running() -> Telemetry | None:
    """What is on in this process; ``None`` where nothing is."""
    return _running[0] if _running else None


def _metrics_token() -> str:
    token = os.environ.get(TOKEN, "").strip()
    if token and len(token) < _SHORTEST_TOKEN:
        raise ConfigError(
            "{variable} is shorter than {count} characters; set a longer one, or none to show metrics on this machine only",
            variable=TOKEN,
            count=_SHORTEST_TOKEN,
        )
    return token


def _metrics() -> Metrics:
    from chatbot.telemetry.metrics import Metrics

    return Metrics()


def _traces(config: TelemetryConfig, metrics: Metrics | None) -> Traces:
    from chatbot.telemetry.exporting import Closer, Receiver
    from chatbot.telemetry.spans import Traces

    receiver = Receiver(config.traces, metrics.lost if metrics else lambda _: None)
    traces = Traces(receiver, share=config.share, with_text=config.text, version=_version())
    atexit.register(Closer(traces.close))
    return traces


def _version() -> str:
    try:
        return version("secondlook")
    except PackageNotFoundError:
        return ""


def destinations(config: TelemetryConfig) -> list[str]:
    """What is told to whom, a sentence each; that nothing is, where nothing is."""
    lines = []
    if config.traces:
        what = "with questions and passages" if config.text else "numbers only"
        lines.append(f"traces of questions are sent to {without_password(config.traces)} ({what})")
    else:
        lines.append("nothing is sent: no receiver of traces is configured")
    if config.metrics:
        by = f"with the token in {TOKEN}" if os.environ.get(TOKEN) else "from this machine only"
        lines.append(f"metrics can be read at /metrics, {by}")
    if config.logs == "json":
        lines.append(f"logs are JSON on stderr, {'with texts' if config.text else 'without texts and names'}")
    return lines
