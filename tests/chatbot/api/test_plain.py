"""``/api/search``, ``/api/ask`` and ``/api/receipts``: what is found and answered, with all that is behind it."""

from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from chatbot.api.service import Service
from chatbot.conversations import Conversations
from fakes.llm_server import FakeLLMServer

ASKED = "How many days of annual leave are there?"
REPLY = "There are 25 days of leave [1]. They are taken by March [2]."


def told(client: TestClient, **asked: Any) -> list[tuple[str, Any]]:
    answer = client.post("/api/ask", json={"question": ASKED, **asked})
    assert answer.status_code == 200, answer.text
    parts = [part.split("\n") for part in answer.text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def test_a_search_tells_every_candidate_with_both_ranks_and_its_fate(client: TestClient) -> None:
    found = client.post("/api/search", json={"question": ASKED, "top_n": 2}).json()
    assert len(found["candidates"]) == 20
    assert [c["kept"] for c in found["candidates"]] == [True] * 2 + [False] * 18
    assert all(c["fused_rank"] and c["reranked_rank"] for c in found["candidates"])
    assert found["gate"]["verdict"] == "strong"


def test_an_answer_comes_as_events_in_their_order(client: TestClient, fake_llm: FakeLLMServer) -> None:
    fake_llm.reply = REPLY
    events = told(client)
    names = [name for name, _ in events]
    assert names[0] == "candidates"
    assert names[-3:] == ["citations", "checks", "done"]
    assert set(names[1:-3]) == {"text"}
    assert "".join(content["text"] for name, content in events if name == "text") == REPLY
    by_name = dict(events)
    assert by_name["citations"]["citations"] == [1, 2]
    assert by_name["checks"]["checks"]
    assert by_name["done"]["answer"] == REPLY


def test_the_whole_is_what_the_last_event_tells(client: TestClient, fake_llm: FakeLLMServer) -> None:
    fake_llm.reply = REPLY
    whole = client.post("/api/ask", json={"question": ASKED, "stream": False}).json()
    assert whole["answer"] == REPLY
    assert whole.keys() == dict(told(client))["done"].keys()


def test_what_breaks_off_ends_with_an_error(client: TestClient, fake_llm: FakeLLMServer) -> None:
    fake_llm.fault = "close"
    name, content = told(client)[-1]
    assert name == "error"
    assert content["code"] == "language_model"


def test_a_receipt_tells_how_an_answer_came_about(client: TestClient, fake_llm: FakeLLMServer) -> None:
    fake_llm.reply = REPLY
    path = client.post("/api/ask", json={"question": ASKED, "stream": False}).json()["receipt"]["path"]
    assert client.get(path).json()["received"] == REPLY
    page = client.get(path, params={"format": "html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Second Look" in page.text
    assert client.get("/api/receipts/none").status_code == 404
    assert client.get("/api/receipts/1-999999-0").status_code == 404


def test_an_answer_is_kept_where_that_is_asked_for(
    client: TestClient, service: Service, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = REPLY
    kept = Conversations.open(service.config.store)
    before = len(kept.list())
    client.post("/api/ask", json={"question": ASKED, "stream": False})
    assert len(kept.list()) == before
    path = client.post("/api/ask", json={"question": ASKED, "stream": False, "store": True}).json()[
        "receipt"
    ]["path"]
    assert len(kept.list()) == before + 1
    assert client.get(path).json()["received"] == REPLY


def test_names_that_are_not_there_and_fields_that_do_not_fit_are_said(client: TestClient) -> None:
    assert client.post("/api/search", json={"question": ASKED, "notebook": "no"}).status_code == 404
    assert client.post("/api/search", json={"question": ASKED, "filters": ["no"]}).status_code == 404
    refused = client.post("/api/ask", json={"question": ASKED, "oops": 1})
    assert (refused.status_code, refused.json()["param"]) == (422, "oops")
