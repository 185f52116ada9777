"""Whoever is refused reads the whole refusal, also while still sending; what a stranger goes on sending is not all taken."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Message

from chatbot.api import lingering
from chatbot.api.lingering import MOST_AFTER, MOST_BEFORE, Lingering
from chatbot.api.service import Service
from fakes.api_client import server_of

REFUSAL = b"Sign in and try again.\n"
OF_A_SYSTEM = 16 * 2**20  # bytes that buffers of two sockets hold at most, and more
_PIECE = b"x" * 2**16


async def refusing(scope: Any, receive: Any, send: Any) -> None:
    """Reads nothing."""
    if scope["type"] == "http":
        headers = [(b"content-length", str(len(REFUSAL)).encode())]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": REFUSAL})


@contextmanager
def served(app: ASGIApp) -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, ws="none", lifespan="off", log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(Lingering(refusing)) as found:
        yield found


def head(size: int, *more: str, connection: str = "close", path: str = "/") -> bytes:
    lines = [
        f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Connection: {connection}", f"Content-Length: {size}", *more,
    ]  # fmt: skip
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def read_to_the_end(client: socket.socket) -> bytes:
    """All that comes. Raises ``ConnectionResetError`` where it is not ended in order."""
    return b"".join(iter(lambda: client.recv(2**16), b""))


@pytest.mark.parametrize("size", [1, 300_000, MOST_BEFORE, MOST_BEFORE + 1, 2_500_000])
def test_a_whole_body_is_sent_and_the_whole_refusal_read(port: int, size: int) -> None:
    for _ in range(50 if size == 300_000 else 5):
        with connected(port) as client:
            client.sendall(head(size))
            client.sendall(b"x" * size)
            answer = read_to_the_end(client)
        assert answer.startswith(b"HTTP/1.1 403")
        assert answer.endswith(REFUSAL)


def test_without_it_the_connection_is_reset_while_a_body_comes() -> None:
    """What the rest of this file is for; the day this fails, uvicorn has learned it."""
    with served(refusing) as port, connected(port) as client, pytest.raises(ConnectionError):
        client.sendall(head(2_500_000))
        client.sendall(b"x" * 2_500_000)
        read_to_the_end(client)


def test_a_large_body_is_refused_before_it_comes(port: int) -> None:
    with connected(port) as client:
        client.sendall(head(90 * 2**20))
        answer = b""
        while not answer.endswith(REFUSAL):
            answer += client.recv(2**16)
        assert b"connection: close" in answer.lower()


def test_of_what_a_stranger_goes_on_sending_only_so_much_is_taken(port: int) -> None:
    sent = 0
    with connected(port) as client, pytest.raises(ConnectionError):
        client.sendall(head(90 * 2**20))
        while sent < 90 * 2**20:
            client.sendall(_PIECE)
            sent += len(_PIECE)
    assert sent < MOST_AFTER + OF_A_SYSTEM


def test_a_small_body_leaves_the_connection_for_the_next_request(port: int) -> None:
    with connected(port) as client:
        for _ in range(3):
            client.sendall(head(1_000, connection="keep-alive") + b"x" * 1_000)
            answer = b""
            while not answer.endswith(REFUSAL):
                answer += client.recv(2**16)


def test_who_asks_before_sending_is_told_at_once_and_asked_for_nothing(port: int) -> None:
    with connected(port) as client:
        client.sendall(head(1_000, "Expect: 100-continue"))
        assert read_to_the_end(client).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("sent", [0, 10])
def test_a_body_that_does_not_come_is_not_waited_for_long(sent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lingering, "_SILENCE_S", 0.05)
    with served(Lingering(refusing)) as port, connected(port) as client:
        client.sendall(head(1_000) + b"x" * sent)
        assert read_to_the_end(client).endswith(REFUSAL)


def test_a_byte_now_and_then_does_not_keep_it_waiting_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lingering, "_WHOLE_S", 0.05)

    async def trickle() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    given: list[Message] = []

    async def send(message: Message) -> None:
        given.append(message)

    scope = {"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}
    asyncio.run(Lingering(refusing)(scope, trickle, send))
    assert [message.get("more_body") for message in given] == [None, True, None]
    assert given[1]["body"] == REFUSAL


@pytest.mark.parametrize(
    ("path", "host", "status"), [("/v1/rerank", "evil.example", 421), ("/v1/rerank", "127.0.0.1", 401)]
)
def test_the_interface_for_programs_lets_a_refusal_be_read(
    service: Service, path: str, host: str, status: int
) -> None:
    service.is_open = False
    with server_of(service) as address:
        port = int(address.rpartition(":")[2])
        for _ in range(5):
            with connected(port) as client:
                client.sendall(head(600_000, path=path).replace(b"127.0.0.1", host.encode()))
                client.sendall(b"x" * 600_000)
                answer = read_to_the_end(client)
            assert answer.startswith(f"HTTP/1.1 {status}".encode())
            assert answer.endswith(b"}")
