"""A question as a trace: each stage a span, numbers and no text, to the receiver that is configured and nowhere else."""

from __future__ import annotations

import gc
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chatbot import Chatbot
from chatbot.config import LLMConfig, LLMLimits, TelemetryConfig
from chatbot.errors import LLMError
from chatbot.llms import build_writer
from chatbot.telemetry import seat
from chatbot.telemetry.exporting import Closer, Receiver
from chatbot.telemetry.spans import Traces
from chatbot.telemetry.start import Telemetry
from chatbot.trace import Turn
from fakes.llm_server import FakeLLMServer
from fakes.otlp_receiver import OtlpReceiver

QUESTION = "How many days of annual leave are there?"
CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Traced:
    """What came of the questions of a test."""

    def __init__(self, *, with_text: bool = False) -> None:
        self.exporter = InMemorySpanExporter()
        self.traces = Traces(self.exporter, with_text=with_text, processor=SimpleSpanProcessor)
        seat.install(Telemetry(TelemetryConfig(), None, self.traces))

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.exporter.get_finished_spans())

    def named(self, name: str) -> ReadableSpan:
        return next(span for span in self.spans if span.name == name)

    def parent_of(self, name: str) -> str:
        parent = self.named(name).parent
        assert parent is not None
        return next(s.name for s in self.spans if s.context.span_id == parent.span_id)


@pytest.fixture
def traced() -> Traced:
    return Traced()


@pytest.fixture
def asked_model(fake_llm: FakeLLMServer) -> Any:
    """A writer on a server of one's own."""
    limits = LLMLimits(first_token_s=20, idle_s=20, total_s=60, tries=1)
    fake_llm.reply = "There are 15 days of annual leave [1]."
    return build_writer(
        LLMConfig(backend="openai-like", model="m", options={"api_base": fake_llm.url}, limits=limits)
    )


def test_each_stage_of_a_question_is_a_span(sample_chatbot: Chatbot, traced: Traced) -> None:
    answer = sample_chatbot.ask(QUESTION)
    assert "leave" in answer.text
    sample_chatbot.check(answer)
    assert {s.name for s in traced.spans} >= {
        "ask", "retrieve", "embed", "dense", "lexical", "fuse", "rerank", "gate", "highlight", "write", "check",
    }  # fmt: skip
    for part in ("embed", "dense", "lexical", "fuse"):
        assert traced.parent_of(part) == "retrieve"
    for stage in ("retrieve", "rerank", "gate", "highlight", "write", "check"):
        assert traced.parent_of(stage) == "ask"
    assert len({s.context.trace_id for s in traced.spans}) == 1
    assert [event.name for event in traced.named("write").events] == ["first_token"]
    told = traced.named("ask").attributes or {}
    assert told["secondlook.outcome"] == "answered"
    assert (told["secondlook.candidates"], told["secondlook.kept"]) == (20, 3)


def test_a_follow_up_is_condensed_in_a_span_and_the_model_server_goes_on_with_the_trace(
    sample_chatbot: Chatbot, traced: Traced, fake_llm: FakeLLMServer, asked_model: Any
) -> None:
    fake_llm.replies = ["How many days of annual leave are there after ten years?"]
    history = (Turn(QUESTION, "There are 15 days [1]."),)
    assert sample_chatbot.ask("and after ten years?", history, writer=asked_model).text
    condensing, writing = traced.named("condense"), traced.named("write")
    sent = [request["headers"]["traceparent"].split("-") for request in fake_llm.requests]
    assert {trace for _, trace, _, _ in sent} == {f"{writing.context.trace_id:032x}"}
    assert sent[0][2] == f"{condensing.context.span_id:016x}"
    assert sent[-1][2] == f"{writing.context.span_id:016x}"


def test_no_header_goes_to_an_address_that_somebody_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    from chatbot.llms.clients import http_options

    told = Traced()
    config = LLMConfig(backend="openai-like", model="m", options={"api_base": "http://192.0.2.7:80/v1"})
    request = httpx.Request("POST", "http://192.0.2.7:80/v1")
    with _as_current(told):
        for hook in http_options(config, "http://192.0.2.7:80/v1")["event_hooks"]["request"]:
            hook(request)
    assert "traceparent" not in request.headers


def test_the_trace_of_whoever_asks_goes_on(sample_chatbot: Chatbot, traced: Traced) -> None:
    token = seat.traceparent.set(CALLER)
    try:
        assert sample_chatbot.ask(QUESTION).text
    finally:
        seat.traceparent.reset(token)
    root = traced.named("ask")
    assert f"{root.context.trace_id:032x}" == CALLER.split("-")[1]
    assert root.parent is not None
    assert f"{root.parent.span_id:016x}" == CALLER.split("-")[2]


