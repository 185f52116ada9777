"""A real receiver of traces on loopback: it decodes what comes, hangs, or sends elsewhere."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Literal

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

Habit = Literal["takes", "hangs", "redirects", "fails"]


class OtlpReceiver:
    """``habit``: what it does with a batch. ``elsewhere``: where it redirects to."""

    def __init__(self, habit: Habit = "takes", elsewhere: str = "") -> None:
        self.habit, self.elsewhere = habit, elsewhere
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.ending, self.came = threading.Event(), threading.Event()
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1/traces"

    def spans(self) -> list[Span]:
        """All that came."""
        return [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def __enter__(self) -> OtlpReceiver:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], receiver: OtlpReceiver) -> None:
        super().__init__(address, _Handler)
        self.receiver = receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.bodies.append(body)
        receiver.headers.append(dict(self.headers))
        receiver.came.set()
        if receiver.habit == "hangs":
            receiver.ending.wait()
            return
        statuses = {"takes": 200, "redirects": 307, "fails": 400}
        self.send_response(statuses[receiver.habit])
        if receiver.habit == "redirects":
            self.send_header("Location", receiver.elsewhere)
        self.send_header("Content-Length", "0")
        self.end_headers()
