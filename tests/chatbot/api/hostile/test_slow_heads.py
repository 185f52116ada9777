"""Whoever opens a connection and does not say what they want is shown out; whoever asks is not hurried."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from chatbot.api import slow_heads
from chatbot.api.slow_heads import TimelyProtocol

ASKED = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
answered = threading.Event()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers once ``answered`` is set."""
    if scope["type"] != "http":
        return
    await asyncio.to_thread(answered.wait, 60)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(slow_heads, "HEAD_S", 0.2)
    answered.set()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(
            application, http=TimelyProtocol, ws="none", lifespan="off", log_level="warning"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


@pytest.mark.parametrize("beginning", [b"", b"G", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
def test_a_head_that_does_not_come_is_given_up(port: int, beginning: bytes) -> None:
    with connected(port) as client:
        client.sendall(beginning)
        assert client.recv(1_000) == b""  # closed, by the server


def test_the_next_request_of_a_connection_is_not_waited_for_either(port: int) -> None:
    with connected(port) as client:
        client.sendall(ASKED)
        assert b"200 OK" in client.recv(1_000)
        client.sendall(b"GET / HT")
        while client.recv(1_000):
            pass


def test_an_answer_may_take_longer_than_a_head(port: int) -> None:
    answered.clear()
    with connected(port) as client, connected(port) as idle:
        client.sendall(ASKED)
        assert idle.recv(1) == b""  # that long has passed
        answered.set()
        assert b"200 OK" in client.recv(1_000)
