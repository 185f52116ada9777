"""Requests of programs of good will, of every kind, and clients that go away in the middle of one.

for request in good_requests(200): status = carried_out(client, request)
"""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

UNHURRIED = "(no hurry)"  # in a question: the language model of the test goes on and on
QUESTIONS = (
    "How many days of annual leave are there?", "How often is the filter changed?", "What does a cross-encoder read?",
    "Word2Vec 에 대해서 알려줄래?", "필터는 얼마나 자주 청소하나요?", "Which product is the cheapest?",
)  # fmt: skip
_TEXTS = [
    "The house is green.",
    "The filter is changed every 90 days.",
    "연차는 25일입니다.",
    "Cats sleep a lot.",
]
Kind = Literal["chat", "stream", "ask", "search", "upload", "rerank", "embeddings", "list"]
KINDS: dict[Kind, int] = {
    "chat": 4, "stream": 7, "ask": 4, "search": 5, "upload": 2, "rerank": 4, "embeddings": 4, "list": 3,
}  # fmt: skip
"""How often each comes."""


@dataclass(frozen=True, slots=True)
class GoodRequest:
    """``end``: with what its body has to end; a stream that is cut has an answer of 200, too."""

    kind: Kind
    method: str
    path: str
    sent: dict[str, Any] = field(default_factory=dict)
    end: str = ""


def good_requests(count: int, seed: int = 11) -> Iterator[GoodRequest]:
    """``count`` of them; the same seed gives the same ones."""
    chance = random.Random(seed)
    kinds = [kind for kind, often in KINDS.items() for _ in range(often)]
    for number in range(count):
        yield _made(kinds[number % len(kinds)], chance.choice(QUESTIONS), number)


def _made(kind: Kind, question: str, number: int) -> GoodRequest:
    chat = {"model": "secondlook", "messages": [{"role": "user", "content": question}]}
    match kind:
        case "chat":
            return GoodRequest(kind, "POST", "/v1/chat/completions", {"json": chat})
        case "stream":
            asked = {**chat, "stream": True, "stream_options": {"include_usage": True}}
            return GoodRequest(kind, "POST", "/v1/chat/completions", {"json": asked}, "data: [DONE]\n\n")
        case "ask":
            return GoodRequest(kind, "POST", "/api/ask", {"json": {"question": question}}, "\n\n")
        case "search":
            return GoodRequest(kind, "POST", "/api/search", {"json": {"question": question, "k": 20}})
        case "upload":
            text = f"Room {number} is locked at {number % 24} o'clock by whoever leaves last."
            files = {"files": [("files", (f"room-{number}.txt", text.encode()))], "params": {"wait": 60}}
            return GoodRequest(
                kind, "POST", "/api/documents", {**files, "headers": {"Idempotency-Key": f"room {number}"}}
            )
        case "rerank":
            return GoodRequest(kind, "POST", "/v1/rerank", {"json": {"query": question, "documents": _TEXTS}})
        case "embeddings":
            texts = [f"{text} {number}" for text in _TEXTS]
            return GoodRequest(kind, "POST", "/v1/embeddings", {"json": {"model": "any", "input": texts}})
        case "list":
            paths = ("/v1/models", "/api/documents", "/api/notebooks", "/readyz")
            return GoodRequest(kind, "GET", paths[number % len(paths)])


def carried_out(client: httpx.Client, request: GoodRequest) -> tuple[int, str]:
    """Its status, and its text."""
    answer = client.request(request.method, request.path, **request.sent)
    return answer.status_code, answer.text


def left_in_the_middle(address: tuple[str, int], key: str, *, stream: bool, after: int) -> bool:
    """Ask an unhurried question, read ``after`` bytes of its answer, and reset the connection; whether they came.

    With ``after`` 0 nothing is waited for: the client is gone while the question is being searched for.
    """
    question = f"{QUESTIONS[0]} {UNHURRIED}"
    body = httpx.Request(
        "POST", "http://x/", json={"model": "secondlook", "stream": stream, "messages": [{"role": "user", "content": question}]}
    ).content  # fmt: skip
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(head.encode() + body)
        got = 0
        while got < after and (piece := connection.recv(after - got)):
            got += len(piece)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return got == after
