"""Neither a key nor a word of a question, an answer or a document is in a log, an error, a header or a list of processes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from chatbot.api.service import Service
from chatbot.notebooks import ALONE, ApiKeys
from fakes.api_client import client_of
from fakes.llm_server import FakeLLMServer

ASKED, SAID, THOUGHT = "Zebrafisch", "Quastenflosser", "Nacktmull"
QUESTION = f"How many days of annual leave does the {ASKED} have?"


@pytest.fixture
def token(service: Service) -> Iterator[str]:
    keys = ApiKeys(service.library)
    token, key = keys.make("canary", ALONE)
    service.keys = keys
    yield token
    keys.revoke(key.id, ALONE)


def body(**more: Any) -> dict[str, Any]:
    return {"model": "secondlook", "messages": [{"role": "user", "content": QUESTION}], **more}


def ways(token: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Requests that succeed, and requests of every kind that do not."""
    good = {"Authorization": f"Bearer {token}"}
    chat = "/v1/chat/completions"
    return [
        ("POST", chat, {"json": body(), "headers": good}),
        ("POST", chat, {"json": body(stream=True), "headers": good}),
        ("POST", chat, {"json": body(n=7), "headers": good}),
        ("POST", chat, {"json": {"model": "secondlook", "messages": [{"role": ASKED, "content": ASKED}]}, "headers": good}),
        ("POST", chat, {"json": body(), "headers": {"Authorization": f"Bearer {token[:-1]}"}}),
        ("POST", chat, {"json": body(), "headers": {"Authorization": f"Basic {token}"}}),
        ("POST", chat, {"content": f'{{"messages": "{ASKED}', "headers": good}),
        ("POST", chat, {"content": ASKED.encode("utf-16"), "headers": good}),
        ("POST", "/v1/embeddings", {"json": {"model": "secondlook", "input": [QUESTION], "dimensions": 10**6}, "headers": good}),
        ("POST", "/v1/rerank", {"json": {"query": QUESTION, "documents": [SAID], "top_n": -1}, "headers": good}),
        ("POST", "/api/ask", {"json": {"question": QUESTION}, "headers": good}),
        ("POST", "/api/search", {"json": {"question": QUESTION, "k": -1}, "headers": good}),
        ("GET", "/api/nothing", {"headers": good, "params": {"q": ASKED}}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "fault", [None, 500, 401, "close", "error in stream", "garbage", "10 MB error", "empty"]
)
def test_nothing_of_a_key_or_a_question_is_in_a_log_or_where_it_does_not_belong(
    service: Service, token: str, fake_llm: FakeLLMServer, fault: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fake_llm.reply = f"The {SAID} has 25 days [1]. The {THOUGHT} has none [2]."
    fake_llm.fault = fault
    with caplog.at_level(logging.DEBUG), client_of(service) as client:
        for method, path, more in ways(token):
            answer = client.request(method, path, **more)
            assert answer.status_code < 500 or fault is not None, f"{method} {path}: {answer.text}"
            headers = str(answer.headers)
            assert token[3:] not in answer.text + headers, path
            if answer.status_code >= 400:
                assert SAID not in answer.text
                assert ASKED not in answer.text, f"{path} repeats what was asked: {answer.text}"
            assert ASKED not in headers
    lines = [
        record.getMessage() + str(record.exc_text or "") for record in caplog.records if _is_ours(record)
    ]
    for canary in (token, token[3:20], ASKED, SAID, THOUGHT):
        assert [line for line in lines if canary in line] == []


def _is_ours(record: logging.LogRecord) -> bool:
    """Not the client's own lines, nor the test's."""
    return not record.name.startswith(("httpx", "httpcore", "asyncio"))


def test_nothing_of_a_key_is_kept_in_a_file(service: Service, token: str, client: TestClient) -> None:
    client.get("/v1/models", headers={"Authorization": f"Bearer {token}"})
    folder = Path(service.config.store)
    for file in (file for file in folder.rglob("*") if file.is_file()):
        assert token[3:-4].encode() not in file.read_bytes(), file
