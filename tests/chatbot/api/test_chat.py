"""``/v1/chat/completions``: a question with its conversation in, an answer with its sources out."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

import pytest
from starlette.testclient import TestClient

from chatbot.api.service import Service
from fakes.api_client import events_of, server_of
from fakes.llm_server import FakeLLMServer

ASKED = "How many days of annual leave are there?"
REPLY = "There are 25 days of leave [1]. They are taken by March [2]."
_PATIENCE_S = 60.0


def body(question: str = ASKED, *earlier: tuple[str, str], **more: Any) -> dict[str, Any]:
    messages = [
        message
        for asked, answer in earlier
        for message in ({"role": "user", "content": asked}, {"role": "assistant", "content": answer})
    ]
    return {"model": "secondlook", "messages": [*messages, {"role": "user", "content": question}], **more}


def _until(found: Any) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not found():
        assert time.monotonic() < until
        threading.Event().wait(0.01)


def streamed(client: TestClient, asked: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.post("/v1/chat/completions", json={**asked, "stream": True})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("data: [DONE]\n\n")
    return list(events_of(answer.text.splitlines()))


def test_an_answer_has_its_sources_as_annotations_at_their_places(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = REPLY
    answer = client.post("/v1/chat/completions", json=body()).json()
    message = answer["choices"][0]["message"]
    assert message["content"] == REPLY
    assert answer["choices"][0]["finish_reason"] == "stop"
    for note in message["annotations"]:
        assert note["type"] == "url_citation"  # litellm refuses an answer with any other kind
        told = note["file_citation"]
        at = client.get(note["url_citation"]["url"])
        assert (at.status_code, at.json()["document"]) == (200, told["file_id"])
        assert REPLY[told["start_index"] : told["end_index"]] == f"[{told['index']}]"
        assert told["filename"] == told["file_id"].rpartition("/")[2]
        page = f", p. {told['page']}" if told["page"] else ""
        assert note["url_citation"]["title"] == f"{told['file_id']}{page}"
    assert any(note["file_citation"]["page"] for note in message["annotations"])
    assert [note["file_citation"]["index"] for note in message["annotations"]] == [1, 2]
    assert answer["usage"]["total_tokens"] > 0


def test_everything_behind_an_answer_stands_under_one_key(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = REPLY
    own = client.post("/v1/chat/completions", json=body()).json()["secondlook"]
    assert [source["number"] for source in own["sources"]] == [1, 2, 3]
    assert all(source["fused_rank"] and source["reranked_rank"] for source in own["sources"])
    assert len(own["candidates"]) == 20
    assert sum(candidate["kept"] for candidate in own["candidates"]) == 3
    assert 0 <= own["gate"]["probability"] <= 1
    assert own["checks"]
    assert own["checks"][0]["verdict"]
    assert own["receipt"]["path"] == f"/api/receipts/{own['receipt']['id']}"
    assert own["ignored"] == []


def test_a_stream_says_the_same_as_the_whole(client: TestClient, fake_llm: FakeLLMServer) -> None:
    fake_llm.reply = REPLY
    chunks = streamed(client, body(stream_options={"include_usage": True}))
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert deltas[0]["role"] == "assistant"
    assert "".join(delta.get("content", "") for delta in deltas) == REPLY
    assert len(deltas) > 5
    notes = [delta["annotations"] for delta in deltas if "annotations" in delta]
    assert [len(found) for found in notes] == [2]
    assert [c["finish_reason"] for chunk in chunks for c in chunk["choices"]][-1] == "stop"
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_tokens"] > 0
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert next(chunk for chunk in chunks if "secondlook" in chunk)["secondlook"]["sources"]


def test_a_stream_has_no_usage_unless_it_is_asked_for(client: TestClient) -> None:
    assert all("usage" not in chunk for chunk in streamed(client, body()))


def test_a_follow_up_is_understood_by_what_was_asked_before(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.replies = ["How many days of annual leave are there in Korea?", REPLY]
    answer = client.post("/v1/chat/completions", json=body("And in Korea?", (ASKED, REPLY))).json()
    assert answer["secondlook"]["query"] == "How many days of annual leave are there in Korea?"
    sent = [message["content"] for message in fake_llm.requests[-1]["body"]["messages"]]
    assert any(ASKED in text for text in sent)


def test_talk_is_nothing_to_lean_on(client: TestClient, fake_llm: FakeLLMServer) -> None:
    hello = client.post("/v1/chat/completions", json=body("Hello!")).json()
    said = hello["choices"][0]["message"]["content"]
    assert hello["secondlook"]["request"]["kind"] == "talk"
    answer = client.post("/v1/chat/completions", json=body("And annual leave?", ("Hello!", said))).json()
    assert answer["secondlook"]["query"] == "And annual leave?"


def test_a_follow_up_of_a_refusal_means_what_was_refused(client: TestClient, fake_llm: FakeLLMServer) -> None:
    absent = "Who won the chess olympiad of 1972?"
    refused = client.post("/v1/chat/completions", json=body(absent)).json()
    said = refused["choices"][0]["message"]["content"]
    fake_llm.reply = "Not a question."  # the model's rewriting is of no use
    answer = client.post("/v1/chat/completions", json=body("And by how much?", (absent, said))).json()
    assert answer["secondlook"]["query"] == f"{absent} And by how much?"


def test_what_the_documents_do_not_hold_is_refused_without_asking_a_model(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    answer = client.post("/v1/chat/completions", json=body("Who won the chess olympiad of 1972?")).json()
    assert answer["secondlook"]["refused"]
    assert answer["choices"][0]["message"]["annotations"] == []
    assert "do not answer" in answer["choices"][0]["message"]["content"]
    assert answer["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert fake_llm.requests == []


def test_parameters_do_what_they_say_or_are_named_as_ignored(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = "one two three four five six [1]."
    odd = {"temperature": 0.7, "seed": 3, "tools": [{"type": "function"}], "logit_bias": {}, "user": "kim"}
    messages = [{"role": "system", "content": "Be brief."}, *body()["messages"]]
    answer = client.post("/v1/chat/completions", json=body(**odd) | {"messages": messages}).json()
    assert answer["secondlook"]["ignored"] == [
        "seed", "temperature", "tools", "user", "messages with the role system",
    ]  # fmt: skip
    cut = client.post("/v1/chat/completions", json=body(max_tokens=3)).json()
    assert cut["choices"][0]["finish_reason"] == "length"
    assert len(cut["choices"][0]["message"]["content"]) < len(fake_llm.reply)
    ended = client.post("/v1/chat/completions", json=body(stop=["four"])).json()
    assert ended["choices"][0]["message"]["content"] == "one two three "
    text = "".join(
        c["delta"].get("content", "") for e in streamed(client, body(stop="ree f")) for c in e["choices"]
    )
    assert text == "one two th"


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"n": 2}, "n"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "messages"),
        ({"messages": [{"role": "user", "content": "a\ud800"}]}, "messages"),
        ({"stop": [""]}, "stop"),
        ({"secondlook": {"k": 0}}, "secondlook.k"),
        ({"secondlook": {"oops": 1}}, "secondlook.oops"),
    ],
)  # fmt: skip
def test_what_would_be_answered_wrongly_is_refused_and_says_what_to_do(
    client: TestClient, wrong: dict[str, Any], param: str
) -> None:
    content = json.dumps(body() | wrong)
    answer = client.post(
        "/v1/chat/completions", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param


def test_an_unknown_notebook_or_document_is_said_so_before_a_stream_begins(client: TestClient) -> None:
    unknown = client.post("/v1/chat/completions", json=body(stream=True) | {"model": "nobody"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "model_not_found")
    asked = body(stream=True, secondlook={"filters": ["nowhere"]})
    missing = client.post("/v1/chat/completions", json=asked)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "document_not_found")


def test_a_model_that_fails_before_its_first_word_has_a_status(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.fault = 500
    for stream in (False, True):
        answer = client.post("/v1/chat/completions", json=body(stream=stream))
        assert answer.status_code == 502
        assert answer.json()["error"]["code"] == "language_model"


def test_a_model_that_fails_in_the_middle_ends_the_stream_with_the_reason(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.fault = "close"
    events = streamed(client, body())
    assert events[0]["choices"][0]["delta"]["role"] == "assistant"
    assert events[-1]["error"]["code"] == "language_model"


def test_who_writes_can_be_chosen_by_the_name_of_the_model(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    answer = client.post("/v1/chat/completions", json=body() | {"model": "main:extractive"}).json()
    assert answer["secondlook"]["llm"] == "extractive"
    assert answer["model"] == "main:extractive"
    assert fake_llm.requests == []


@pytest.mark.parametrize("fault", ["endless", "hang after headers", "hang"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_away_stops_its_language_model(
    service: Service, fake_llm: FakeLLMServer, fault: Any, stream: bool
) -> None:
    fake_llm.fault = fault
    content = json.dumps(body(stream=stream)).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    with server_of(service) as address:
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as connection:
            connection.sendall(head.encode() + content)
            _until(lambda: fake_llm.requests)
        _until(fake_llm.disconnected.is_set)
        _until(lambda: service._answers.busy == 0)
