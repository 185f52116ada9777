"""``/api/documents``: what is in a notebook, added once, read in the sandbox, removed for good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from chatbot.api.answers.jobs import MOST_BYTES, Jobs
from chatbot.api.problems import Problem
from chatbot.api.service import Service
from chatbot.config import Config
from fakes.api_client import client_of

FILE = ("files", ("colour.txt", b"The test card is green. It was painted in 1997.\n"))


@pytest.fixture
def client(empty: Config) -> Iterator[TestClient]:
    with client_of(Service(empty, is_open=True)) as asked:
        yield asked


def test_a_file_is_added_listed_asked_and_removed(client: TestClient) -> None:
    assert client.get("/api/documents").json() == {"data": [], "next": None}
    added = client.post("/api/documents", files=[FILE], params={"wait": 60})
    assert added.status_code == 200, added.text
    assert [row["path"] for row in added.json()["report"]["indexed"]] == ["uploads/colour.txt"]
    assert client.get(f"/api/documents/jobs/{added.json()['id']}").json()["status"] == "done"
    row = client.get("/api/documents").json()["data"][0]
    assert (row["document"], row["status"], row["chunks"]) == ("uploads/colour.txt", "indexed", 1)
    found = client.post("/api/search", json={"question": "What colour is the test card?"}).json()
    assert found["candidates"][0]["document"] == "uploads/colour.txt"
    assert client.get("/api/documents/uploads/colour.txt").json()["name"] == "colour.txt"
    gone = client.delete("/api/documents/uploads/colour.txt", params={"wait": 60})
    assert [row["path"] for row in gone.json()["report"]["removed"]] == ["uploads/colour.txt"]
    assert client.get("/api/documents/uploads/colour.txt").status_code == 404
    assert client.delete("/api/documents/uploads/colour.txt").status_code == 404


def test_the_same_key_adds_once_and_another_request_with_it_is_refused(client: TestClient) -> None:
    headers = {"Idempotency-Key": "one"}
    first = client.post("/api/documents", files=[FILE], headers=headers, params={"wait": 60})
    again = client.post("/api/documents", files=[FILE], headers=headers, params={"wait": 60})
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["idempotent-replayed"] == "true"
    other = ("files", ("colour.txt", b"The test card is red.\n"))
    assert client.post("/api/documents", files=[other], headers=headers).status_code == 422


def test_the_list_comes_page_by_page(client: TestClient) -> None:
    files = [("files", (f"{name}.txt", f"About {name}, which is a letter.".encode())) for name in "abc"]
    assert client.post("/api/documents", files=files, params={"wait": 60}).status_code == 200
    first = client.get("/api/documents", params={"limit": 2}).json()
    assert [row["name"] for row in first["data"]] == ["a.txt", "b.txt"]
    rest = client.get("/api/documents", params={"limit": 2, "after": first["next"]}).json()
    assert ([row["name"] for row in rest["data"]], rest["next"]) == (["c.txt"], None)


def test_an_address_inside_this_network_is_refused_with_the_reason(client: TestClient) -> None:
    asked = {"address": "http://127.0.0.1:9/secret"}
    added = client.post("/api/documents", json=asked, params={"wait": 60}).json()
    assert [row["path"] for row in added["report"]["refused"]]
    assert added["report"]["refused"][0]["reason"]


@pytest.mark.parametrize("sent", [{"json": {}}, {"json": {"address": "file:///etc/passwd"}}, {"content": b"\xff"}, {"data": {"notebook": "main"}},
                                  {"files": [FILE, FILE]}])  # fmt: skip
def test_what_is_no_file_and_no_address_is_refused(client: TestClient, sent: dict) -> None:
    assert client.post("/api/documents", **sent).status_code == 422


def test_a_notebook_that_is_not_there_takes_nothing(client: TestClient) -> None:
    assert client.post("/api/documents", files=[FILE], data={"notebook": "no"}).status_code == 404
    assert client.get("/api/documents", params={"notebook": "no"}).status_code == 404


def test_bytes_that_come_in_count_before_they_are_there() -> None:
    jobs = Jobs()
    with jobs.arriving(MOST_BYTES - 10):
        with pytest.raises(Problem, match="send it again"), jobs.arriving(11):
            pass
        with jobs.arriving(10):
            pass
    with jobs.arriving(MOST_BYTES):
        pass
