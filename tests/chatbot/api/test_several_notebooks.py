"""One call to several notebooks: each is asked for by role and key, and every source leads to its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.notebooks import Action, ApiKeys, Library, Person
from fakes.api_client import client_of
from ingest.pipeline import run

KIM = Person("https://id.example#kim", "Kim", "kim@example.org")
LEE = Person("https://id.example#lee", "Lee", "lee@example.org")
HARBOUR, MILL = "The access code of the harbour is B4711.", "The access code of the windmill is D0815."
ASKED = "What is the access code of the harbour? What is the access code of the windmill?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    """Kim's notebooks ``C++`` and ``Minutes`` with a document each, ``Empty`` without one; Lee may ask ``C++``."""
    folder: Path = tmp_path_factory.mktemp("several")
    config = Config().with_(store=folder / "store", llm={"backend": "extractive"})
    library = Library(config)
    library.meet(KIM)
    library.meet(LEE)
    for name, text in (("C++", HARBOUR), ("Minutes", MILL)):
        notebook = library.make(name, KIM)
        place = folder / name / "codes"
        place.mkdir(parents=True)
        (place / "code.txt").write_text(f"{text}\n", "utf-8")
        run(notebook.enter(Action.ADD), [place])
    library.make("Empty", KIM)
    library.share(2, LEE.email, "viewer", KIM)
    return Service(config, is_open=False, library=library, keys=ApiKeys(library))


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    with client_of(service) as asked:
        yield asked


@pytest.fixture
def keys(service: Service) -> ApiKeys:
    return ApiKeys(service.library)


def header(keys: ApiKeys, person: Person = KIM, notebook: int | None = None) -> dict[str, str]:
    return {"Authorization": f"Bearer {keys.make('one', person, notebook=notebook)[0]}"}


def chat(client: TestClient, model: str, headers: dict[str, str], **more: Any) -> Any:
    body = {"model": model, "messages": [{"role": "user", "content": ASKED}], **more}
    return client.post("/v1/chat/completions", json=body, headers=headers)


@pytest.mark.parametrize(
    "model", ["C+++Minutes", "#2+#3:extractive", "minutes+C++:extractive", "C+++Empty+Minutes"]
)
def test_an_answer_cites_both_and_each_address_leads_to_the_notebook_that_holds_it(
    client: TestClient, keys: ApiKeys, model: str
) -> None:
    headers = header(keys)
    answer = chat(client, model, headers)
    assert answer.status_code == 200, answer.text
    message = answer.json()["choices"][0]["message"]
    assert "B4711" in message["content"]
    assert "D0815" in message["content"]
    places = set()
    for note in message["annotations"]:
        found = client.get(note["url_citation"]["url"], headers=headers).json()
        assert found["document"] == "codes/code.txt"
        places.add((note["file_citation"]["file_id"], note["url_citation"]["url"][-1]))
    assert places == {("C++/codes/code.txt", "2"), ("Minutes/codes/code.txt", "3")}


def test_search_and_ask_take_several_by_a_field(client: TestClient, keys: ApiKeys) -> None:
    headers = header(keys)
    for asked in ({"notebooks": ["C++", 3]}, {"notebook": "Minutes", "notebooks": ["#2", "Minutes"]}):
        body = {"question": ASKED, **asked}
        found = client.post("/api/search", json=body, headers=headers).json()
        assert {c["document"].split("/")[0] for c in found["candidates"]} == {"C++", "Minutes"}
        whole = client.post("/api/ask", json={**body, "stream": False}, headers=headers).json()
        assert "B4711" in whole["answer"]
        assert "D0815" in whole["answer"]


@pytest.mark.parametrize("bound", [True, False])
def test_whoever_may_not_ask_one_of_them_is_told_nothing_of_any(
    client: TestClient, keys: ApiKeys, bound: bool
) -> None:
    headers = header(keys, KIM, 2) if bound else header(keys, LEE)
    assert chat(client, "C++", headers).status_code == 200
    for model in ("C+++Minutes", "Minutes+C++", "#2+#3"):
        refused = chat(client, model, headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_found")
        assert "D0815" not in refused.text
    for asked in ({"notebook": "C++", "notebooks": ["Minutes"]}, {"notebooks": [2, 3]}):
        for path in ("/api/search", "/api/ask"):
            refused = client.post(path, json={"question": ASKED, **asked}, headers=headers)
            assert refused.status_code == 404, refused.text


@pytest.mark.parametrize("store", [True, False])
def test_a_key_for_one_notebook_reads_no_receipt_of_an_answer_from_several(
    client: TestClient, keys: ApiKeys, store: bool
) -> None:
    free, bound = header(keys), header(keys, KIM, 2)
    together = chat(client, "C+++Minutes", free, store=store).json()["secondlook"]["receipt"]["path"]
    alone = chat(client, "C++", free, store=store).json()["secondlook"]["receipt"]["path"]
    assert "D0815" in client.get(together, headers=free).text
    assert client.get(together, headers=bound).status_code == 404
    assert client.get(alone, headers=bound).status_code == 200


def test_what_comes_into_a_notebook_that_was_empty_is_found_with_the_others(
    client: TestClient, keys: ApiKeys, service: Service
) -> None:
    headers = header(keys)
    late = service.library.make("Late", KIM)
    asked = {"question": "What is the access code of the lighthouse?", "notebooks": ["C++", late.id]}
    before = client.post("/api/search", json=asked, headers=headers).json()["candidates"]
    assert {c["document"].split("/")[0] for c in before} == {"C++"}
    file = ("files", ("light.txt", b"The access code of the lighthouse is E2222.\n"))
    sent = client.post(
        "/api/documents", files=[file], data={"notebook": "Late"}, params={"wait": 60}, headers=headers
    )
    assert sent.status_code == 200, sent.text
    after = client.post("/api/search", json=asked, headers=headers).json()["candidates"]
    assert after[0]["document"] == "Late/uploads/light.txt"


def test_more_than_can_be_asked_at_once_are_refused(client: TestClient, keys: ApiKeys) -> None:
    headers = header(keys)
    assert chat(client, "+".join(["#2"] * 21), headers).status_code == 404
    many = client.post("/api/search", json={"question": ASKED, "notebooks": [2] * 21}, headers=headers)
    assert many.status_code == 422
