"""The one form of errors, numbers of requests, who is let in, and what is said of the program's health."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from chatbot.api.guard import MOST_OF_A_BODY
from chatbot.api.running import is_for_one, service_for
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.errors import LibraryError, StoreError
from chatbot.notebooks import ALONE, Library, Person
from fakes.api_client import client_of

PERSON = Person("https://id.example#1", "Kim", "kim@example.org")


@dataclass
class Grant:
    person: Person
    library: Library
    needed: list[str] = field(default_factory=list)
    number: int = 1

    def require(self, scope: str) -> None:
        self.needed.append(scope)


@dataclass
class Keys:
    """Knows ``good``."""

    library: Library
    person: Person = ALONE

    def exist(self) -> bool:
        return True

    def grant(self, token: str, *, people_sign_in: bool) -> Grant:
        if token != "good":
            raise LibraryError("this is no key; make one")
        return Grant(self.person, self.library)


@pytest.fixture
def client(empty: Config) -> Iterator[TestClient]:
    with client_of(Service(empty, is_open=True)) as asked:
        yield asked


def test_health_says_nothing_of_what_is_inside_and_needs_no_key(empty: Config) -> None:
    with client_of(Service(empty, is_open=False)) as asked:
        assert asked.get("/healthz").json() == {"status": "ok"}
        assert asked.get("/readyz").json() == {"status": "ready"}


def test_a_program_whose_models_are_not_there_is_not_ready(empty: Config) -> None:
    service = Service(empty, is_open=True)
    service._warm.reason = "the models are being loaded"
    with client_of(service) as asked:
        answer = asked.get("/readyz")
    assert answer.status_code == 503
    assert "loaded" in answer.json()["detail"]
    assert answer.headers["retry-after"]


def test_a_program_whose_index_could_not_be_reached_at_first_becomes_ready_by_itself(empty: Config) -> None:
    faults = [StoreError("PostgreSQL cannot be reached")]
    loaded = threading.Event()

    def chatbot_for(_: Config) -> Any:
        if faults:
            raise faults.pop()
        return SimpleNamespace(warm_up=loaded.set)

    service = Service(empty, is_open=True, chatbot_for=chatbot_for)
    service._warm._load(lambda: chatbot_for(empty).warm_up())
    assert "PostgreSQL cannot be reached" in service._warm.reason
    with client_of(service) as asked:
        asked.get("/readyz")  # whoever asks has it tried once more
        assert loaded.wait(60)
        while asked.get("/readyz").status_code != 200:
            pass


def test_errors_have_the_form_that_openai_clients_read_under_v1(client: TestClient) -> None:
    answer = client.get("/v1/models/nobody")
    assert answer.status_code == 404
    assert answer.json()["error"].keys() == {"message", "type", "param", "code"}
    assert answer.json()["error"]["code"] == "model_not_found"


def test_errors_are_problem_details_elsewhere(client: TestClient) -> None:
    answer = client.get("/api/nothing")
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code == 404
    assert body["type"] == "urn:secondlook:problem:not_found"
    assert body["request_id"] == answer.headers["x-request-id"]


def test_a_request_keeps_the_number_it_came_with_unless_that_is_none(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    odd = client.get("/healthz", headers={"X-Request-Id": "a b;c"}).headers["x-request-id"]
    assert odd.isalnum()


def test_what_nobody_expected_says_nothing_of_itself(empty: Config, caplog: pytest.LogCaptureFixture) -> None:
    service = Service(empty, is_open=True)
    service.library.notebooks = lambda *_, **__: 1 / 0  # type: ignore[assignment, method-assign, return-value]
    with client_of(service) as asked:
        answer = asked.get("/api/notebooks")
    assert answer.status_code == 500
    assert "division" not in answer.text
    assert "ZeroDivisionError" in caplog.text


def test_another_host_and_another_page_are_refused_before_anything_is_read(client: TestClient) -> None:
    assert client.get("/api/notebooks", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/api/notebooks", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/api/notebooks", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_page_that_the_owner_named_may_ask_and_no_other(empty: Config) -> None:
    config = empty.with_(api={"origins": ("https://tool.example",)})
    with client_of(Service(config, is_open=True)) as asked:
        answer = asked.get("/api/notebooks", headers={"Origin": "https://tool.example"})
        assert answer.headers["access-control-allow-origin"] == "https://tool.example"
        assert "access-control-allow-credentials" not in answer.headers
        assert asked.get("/api/notebooks", headers={"Origin": "https://other.example"}).status_code == 403


def test_no_page_of_elsewhere_may_ask_unless_one_is_named(client: TestClient) -> None:
    preflight = {"Origin": "https://tool.example", "Access-Control-Request-Method": "GET"}
    answer = client.options("/api/notebooks", headers=preflight)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_body_that_is_too_large_is_refused_by_its_length(client: TestClient) -> None:
    answer = client.post("/v1/models", headers={"Content-Length": str(MOST_OF_A_BODY + 1)}, content=b"x")
    assert answer.status_code == 413
    assert "send less" in answer.json()["error"]["message"]


def test_compressed_bodies_are_refused(client: TestClient) -> None:
    assert client.post("/v1/models", headers={"Content-Encoding": "gzip"}).status_code == 415


def test_alone_on_this_machine_no_key_is_needed_and_any_is_taken(client: TestClient) -> None:
    assert client.get("/v1/models").status_code == 200
    assert client.get("/v1/models", headers={"Authorization": "Bearer none"}).status_code == 200


def test_once_there_is_a_key_one_is_needed(empty: Config) -> None:
    service = Service(empty, is_open=True, keys=Keys(Library(empty)))
    with client_of(service) as asked:
        refused = asked.get("/v1/models")
        assert refused.status_code == 401
        assert refused.json()["error"]["type"] == "authentication_error"
        assert "secondlook keys make" in refused.json()["error"]["message"]
        for headers in ({"Authorization": "Bearer good"}, {"X-Api-Key": "good"}):
            assert asked.get("/v1/models", headers=headers).status_code == 200
        assert asked.get("/v1/models", headers={"Authorization": "Bearer bad"}).status_code >= 400


def test_a_program_for_others_wants_a_key_also_while_there_is_none(empty: Config) -> None:
    with client_of(Service(empty, is_open=False)) as asked:
        assert asked.get("/v1/models", headers={"Authorization": "Bearer none"}).status_code == 401


def test_a_caller_sees_the_notebooks_of_their_person_alone(empty: Config) -> None:
    library = Library(empty)
    library.meet(PERSON)
    library.make("Mine", PERSON)
    library.make("Secret", ALONE)
    service = Service(empty, is_open=False, keys=Keys(library, PERSON))
    with client_of(service) as asked:
        headers = {"Authorization": "Bearer good"}
        rows = asked.get("/api/notebooks", headers=headers).json()["data"]
        assert [row["name"] for row in rows] == ["main", "Mine"]
        assert rows[1]["may"] == ["ask", "inspect", "add", "remove"]
        assert rows[0]["may"] == ["ask", "inspect"]
        names = [row["id"] for row in asked.get("/v1/models", headers=headers).json()["data"]]
        assert "Mine" in names
        assert "Secret" not in names
        assert asked.get("/v1/models/Secret", headers=headers).status_code == 404


def test_a_model_is_a_notebook_and_perhaps_who_writes(empty: Config) -> None:
    Library(empty).make("a:b", ALONE)
    with client_of(Service(empty, is_open=True)) as asked:
        for name in ("secondlook", "main", "#1", "a:b", "a:b:extractive", "secondlook:extractive"):
            assert asked.get(f"/v1/models/{name.replace('#', '%23')}").status_code == 200, name
        assert asked.get("/v1/models/main:nobody").status_code == 404


def test_only_who_sits_at_this_machine_needs_no_key(empty: Config, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    library = Library(empty)
    assert is_for_one(library, "127.0.0.1")
    assert not is_for_one(library, "0.0.0.0")
    assert not is_for_one(library, "127.0.0.1", ["docs.example"])
    assert service_for(empty, "127.0.0.1").config.llm.owner.shared is False  # type: ignore[union-attr]
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("[auth]\n", "utf-8")
    assert not is_for_one(library, "127.0.0.1")
    (tmp_path / ".streamlit" / "secrets.toml").unlink()
    library.meet(PERSON)
    assert not is_for_one(library, "127.0.0.1")
    assert service_for(empty, "127.0.0.1").config.llm.owner.shared is True  # type: ignore[union-attr]
