"""Real keys at the interface: who is let in, how far, and from when on no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from chatbot.api.lingering import MOST_AFTER
from chatbot.api.running import service_for
from chatbot.config import Config
from chatbot.notebooks import ALONE, ApiKeys, Library, Person
from fakes.api_client import client_of

KIM = Person("https://id.example#1", "Kim", "kim@example.org")


@pytest.fixture
def client(empty: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with client_of(service_for(empty, "127.0.0.1")) as asked:
        yield asked


@pytest.fixture
def keys(empty: Config) -> ApiKeys:
    """Of another process, as far as the program that answers can tell."""
    return ApiKeys(Library(empty))


def status(client: TestClient, token: str, path: str = "/v1/models") -> int:
    return client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_key_is_needed_once_one_was_made_and_stays_needed(client: TestClient, keys: ApiKeys) -> None:
    assert client.get("/v1/models").status_code == 200
    token, key = keys.make("one", ALONE)
    assert client.get("/v1/models").status_code == 401
    assert status(client, token) == 200
    keys.revoke(key.id, ALONE)
    assert status(client, token) == 401
    assert client.get("/v1/models").status_code == 401  # the last one was revoked: that opens nothing


def test_a_refused_key_is_told_what_to_do_and_is_in_no_answer(client: TestClient, keys: ApiKeys) -> None:
    token, key = keys.make("one", ALONE)
    keys.revoke(key.id, ALONE)
    for path, wrong in (("/v1/models", token), ("/api/notebooks", token), ("/api/notebooks", "sl-wrong")):
        answer = client.get(path, headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "secondlook keys make" in answer.text
        assert wrong not in answer.text + str(answer.headers)


def test_a_key_without_a_person_opens_nothing_once_people_sign_in(empty: Config, keys: ApiKeys) -> None:
    token, _ = keys.make("one", ALONE)
    with client_of(service_for(empty, "0.0.0.0", ["docs.example"])) as asked:  # others reach it, alone though
        assert status(asked, token) == 200
    Library(empty).meet(KIM)
    with client_of(service_for(empty, "127.0.0.1")) as asked:
        assert status(asked, token) == 401
        assert status(asked, keys.make("kim's", KIM)[0]) == 200


def test_a_program_that_is_running_wants_a_key_once_somebody_has_signed_in_elsewhere(
    client: TestClient, empty: Config, keys: ApiKeys
) -> None:
    assert client.get("/v1/models").status_code == 200
    Library(empty).meet(KIM)  # at a page, which another process or machine runs
    assert client.get("/v1/models").status_code == 401
    assert status(client, keys.make("machine", ALONE)[0]) == 401, "nor opens what was made for nobody"
    assert status(client, keys.make("kim's", KIM)[0]) == 200


def test_nothing_of_a_large_body_is_read_before_the_key_and_little_after_the_refusal(
    client: TestClient, keys: ApiKeys
) -> None:
    keys.make("one", ALONE)
    sent: list[Message] = []
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        assert any(message.get("body") for message in sent), "the body was read before the refusal"
        taken += 2**16
        return {"type": "http.request", "body": b"x" * 2**16, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    for path in ("/api/documents", "/v1/chat/completions", "/anything"):
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": path, "raw_path": path.encode(),
            "query_string": b"", "root_path": "", "scheme": "http", "server": ("127.0.0.1", 8502),
            "client": ("127.0.0.1", 9), "headers": [(b"host", b"127.0.0.1:8502"), (b"content-length", b"8000000")],
        }  # fmt: skip
        assert client.portal is not None
        client.portal.call(client.app, scope, receive, send)
        assert [message["status"] for message in sent if "status" in message] == [401]
        assert (b"connection", b"close") in sent[0]["headers"]
        assert 0 < taken <= MOST_AFTER
        sent.clear()
        taken = 0