def test_what_callers_send_as_a_trace_is_ignored_where_it_is_none(
    sample_chatbot: Chatbot, traced: Traced
) -> None:
    token = seat.traceparent.set("00-zz-" + "x" * 5000)
    try:
        assert sample_chatbot.search(QUESTION).candidates
    finally:
        seat.traceparent.reset(token)
    assert traced.named("search").parent is None


def test_a_failure_names_its_kind_and_not_its_words(
    sample_chatbot: Chatbot, traced: Traced, fake_llm: FakeLLMServer, asked_model: Any
) -> None:
    fake_llm.fault = 401
    with pytest.raises(LLMError, match="refused the key"):
        _ = sample_chatbot.ask(QUESTION, writer=asked_model).text
    told = traced.named("ask").attributes or {}
    assert (told["secondlook.outcome"], told["error.type"]) == ("failed", "LLMError")
    assert not any(event.name == "exception" for span in traced.spans for event in span.events)


def test_an_answer_that_nobody_reads_to_its_end_still_ends_its_trace(
    sample_chatbot: Chatbot, traced: Traced
) -> None:
    stopped = sample_chatbot.ask(QUESTION)
    next(iter(stopped))
    stopped.close()
    assert (traced.named("ask").attributes or {})["secondlook.outcome"] == "stopped"
    traced.exporter.clear()
    left = sample_chatbot.ask(QUESTION)
    next(iter(left))
    del left
    gc.collect()
    assert (traced.named("ask").attributes or {})["secondlook.outcome"] == "left"


def test_questions_that_nobody_asked_are_no_traces(sample_chatbot: Chatbot, traced: Traced) -> None:
    answer = sample_chatbot.ask(QUESTION)
    assert answer.text
    traced.exporter.clear()
    sample_chatbot.next_questions(answer, seconds=0.5)
    assert not [span for span in traced.spans if span.name in ("ask", "search")]


@pytest.mark.parametrize("with_text", [False, True])
def test_text_is_in_a_trace_only_where_that_is_switched_on(sample_chatbot: Chatbot, with_text: bool) -> None:
    traced = Traced(with_text=with_text)
    answer = sample_chatbot.ask(QUESTION)
    assert answer.text
    said = " ".join(span.to_json() for span in traced.spans)
    for text in (QUESTION, answer.sources[0].document):
        assert (text in said) is with_text
    assert ("annual leave" in said) is with_text


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    with OtlpReceiver() as running:
        yield running


def test_a_real_receiver_gets_the_whole_trace(sample_chatbot: Chatbot, receiver: OtlpReceiver) -> None:
    traces = Traces(Receiver(receiver.endpoint), version="1.2")
    seat.install(Telemetry(TelemetryConfig(), None, traces))
    assert sample_chatbot.ask(QUESTION).text
    traces.close()
    names = [span.name for span in receiver.spans()]
    assert names.count("ask") == 1
    assert {"retrieve", "rerank", "gate", "write"} <= set(names)
    assert QUESTION.encode() not in b"".join(receiver.bodies)


@pytest.mark.parametrize("habit", ["hangs", "fails", "redirects", "away"])
def test_a_receiver_that_does_not_take_a_trace_costs_a_question_nothing(
    sample_chatbot: Chatbot, receiver: OtlpReceiver, habit: Any
) -> None:
    lost: list[int] = []
    is_over = threading.Event()

    def on_lost(count: int) -> None:
        lost.append(count)
        is_over.set()

    with OtlpReceiver() as elsewhere:
        endpoint = receiver.endpoint
        if habit == "away":
            endpoint = "http://127.0.0.1:9/v1/traces"
        else:
            receiver.habit, receiver.elsewhere = habit, elsewhere.endpoint
        traces = Traces(Receiver(endpoint, on_lost))
        seat.install(Telemetry(TelemetryConfig(), None, traces))
        closer = Closer(traces.close)
        for _ in range(3):
            assert "leave" in sample_chatbot.ask(QUESTION).text
        assert not lost  # all were answered before the receiver was waited for
        begun = time.monotonic()
        closer(0.2)  # and the end of the program does not wait for it either
        assert time.monotonic() - begun < 2
        assert is_over.wait(30)
        assert closer(30)
        assert sum(lost) >= 30
        assert elsewhere.bodies == []
    with (
        warnings.catch_warnings()
    ):  # requests leaves the file of a connection that timed out to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _as_current(told: Traced) -> Any:
    from opentelemetry import trace

    return trace.use_span(told.traces.begin("ask")._root)
