"""A real HTTP server on loopback that speaks the streaming chat protocols, with faults on demand.

    with FakeLLMServer() as server:
        server.reply = "Hello [1]."
        server.faults = [500, None]      # the first request fails, the second is answered
        ...                              # server.url, server.requests, server.disconnected

Protocols: OpenAI chat completions (``/v1/chat/completions``), Anthropic messages (``/v1/messages``), Ollama
chat (``/api/chat``), Gemini (``:streamGenerateContent``). Also a program: ``python fake_llm_server.py PORT``.
"""

from __future__ import annotations

import json
import random
import re
import select
import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from types import TracebackType
from typing import Any, Literal

Fault = Literal[
    "hang",  # nothing, not even a status line
    "hang after headers",
    "hang between tokens",
    "close",  # the connection is cut in the middle of the answer
    "close at once",  # and before the status line
    "truncate",  # the body ends well-formed in the middle of the answer
    "error in stream",  # an error object instead of the second half
    "empty",  # a well-formed stream without a word
    "html",
    "garbage",  # not JSON inside the stream
    "thinking",  # reasoning first, one word every 50 ms
    "slow",  # one word every 50 ms
    "endless",
    "cut at length",
    "redirect",
    "10 MB",  # an answer of ten million characters
    "10 MB error",
]


