"""What it costs a question that it may be watched: with everything off, and with all of it on.

    python -m benchmarks.watching [--rounds N]

Off: the calls that a question makes to the clock and the seat, timed by themselves, next to the same clock without them.
On: whole questions, with and without metrics, traces and JSON logs, in turns.
"""

from __future__ import annotations

import argparse
import io
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from chatbot import Chatbot, load_chatbot
from chatbot.answering.writer import Evidence
from chatbot.config import Config, TelemetryConfig
from chatbot.telemetry.json_logs import JsonFormatter
from chatbot.telemetry.metrics import Metrics
from chatbot.telemetry.seat import watched
from chatbot.telemetry.spans import Traces
from chatbot.telemetry.start import Telemetry, install
from chatbot.trace import Timings, Turn
from ingest.pipeline import run

QUESTION = "How many days of annual leave are there?"
TOKENS = 200  # pieces of an answer of a language model
REPEATS = 2_000  # of the calls of one question


class Quick:
    """Writes as a language model does, in no time: what is left is the program's own."""

    label, remote = "quick", False

    def write(self, _evidence: Evidence) -> Iterator[str]:
        yield from (f"word{number} " for number in range(TOKENS - 1))
        yield "[1]"

    def condense(self, question: str, _history: Sequence[Turn]) -> str:
        return question


class Away(SpanExporter):
    """Takes every span and keeps none."""

    def export(self, _spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return SpanExportResult.SUCCESS


class Bare(dict[str, float]):
    """The clock without anybody who may watch: as it was."""

    def __init__(self) -> None:
        super().__init__()
        self._start = time.perf_counter()

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self[stage] = self.get(stage, 0.0) + (time.perf_counter() - start) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        config = Config().with_(store=Path(folder) / "store", reranker={"cached_scores": 0})
        run(config, [Path(__file__).parents[1] / "data"])
        chatbot = load_chatbot(config)
        chatbot.warm_up()
        stages = [name for name in _asked(chatbot) if name not in ("total", "first_token")]
        off, on = _in_turns(chatbot, rounds)
        calls = _calls_ms(stages)
        chatbot.store.close()
    print(f"a question of {len(stages)} stages and {TOKENS} pieces: {off:.1f} ms (median of {rounds})")
    print(f"off: the calls take {calls * 1000:.1f} us more, ratio {1 + calls / off:.5f}")
    print(f"on:  {on:.1f} ms, ratio {on / off:.3f}")


def _asked(chatbot: Chatbot) -> Timings:
    answer = chatbot.ask(QUESTION, writer=Quick())
    assert answer.text
    return answer.timings


def _in_turns(chatbot: Chatbot, rounds: int) -> tuple[float, float]:
    """Medians, in milliseconds, of a question with everything off and with everything on."""
    traces = Traces(Away())
    everything = Telemetry(TelemetryConfig(logs="json", slow_question_s=60, metrics=True), Metrics(), traces)
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("chatbot")
    spent: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * rounds):
        is_on = bool(number % 2)
        install(everything if is_on else None)
        logger.handlers = [handler] if is_on else []
        logger.setLevel(logging.INFO if is_on else logging.WARNING)
        start = time.perf_counter()
        _asked(chatbot)
        spent[is_on].append((time.perf_counter() - start) * 1000)
    install(None)
    traces.close()
    return statistics.median(spent[False]), statistics.median(spent[True])


def _calls_ms(stages: Sequence[str]) -> float:
    """What the calls of one question take more than those of the bare clock, in milliseconds."""

    def now() -> None:
        timings = Timings(watched("ask"))
        with timings.under_way(), timings.seen("retrieve"):
            for stage in stages:
                with timings.measure(stage):
                    pass
        pieces = iter(["a"] * TOKENS)
        while timings.pull(pieces) is not None:
            pass

    def before() -> None:
        timings = Bare()
        for stage in stages:
            with timings.measure(stage):
                pass
        pieces = iter(["a"] * TOKENS)
        while next(pieces, None) is not None:
            pass

    return max(0.0, _best_ms(now) - _best_ms(before))


def _best_ms(action: Callable[[], None]) -> float:
    best = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(REPEATS):
            action()
        best.append((time.perf_counter() - start) * 1000 / REPEATS)
    return min(best)


if __name__ == "__main__":
    main()
