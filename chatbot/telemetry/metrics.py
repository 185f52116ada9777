"""The numbers of all questions as Prometheus reads them. Every label is one of a few known words (``facts``)."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from chatbot.errors import ChatbotError
from chatbot.store import Store
from chatbot.telemetry.facts import INGESTED, LLM_ERRORS, OUTCOMES, REFUSALS, REQUESTS, STAGES, Fact
from chatbot.telemetry.seat import Counted, Kind, in_sight

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KINDS = ("ask", "search", "again")
OTHER = "other"
_STAGE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_QUESTION_S = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)
_COUNTED: dict[Counted, Sequence[str]] = {
    "refusals": REFUSALS,
    "llm_errors": LLM_ERRORS,
    "ingested_files": INGESTED,
}


class Metrics:
    """``Counters``, and ``exposition`` for whoever reads them. For any thread."""

    def __init__(self) -> None:
        # a second line for each, which nobody reads in this format
        disable_created_metrics()  # type: ignore[no-untyped-call]  # not annotated upstream
        self.registry = registry = CollectorRegistry()
        self._questions = Counter(
            "secondlook_questions",
            "Questions that have ended.",
            ("kind", "request", "outcome"),
            registry=registry,
        )
        self._counters = {
            "refusals": Counter(
                "secondlook_refusals", "Questions that were not answered, by reason.", ("reason",), registry=registry
            ),
            "llm_errors": Counter(
                "secondlook_llm_errors", "Failures of a language model, by kind.", ("kind",), registry=registry
            ),
            "ingested_files": Counter(
                "secondlook_ingested_files", "Files of ingest runs in this process.", ("outcome",), registry=registry
            ),
        }  # fmt: skip
        self._stages = Histogram(
            "secondlook_stage_seconds", "Time of one stage of a question.", ("stage",), buckets=_STAGE_S, registry=registry
        )  # fmt: skip
        self._took = Histogram(
            "secondlook_question_seconds", "Time from the question to the end of its answer.", ("kind",),
            buckets=_QUESTION_S, registry=registry,
        )  # fmt: skip
        self._first_token = Histogram(
            "secondlook_first_token_seconds", "Time from the question to the first word of its answer.", ("kind",),
            buckets=_QUESTION_S, registry=registry,
        )  # fmt: skip
        self._streams = Gauge(
            "secondlook_active_streams", "Answers that are being written.", registry=registry
        )
        self._lost = Counter(
            "secondlook_spans_lost", "Spans of traces that the receiver did not take.", registry=registry
        )
        registry.register(_InSight())
        self._begin_at_nought()

    def _begin_at_nought(self) -> None:
        """Prometheus takes no notice of the first event of a series that begins with it: ``increase`` needs a value before."""
        for request, outcome in product((*REQUESTS, OTHER), (*OUTCOMES, OTHER)):
            self._questions.labels("ask", request, outcome)
        for what, words in _COUNTED.items():
            for label in (*words, OTHER):
                self._counters[what].labels(label)
        for kind in KINDS:
            self._took.labels(kind)
            self._first_token.labels(kind)

    def stage(self, name: str, seconds: float) -> None:
        self._stages.labels(_known(name, STAGES)).observe(seconds)

    def streaming(self, change: Literal[1, -1]) -> None:
        self._streams.inc(change)

    def question(self, kind: Kind, outcome: str, facts: Mapping[str, Fact], refusal: str) -> None:
        request = _known(str(facts.get("request", "unknown")), REQUESTS)
        self._questions.labels(kind, request, _known(outcome, OUTCOMES)).inc()
        if refusal:
            self.count("refusals", refusal)

    def took(self, kind: Kind, seconds: float, first_token: float | None) -> None:
        self._took.labels(kind).observe(seconds)
        if first_token is not None:
            self._first_token.labels(kind).observe(first_token)

    def count(self, what: Counted, label: str, amount: int = 1) -> None:
        self._counters[what].labels(_known(label, _COUNTED[what])).inc(amount)

    def lost(self, spans: int) -> None:
        """So many spans were not taken by the receiver of traces."""
        self._lost.inc(spans)

    def exposition(self) -> bytes:
        """All of it as text, in the form of ``CONTENT_TYPE``."""
        return generate_latest(self.registry)


class _InSight(Collector):
    """What is measured when somebody looks: queues, and the indexes that this process has open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[Path, tuple[int, tuple[int, int, int]]] = {}  # folder -> commit, its numbers

    def describe(self) -> Iterable[Metric]:
        return ()  # nothing is looked at before somebody asks

    def collect(self) -> Iterator[Metric]:
        queues = in_sight("reranker_queue")
        yield GaugeMetricFamily(
            "secondlook_reranker_waiting_pairs", "Pairs of question and passage that wait for the second look.",
            sum(queue.waiting_pairs for queue in queues),
        )  # fmt: skip
        yield GaugeMetricFamily(
            "secondlook_upload_turns_waiting", "Changes of indexes that wait for their turn on the page.",
            sum(turns.waiting for turns in in_sight("upload_turns")),
        )  # fmt: skip
        chunks, documents, size = self._size()
        yield GaugeMetricFamily(
            "secondlook_index_chunks", "Chunks of the indexes that are open here.", chunks
        )
        yield GaugeMetricFamily(
            "secondlook_index_documents", "Documents of the indexes that are open here, refused ones included.", documents
        )  # fmt: skip
        yield GaugeMetricFamily(
            "secondlook_index_bytes", "Bytes on the disk of the indexes that are open here.", size
        )
        yield GaugeMetricFamily("secondlook_indexes_open", "Indexes that are open here.", len(self._sizes))

    def _size(self) -> tuple[int, int, int]:
        """Chunks, documents and bytes; an index is counted anew when it has changed."""
        with self._lock:
            stores: dict[Path, Store] = {store.folder.absolute(): store for store in in_sight("index")}
            sizes = {}
            for folder, store in stores.items():
                with suppress(ChatbotError, RuntimeError):  # closed or removed meanwhile
                    sizes[folder] = self._sized(folder, store)
            self._sizes = sizes
            numbers = [entry[1] for entry in sizes.values()]
            return (
                sum(entry[0] for entry in numbers),
                sum(entry[1] for entry in numbers),
                sum(entry[2] for entry in numbers),
            )

    def _sized(self, folder: Path, store: Store) -> tuple[int, tuple[int, int, int]]:
        commit = store.sequence()
        known = self._sizes.get(folder)
        if known is not None and known[0] == commit:
            return known
        with store.reading() as view:
            return commit, (view.chunk_count(), len(view.document_names()), store.stored_bytes())


def _known(label: str, words: Sequence[str]) -> str:
    return label if label in words else OTHER
