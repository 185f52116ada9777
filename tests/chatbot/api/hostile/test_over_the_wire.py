"""Five hundred requests at ``secondlook serve`` in a process of its own, over real connections, side by side.

Two of five are good work, each of which has to be done; the others are malformed, too slow, or leave: before the body is
whole, while their question is searched for, and in the middle of a stream.

    pytest -s -m slow tests/chatbot/api/hostile/test_over_the_wire.py
"""

from __future__ import annotations

import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import httpx
import pytest

from chatbot.api.app import create_app
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.notebooks import ALONE, ApiKeys, Library
from fakes.good_requests import UNHURRIED, GoodRequest, carried_out, good_requests, left_in_the_middle
from fakes.hostile_requests import requests, sent
from fakes.llm_server import FakeLLMServer
from fakes.served_process import PATIENCE_S, ServedProcess, served, wait_until, with_model

pytestmark = pytest.mark.slow

GOOD, MALFORMED, SLOW, LEAVING = 200, 220, 30, 50  # 500
AT_ONCE = 16
MOST_MB = 60  # that memory may grow by; the latest 200 answers, which are kept, take about 10
ONE_LANGUAGE = "[retrieval]\nboth_languages = false\n"


@pytest.fixture
def server(
    sample_config: Config, fake_llm: FakeLLMServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ServedProcess, str]]:
    """The server over the sample documents, with a key that may do everything."""
    fake_llm.fault_of = lambda body: "endless" if UNHURRIED in str(body) else None
    token, _ = ApiKeys(Library(sample_config)).make("wire", ALONE)
    folder = tmp_path_factory.mktemp("wire")
    with served(folder, sample_config.store, with_model(fake_llm.url) + ONE_LANGUAGE) as found:
        yield found, token


@contextmanager
def client_of(server: ServedProcess, token: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=PATIENCE_S) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


def fault_of(client: httpx.Client, request: GoodRequest) -> str:
    """What is wrong with the answer to good work; empty where nothing is."""
    status, text = carried_out(client, request)
    if status != 200 or not text.endswith(request.end) or "event: error" in text:
        return f"{request.kind}: {status} {text[-300:]}"
    return ""


def status_fault(target: tuple[str, int], request: object) -> str:
    try:
        status = sent(target, request)  # type: ignore[arg-type]
    except TimeoutError:
        return f"no end: {request}"
    return f"{status}: {request}" if status is not None and status >= 500 else ""


def slow_fault(target: tuple[str, int], token: str, number: int) -> str:
    """A body of 60 bytes in six pieces, 0.2 s apart; two of them stop in the middle until they are told to go."""
    body = b'{"question": "How often is the filter changed?", "k": 5}   '
    head = f"POST /api/search HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n" \
           f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"  # fmt: skip
    pieces = [body[start : start + 10] for start in range(0, len(body), 10)]
    if number < 2:
        pieces = pieces[:3]
    with socket.create_connection(target, timeout=PATIENCE_S) as connection:
        connection.sendall(head.encode())
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.2)
        answer = b""
        while more := connection.recv(65_536):
            answer += more
    wanted = b"408" if number < 2 else b"200"
    return "" if answer.split(b" ", 2)[1:2] == [wanted] else f"slow {number}: {answer[:200]!r}"


def leave(target: tuple[str, int], token: str, number: int) -> str:
    """In the middle of a stream, before its first byte, and from a question that is answered whole."""
    stream, after = number % 3 != 2, (4_000, 0, 0)[number % 3]
    came = left_in_the_middle(target, token, stream=stream, after=after)
    return "" if came else f"left {number}: the stream ended by itself"


def metric(client: httpx.Client, name: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


def test_five_hundred_requests_break_nothing_hold_nothing_up_and_leave_nothing(
    server: tuple[ServedProcess, str], service: Service, fake_llm: FakeLLMServer
) -> None:
    found, token = server
    target = ("127.0.0.1", found.port)
    paths = [*create_app(service).openapi()["paths"], "/nothing/{id}", "/metrics", "/mcp"]
    with client_of(found, token) as client, ThreadPoolExecutor(AT_ONCE) as threads:
        assert list(threads.map(partial(fault_of, client), good_requests(66, seed=3))) == [""] * 66
        before = found.use()
        work: list[Callable[[], str]] = [
            *(partial(fault_of, client, one) for one in good_requests(GOOD)),
            *(partial(status_fault, target, one) for one in requests(paths, token, MALFORMED)),
            *(partial(slow_fault, target, token, number) for number in range(SLOW)),
            *(partial(leave, target, token, number) for number in range(LEAVING)),
        ]
        assert len(work) == 500
        random.Random(5).shuffle(work)
        began = time.monotonic()
        wrong = [fault for fault in threads.map(lambda one: one(), work) if fault]
        seconds = time.monotonic() - began
        assert wrong == [], Counter(fault[:3] for fault in wrong)
        assert fake_llm.wait_for(0), "a language model still writes for somebody who is gone"
        wait_until(
            lambda: metric(client, "secondlook_active_streams") == 0, "an answer is still being written"
        )
        assert metric(client, "secondlook_reranker_waiting_pairs") == 0
        wait_until(lambda: found.use().files <= before.files + 8, "connections stay open")
        after = found.use()
        print(f"\n500 requests in {seconds:.0f} s, {AT_ONCE} at once; before {before}, after {after}")
        assert after.threads <= before.threads + 8, "threads stay behind"
        assert after.resident_mb - before.resident_mb < MOST_MB
        assert list(map(partial(fault_of, client), good_requests(33, seed=9))) == [""] * 33
    said = found.log.read_text("utf-8", "replace")
    assert "Traceback" not in said, said[-3_000:]
