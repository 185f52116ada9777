"""A client that goes away stops its language model; one whose key is revoked is refused at the next request."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from chatbot.api.app import create_app
from chatbot.api.entrance import OPEN
from chatbot.api.service import Service
from chatbot.notebooks import ALONE, ApiKeys, Library
from fakes.api_client import server_of
from fakes.llm_server import FakeLLMServer

QUESTION = "How many days of annual leave are there?"


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    with server_of(service) as found:
        yield found


def asked(stream: bool) -> dict[str, object]:
    return {"model": "secondlook", "stream": stream, "messages": [{"role": "user", "content": QUESTION}]}


@pytest.mark.parametrize("fault", ["endless", "hang", "hang between tokens"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_stops_its_language_model(
    address: str, service: Service, fake_llm: FakeLLMServer, fault: str, stream: bool
) -> None:
    fake_llm.fault = fault  # type: ignore[assignment]
    body = httpx.Request("POST", f"{address}/v1/chat/completions", json=asked(stream))
    place = urlsplit(address)
    with socket.create_connection((str(place.hostname), int(place.port or 0))) as client:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body.content)}\r\n\r\n"  # fmt: skip
        client.sendall(head.encode() + body.content)
        assert fake_llm.wait_for(1)
    assert fake_llm.wait_for(0)
    assert httpx.get(f"{address}/healthz").status_code == 200


def test_a_leaked_key_that_is_revoked_asks_nothing_more(service: Service, fake_llm: FakeLLMServer) -> None:
    keys = ApiKeys(service.library)
    token, key = keys.make("leaked", ALONE)
    service.keys = keys
    elsewhere = ApiKeys(Library(service.config))  # another process revokes it
    fake_llm.reply = "There are 25 days [1]."
    paths = create_app(service).openapi()["paths"]
    read = [path for path, methods in paths.items() if "get" in methods and path not in OPEN]
    with server_of(service) as address, httpx.Client(base_url=address, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.post("/v1/chat/completions", json=asked(True)).text.endswith("data: [DONE]\n\n")
        page = client.get("/api/documents", params={"limit": 1}).json()
        elsewhere.revoke(key.id, ALONE)
        for path in read:  # on the same connection
            refused = client.get(path)
            assert refused.status_code == 401, path
            assert token not in refused.text
        assert client.get("/api/documents", params={"limit": 1, "after": page["next"]}).status_code == 401
        before = len(fake_llm.requests)
        for stream in (True, False):
            refused = client.post("/v1/chat/completions", json=asked(stream))
            assert refused.status_code == 401
            assert refused.headers["content-type"] == "application/json"
        assert len(fake_llm.requests) == before


def test_an_answer_under_way_ends_and_the_next_is_refused(service: Service, fake_llm: FakeLLMServer) -> None:
    """As docs/api-keys.md says: what was already being answered is written to its end."""
    keys = ApiKeys(service.library)
    token, key = keys.make("leaked", ALONE)
    service.keys = keys
    fake_llm.reply = "There are 25 days of leave, and they are taken by March [1]."
    fake_llm.fault = "slow"
    with server_of(service) as address, httpx.Client(base_url=address, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        with client.stream("POST", "/v1/chat/completions", json=asked(True)) as answer:
            lines = answer.iter_lines()
            assert next(lines).startswith("data: ")
            keys.revoke(key.id, ALONE)
            assert list(lines)[-2:] == ["data: [DONE]", ""]
        assert client.post("/v1/chat/completions", json=asked(True)).status_code == 401
