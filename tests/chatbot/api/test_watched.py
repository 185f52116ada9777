"""The interface where it is watched: metrics by their own rules, and a request's number and trace in what it asks for."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from chatbot.api.app import create_app
from chatbot.api.service import Service
from chatbot.config import Config, TelemetryConfig
from chatbot.telemetry import seat
from chatbot.telemetry.start import TOKEN, install, start

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
OWN = "a-token-of-some-length"


@pytest.fixture(autouse=True)
def _nobody_watches_afterwards() -> Iterator[None]:
    yield
    install(None)


def _client(config: Config, *, is_open: bool = True) -> TestClient:
    app = create_app(Service(config, is_open=is_open))
    return TestClient(app, "http://127.0.0.1:8502", raise_server_exceptions=False, client=("127.0.0.1", 4000))


def test_metrics_are_there_where_they_are_on_and_need_no_key_of_the_interface(empty: Config) -> None:
    with _client(empty) as asked:
        assert asked.get("/metrics").status_code == 404
    start(TelemetryConfig(metrics=True))
    with _client(empty, is_open=False) as asked:
        assert asked.get("/api/notebooks").status_code == 401
        found = asked.get("/metrics")
    assert found.status_code == 200
    assert "secondlook_questions_total" in found.text
    assert found.headers["x-request-id"]


def test_whoever_may_not_read_metrics_is_told_so_in_the_interfaces_form(
    empty: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, OWN)
    start(TelemetryConfig(metrics=True))
    with _client(empty) as asked:
        refused = asked.get("/metrics", headers={"Authorization": "Bearer slk-a-key-for-questions"})
        assert asked.get("/metrics", headers={"Authorization": f"Bearer {OWN}"}).status_code == 200
    assert refused.status_code == 401
    assert refused.json()["code"] == "invalid_api_key"
    assert OWN not in refused.text


def test_what_is_asked_and_logged_for_a_request_has_its_number_and_its_callers_trace(
    empty: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []
    service = Service(empty, is_open=True)
    known = service.library.notebooks

    def notebooks(*given: object) -> object:
        seen.append((seat.request_id.get(), seat.traceparent.get()))  # in a thread of the interface
        logging.getLogger("chatbot.x").info("asked")
        return known(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(service.library, "notebooks", notebooks)
    with TestClient(create_app(service), "http://127.0.0.1:8502") as asked:
        answer = asked.get("/api/notebooks", headers={"X-Request-Id": "r-7", "traceparent": CALLER})
        asked.get("/api/notebooks", headers={"traceparent": "x" * 5000})
    assert answer.headers["x-request-id"] == "r-7"
    assert seen[0] == ("r-7", CALLER)
    assert seen[1][0] != "r-7"
    assert len(seen[1][1]) <= 200
    assert (seat.request_id.get(), seat.traceparent.get()) == ("", "")
