"""A chat server with the habits of real ones that call themselves compatible: the model's name picks the habit.

with HabitServer() as server:
    ...                     # api_base = server.url, model = "comments", ...
    server.requests         # the bodies, in order
"""

from __future__ import annotations

import gzip
import json
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

from fakes.loopback import LoopbackServer

ANSWER = "The filter is changed every 90 days [1]."
KOREAN = "필터는 90일마다 교체합니다 [1]."
HALF = "The filter is changed"
THOUGHT = "They ask how often. Passage one says 90 days."
Answer = tuple[int, dict[str, str], bytes]
SSE = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}


def chunk(delta: object, finish: object = None, **more: object) -> dict[str, Any]:
    return {"id": "x", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def events(*objects: object, done: bool = True) -> bytes:
    text = "".join(f"data: {json.dumps(o, ensure_ascii=False)}\n\n" for o in objects)
    return (text + "data: [DONE]\n\n" * done).encode()


def pieces(text: str) -> list[dict[str, Any]]:
    return [chunk({"content": part}) for part in (text[:9], text[9:20], text[20:]) if part]


def refusal(status: int, body: object, **headers: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return status, {**JSON, **{k.replace("_", "-"): v for k, v in headers.items()}}, text.encode()


END = chunk({}, "stop")
WHOLE = {
    "id": "x",
    "choices": [{"message": {"role": "assistant", "content": ANSWER}, "finish_reason": "stop"}],
}
USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
_MANY = "\n".join(json.dumps(o) for o in [*pieces(ANSWER), END])

# the body of a 200 that is a stream
STREAMS: dict[str, bytes] = {
    "plain": events(*pieces(ANSWER), END),
    "comments": b"\xef\xbb\xbf: queued\r\n\r\n" + events(*pieces(ANSWER), END).replace(b"\n", b"\r\n").replace(b"data: ", b"data:")
    + b": keep-alive\r\n\r\n",
    "carriage returns": events(*pieces(ANSWER), END).replace(b"\n", b"\r"),
    "no blank lines": events(*pieces(ANSWER), END).replace(b"\n\n", b"\n"),
    "pings": b"retry: 500\n\nevent: ping\ndata: \n\ndata: ping\n\n" + events(*pieces(ANSWER), END),
    "json over several lines": b"".join(
        "".join(f"data: {line}\n" for line in json.dumps(o, indent=1).splitlines()).encode() + b"\n" for o in [*pieces(ANSWER), END]
    ),
    "lines of json": _MANY.encode(),
    "whole json": json.dumps(WHOLE, indent=2).encode(),
    "whole json in a list": json.dumps([WHOLE]).encode(),
    "no reason but done": events(*pieces(ANSWER)),
    "reason but not done": events(*pieces(ANSWER)[:-1], chunk({"content": pieces(ANSWER)[-1]["choices"][0]["delta"]["content"]}, "eos"), done=False),
    "no choices": events({"id": "x", "choices": [], "prompt_filter_results": []}, *pieces(ANSWER), END, {"id": "x", "choices": None, "usage": USAGE}),
    "bare": events({"choices": [{"delta": {"content": ANSWER}}]}, {"id": None, "choices": [{"delta": None, "finish_reason": "stop"}]}),
    "message instead of delta": events({"choices": [{"index": 0, "message": {"content": ANSWER}, "finish_reason": "stop"}]}),
    "old completion": events({"choices": [{"text": ANSWER}]}, {"choices": [{"text": "", "finish_reason": "stop"}]}),
    "parts": events(
        chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]}]}),
        chunk({"content": [{"type": "text", "text": HALF}, {"type": "output_text", "text": ANSWER[len(HALF) :]}]}), END,
    ),
    "reasoning_content": events(chunk({"content": None, "reasoning_content": THOUGHT}), *pieces(ANSWER), END),
    "reasoning": events(chunk({"content": "", "reasoning": THOUGHT, "reasoning_details": [{"type": "reasoning.text", "text": THOUGHT}]}), *pieces(ANSWER), END),
    "reasoning_details": events(chunk({"reasoning_details": [{"type": "reasoning.text", "text": THOUGHT}]}), *pieces(ANSWER), END),
    "think": events(*pieces(f"<think>{THOUGHT}</think>\n\n{ANSWER}"), END),
    "think without its opening": events(*pieces(f"{THOUGHT}\n</think>\n\n{ANSWER}"), END),
    "think without its end": events(*pieces(f"<think>{THOUGHT}"), chunk({}, "length")),
    "capital think": events(*pieces(f"[THINK]{THOUGHT}[/THINK]{ANSWER}"), END),
    "harmony": events(*pieces(f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>{ANSWER}<|return|>"), END),
    "template tokens": events(*pieces(f"<|im_start|>assistant\n{ANSWER}<|im_end|>\n<|im_start|>user\nAnd then?"), END),
    "tags in the answer": events(*pieces("Close it with `</think>` [1]."), END),
    "korean": events(*pieces(KOREAN), END),
    "odd line ends": events(chunk({"content": "one\u2028two\u0085three [1]."}), END),
    "refusal field": events(chunk({"content": None, "refusal": "I cannot help with that."}), END),
    "second choice": events({"choices": [{"index": 1, "delta": {"content": "no"}}]}, *pieces(ANSWER), END),
    "length": events(*pieces(ANSWER), chunk({}, "length")),
    "filter": events(*pieces(HALF), chunk({}, "content_filter")),
    "other reason": events(*pieces(HALF), chunk({}, "insufficient_system_resource")),
    "lost": events(*pieces(HALF), done=False),
    "error event": events(*pieces(HALF), done=False) + b'event: error\ndata: {"message": "the KV cache is full"}\n\n',
    "error object": events(*pieces(HALF), {"error": {"message": "the GPU fell off the bus", "code": 502}}, done=False),
    "error with choices": events(*pieces(HALF), {"error": "provider gone", "choices": [{"delta": {"content": ""}, "finish_reason": "error"}]}),
    "error at once": json.dumps({"error": {"message": "no such model is loaded"}}).encode(),
    "not json": events(*pieces(HALF), done=False) + b"data: {oops\n\n",
    "html": b"<html><head><title>Sign in to the guest network</title></head><body>x</body></html>",
    "words": b"upstream connect error or disconnect/reset before headers",
    "empty": events(END),
    "nothing": b"",
    "tool": events(
        chunk({"tool_calls": [{"index": 0, "function": {"name": "search_web", "arguments": ""}}]}), chunk({}, "tool_calls")
    ),
}  # fmt: skip

# another status: always, or for so many first requests
REFUSALS: dict[str, Answer] = {
    "400": refusal(400, {"error": {"message": "This model's maximum context length is 2048 tokens."}}),
    "400 in detail": refusal(400, {"detail": "Model is not chat capable"}),
    "401": refusal(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}),
    "402": refusal(402, {"error": {"message": "Insufficient Balance"}}),
    "403": refusal(403, {"message": "Your country is not supported"}),
    "404": refusal(404, {"error": "model 'x' not found, try pulling it first"}),
    "413": refusal(413, "<html><head><title>413 Request Entity Too Large</title></head></html>"),
    "quota": refusal(429, {"error": {"message": "You exceeded your current quota.", "code": "insufficient_quota"}}),
    "too long a wait": refusal(429, {"error": {"message": "Slow down"}}, Retry_After="3600"),
    "500": refusal(500, {"error": {"message": "model requires more system memory (9.4 GiB) than is available"}}),
    "502": refusal(502, "<html><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"),
    "provider": refusal(502, {"error": {"message": "Provider returned error", "metadata": {"raw": '{"error":"out of credit units"}'}}}),
}  # fmt: skip
BUSY: dict[str, tuple[int, Answer]] = {
    "retry-after": (1, refusal(429, {"error": {"message": "Rate limit"}}, Retry_After="0.3")),
    "retry-after-ms": (1, refusal(429, {"error": {"message": "Rate limit"}}, retry_after_ms="200")),
    "wait in words": (1, refusal(429, {"error": {"message": "Rate limit reached, try again in 200ms"}})),
    "estimated time": (1, refusal(503, {"error": "Model x is currently loading", "estimated_time": 0.2})),
    "loading": (
        1,
        refusal(503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}),
    ),
}
# a parameter that is refused: how, until the request is without it
PICKY: dict[str, tuple[str, Answer]] = {
    "no temperature": ("temperature", refusal(400, {"error": {"message": "Unsupported value: 'temperature' does not support 0.1 with this model. Only the default (1) value is supported.", "param": "temperature"}})),
    "no max_tokens": ("max_tokens", refusal(400, {"error": {"message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "param": "max_tokens"}})),
    "no system": ("system", refusal(400, {"object": "error", "message": "System role not supported"})),
    "template without system": ("system", refusal(500, {"error": {"message": "Error in chat template: Conversation roles must alternate user/assistant/user/assistant/..."}})),
    "strict fields": ("stream_options", refusal(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted"}]})),
    "no stream": ("stream", refusal(400, {"error": {"message": "stream is not supported for this model"}})),
}  # fmt: skip


class HabitServer(LoopbackServer):
    """``cuts``: bytes written at a time, so that characters and lines come in halves; 0 writes all at once."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.cuts = 0
        super().__init__(_Handler)
        self._server.habits = self  # type: ignore[attr-defined]

    @property
    def url(self) -> str:
        return f"{self.origin}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._send(
            (200, JSON, json.dumps({"object": "list", "data": [{"id": "small"}, {"id": "large"}]}).encode())
        )

    def do_POST(self) -> None:
        habits: HabitServer = self.server.habits  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        habits.requests.append(body)
        habits.times.append(time.monotonic())
        self.close_connection = True
        asked = [r for r in habits.requests if r["model"] == body["model"]]
        self._send(_answer_to(body, len(asked)), habits.cuts)

    def _send(self, answer: Answer, cuts: int = 0) -> None:
        status, headers, content = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        for start in range(0, len(content), cuts or len(content) or 1):
            self.wfile.write(content[start : start + (cuts or len(content))])
            self.wfile.flush()


def _answer_to(body: dict[str, Any], nth: int) -> Answer:
    model = body["model"]
    if model in PICKY:
        name, refused = PICKY[model]
        given = any(m["role"] == "system" for m in body["messages"]) if name == "system" else name in body
        if given:
            return refused
        return 200, SSE, STREAMS["whole json" if name == "stream" else "plain"]
    if model in BUSY and nth <= BUSY[model][0]:
        return BUSY[model][1]
    if model in REFUSALS:
        return REFUSALS[model]
    if model == "gzip":
        return 200, {**SSE, "Content-Encoding": "gzip"}, gzip.compress(STREAMS["plain"])
    return 200, SSE, STREAMS.get(model, STREAMS["plain"])
