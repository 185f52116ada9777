"""A question as a trace: one span for it, one for each stage, with numbers and no text unless that is switched on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from chatbot.telemetry.facts import Fact
from chatbot.telemetry.seat import Kind, request_id, traceparent
from chatbot.trace import Search

SERVICE = "secondlook"
_PREFIX = "secondlook."
_MOST_TEXT = 2_000  # characters of a question or a passage in a span
_W3C = TraceContextTextMapPropagator()


class Traces:
    """Begins the trace of each question.

    Args:
        exporter: gets the spans, in batches and in a thread of its own: whoever asks waits for nothing.
        share: of the questions that no caller has decided about.
        with_text: question and passages go along.
    """

    def __init__(
        self, exporter: SpanExporter, *, share: float = 1.0, with_text: bool = False, version: str = "",
        processor: Callable[[SpanExporter], SpanProcessor] = BatchSpanProcessor,
    ) -> None:  # fmt: skip
        self._with_text = with_text
        # not Resource.create: that adds whatever the environment says
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)),
            resource=Resource({"service.name": SERVICE, "service.version": version}),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor(exporter))
        self._tracer = self._provider.get_tracer(SERVICE, version)

    def begin(self, kind: Kind) -> QuestionSpans:
        return QuestionSpans(self._tracer, kind, self._with_text)

    def outgoing(self) -> dict[str, str]:
        """The header that lets a server of one's own go on with the trace of this thread; empty outside of one."""
        headers: dict[str, str] = {}
        _W3C.inject(headers)
        return headers

    def close(self) -> None:
        """Send what is left; may take as long as the exporter does."""
        self._provider.shutdown()


class QuestionSpans:
    """``Spans`` of one question."""

    def __init__(self, tracer: Tracer, kind: Kind, with_text: bool) -> None:
        self._tracer, self._with_text = tracer, with_text
        caller = traceparent.get()
        parent = _W3C.extract({"traceparent": caller}, Context()) if caller else Context()
        self._root = tracer.start_span(
            kind, parent, SpanKind.SERVER if caller else SpanKind.INTERNAL,
            {f"{_PREFIX}request_id": request_id.get()} if request_id.get() else None,
        )  # fmt: skip
        self._inside = trace.set_span_in_context(self._root, Context())
        self._write: Context | None = None

    @property
    def trace_id(self) -> str:
        return trace.format_trace_id(self._root.get_span_context().trace_id)

    def enter(self, name: str | None) -> Callable[[str], None]:
        span: Span | None = None
        if name is None:
            inside = self._inside
        elif name == "write":  # comes back for every piece, and ends with the question
            if self._write is None:
                self._write = trace.set_span_in_context(self._begin(name), Context())
            inside = self._write
        else:
            span = self._begin(name)
            inside = trace.set_span_in_context(span, Context())
        token = context.attach(inside)

        def leave(error: str) -> None:
            context.detach(token)
            if span is not None:
                _end(span, error)

        return leave

    def first_token(self) -> None:
        if self._write is not None:
            trace.get_current_span(self._write).add_event("first_token")

    def found(self, search: Search) -> None:
        if not self._with_text:
            return
        self._root.set_attributes({
            f"{_PREFIX}question": search.question[:_MOST_TEXT], f"{_PREFIX}query": search.query[:_MOST_TEXT],
        })  # fmt: skip
        for candidate in search.kept:
            self._root.add_event("source", {
                f"{_PREFIX}document": candidate.document, f"{_PREFIX}passage": candidate.text[:_MOST_TEXT],
            })  # fmt: skip

    def ended(self, outcome: str, facts: Mapping[str, Fact], error: str) -> None:
        named = {f"{_PREFIX}{name}": value for name, value in facts.items()}
        if self._write is not None:
            _end(trace.get_current_span(self._write), error)
        self._root.set_attributes({**named, f"{_PREFIX}outcome": outcome})
        _end(self._root, error)

    def _begin(self, name: str) -> Span:
        """Inside the stage that this thread is in, where that is one of this question."""
        current = trace.get_current_span().get_span_context()
        is_ours = current.trace_id == self._root.get_span_context().trace_id
        return self._tracer.start_span(name, context.get_current() if is_ours else self._inside)


def _end(span: Span, error: str) -> None:
    """The name of an error and not its words, which may hold a question."""
    if error:
        span.set_attribute("error.type", error)
        span.set_status(Status(StatusCode.ERROR))
    span.end()