class FakeLLMServer:
    """Answers ``reply`` word by word. ``replies`` and ``faults`` are used up one a request, then ``reply`` and ``fault`` apply."""

    def __init__(self, port: int = 0) -> None:
        self.reply = "Word2Vec turns words into vectors [1]. It was made in 2013 [2]."
        self.replies: list[str] = []
        self.fault: Fault | int | None = None
        self.faults: list[Fault | int | None] = []
        self.fault_of: Callable[[dict[str, Any]], Fault | None] | None = None  # by what a request says
        self.split: random.Random | None = None  # cuts the reply anywhere instead of between words
        self.requests: list[dict[str, Any]] = []
        self.disconnected = threading.Event()  # a client went away while it was being answered
        self.answering = 0  # requests under way
        self._changed = threading.Condition()
        self.ending = threading.Event()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """The ``api_base`` for OpenAI's protocol."""
        return f"{self.origin}/v1"

    def __enter__(self) -> FakeLLMServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def count(self, more: int) -> None:
        """One request more or less is being answered."""
        with self._changed:
            self.answering += more
            self._changed.notify_all()

    def wait_for(self, answering: int, seconds: float = 60.0) -> bool:
        """Whether exactly so many are being answered, now or within ``seconds``."""
        with self._changed:
            return self._changed.wait_for(lambda: self.answering == answering, seconds)

    def next_reply(self) -> str:
        return self.replies.pop(0) if self.replies else self.reply

    def next_fault(self) -> Fault | int | None:
        return self.faults.pop(0) if self.faults else self.fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], fake: FakeLLMServer) -> None:
        super().__init__(address, _Handler)
        self.fake = fake


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        fake = self.server.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake.requests.append({"path": self.path, "headers": dict(self.headers), "body": body})
        fake.count(1)
        try:
            self._answer(fake.fault_of(body) if fake.fault_of is not None else fake.next_fault())
        except OSError:
            fake.disconnected.set()
        finally:
            fake.count(-1)
        self.close_connection = True

    def _answer(self, fault: Fault | int | None) -> None:
        fake = self.server.fake
        if isinstance(fault, int):
            echoed = " ".join(self.headers.values())  # as careless as some real servers: the key included
            self._whole(fault, "application/json", json.dumps({"error": {"message": f"no: {echoed}"}}))
        elif fault == "html":
            self._whole(200, "text/html", "<html><body>Welcome to nginx</body></html>")
        elif fault == "10 MB error":
            echoed = " ".join(self.headers.values())
            self._whole(500, "text/html", "<html>" + f"{echoed} no such page " * 40_000)
        elif fault == "redirect":
            self.send_response(307)
            self.send_header("Location", f"{fake.origin}/elsewhere/chat/completions")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif fault == "hang":
            self._wait(None)
        elif fault == "close at once":
            self._cut()
        else:
            self._stream(fault, fake.next_reply())

    def _stream(self, fault: Fault | None, reply: str) -> None:
        protocol = _protocol(self.path)
        self.send_response(200)
        self.send_header("Content-Type", protocol.content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if fault == "hang after headers":
            self._wait(None)
        self._chunk(protocol.opening)
        if fault == "thinking":
            for word in ("Let ", "me ", "think ", "about ", "it."):
                self._chunk(protocol.thought(word))
                self._wait(0.05)
        words = [] if fault == "empty" else _pieces(reply, self.server.fake.split)
        if fault == "10 MB":
            words = ["blah " * 20_000] * 100
        for number, word in enumerate(cycle(words) if fault == "endless" else words):
            if number == max(1, len(words) // 2):
                if fault == "hang between tokens":
                    self._wait(None)
                if fault == "close":
                    self._cut()
                    return
                if fault == "truncate":
                    break
                if fault == "garbage":
                    self._chunk("data: {not json\n\n")
                if fault == "error in stream":
                    self._chunk('data: {"error": {"message": "out of memory", "code": 500}}\n\n')
            self._chunk(protocol.text(word))
            if fault in ("slow", "endless"):
                self._wait(0.05 if fault == "slow" else 0.001)
        if fault != "truncate":
            self._chunk(protocol.closing("length" if fault == "cut at length" else "stop"))
            if self._asked_to_count:
                self._chunk(protocol.usage)
        self.wfile.write(b"0\r\n\r\n")

    @property
    def _asked_to_count(self) -> bool:
        body = self.server.fake.requests[-1]["body"]
        return bool(body.get("stream_options", {}).get("include_usage"))

    def _whole(self, status: int, content_type: str, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def _chunk(self, text: str) -> None:
        if text:
            data = text.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _cut(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def _wait(self, seconds: float | None) -> None:
        """Wait, for ever if ``None``; end at once when the client goes away or the server ends."""
        while not self.server.fake.ending.is_set():
            step = 0.02 if seconds is None else seconds
            if select.select([self.connection], [], [], step)[0]:
                raise ConnectionResetError("the client is gone")
            if seconds is not None:
                return


def _pieces(reply: str, chance: random.Random | None) -> list[str]:
    if chance is None:
        return re.findall(r"\s*\S+", reply)
    pieces, start = [], 0
    while start < len(reply):
        end = start + chance.randint(1, 60)
        pieces.append(reply[start:end])
        start = end
    return pieces


class _OpenAI:
    content_type = "text/event-stream"

    def _event(self, delta: dict[str, Any], finish: str | None = None) -> str:
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "fake",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        return f"data: {json.dumps(chunk)}\n\n"

    @property
    def opening(self) -> str:
        return self._event({"role": "assistant", "content": ""})

    def thought(self, text: str) -> str:
        return self._event({"reasoning_content": text})

    def text(self, text: str) -> str:
        return self._event({"content": text})

    def closing(self, reason: str) -> str:
        return self._event({}, reason)

    @property
    def usage(self) -> str:
        """What the answer cost, as OpenAI sends it when asked to."""
        counts = {"prompt_tokens": 321, "completion_tokens": 12, "total_tokens": 333}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": []}
        return f"data: {json.dumps({**chunk, 'usage': counts})}\n\ndata: [DONE]\n\n"


class _Ollama(_OpenAI):
    content_type = "application/x-ndjson"
    opening = ""

    def text(self, text: str) -> str:
        return self._line({"message": {"role": "assistant", "content": text}, "done": False})

    def thought(self, text: str) -> str:
        return self._line({"message": {"role": "assistant", "content": "", "thinking": text}, "done": False})

    def closing(self, reason: str) -> str:
        counts = {"prompt_eval_count": 321, "eval_count": 12}
        return self._line(
            {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason, **counts}
        )

    def _line(self, data: dict[str, Any]) -> str:
        return json.dumps({"model": "fake", "created_at": "2026-01-01T00:00:00Z", **data}) + "\n"


class _Anthropic(_OpenAI):
    @property
    def opening(self) -> str:
        message = {
            "id": "1",
            "type": "message",
            "role": "assistant",
            "model": "fake",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 321, "output_tokens": 1},
        }
        block = {"index": 0, "content_block": {"type": "text", "text": ""}}
        return self._named("message_start", message=message) + self._named("content_block_start", **block)

    def text(self, text: str) -> str:
        return self._named("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def closing(self, reason: str) -> str:
        stop = {
            "stop_reason": "max_tokens" if reason == "length" else "end_turn",
            "stop_sequence": None,
        }
        return (
            self._named("content_block_stop", index=0)
            + self._named("message_delta", delta=stop, usage={"output_tokens": 12})
            + self._named("message_stop")
        )

    def _named(self, kind: str, **data: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


class _Gemini(_OpenAI):
    opening = ""

    def text(self, text: str) -> str:
        return self._candidate({"content": {"role": "model", "parts": [{"text": text}]}})

    def closing(self, reason: str) -> str:
        parts = {"content": {"role": "model", "parts": [{"text": ""}]}}
        counts = {"promptTokenCount": 321, "candidatesTokenCount": 12, "totalTokenCount": 333}
        finish = "MAX_TOKENS" if reason == "length" else "STOP"
        return self._candidate({**parts, "finishReason": finish}, usageMetadata=counts)

    def _candidate(self, candidate: dict[str, Any], **more: Any) -> str:
        return f"data: {json.dumps({'candidates': [{'index': 0, **candidate}], **more})}\n\n"


def _protocol(path: str) -> _OpenAI:
    if path.startswith("/api/chat"):
        return _Ollama()
    if path.startswith("/v1/messages"):
        return _Anthropic()
    return _Gemini() if "GenerateContent" in path else _OpenAI()


if __name__ == "__main__":
    with FakeLLMServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as running:
        print(running.url, flush=True)
        threading.Event().wait()
