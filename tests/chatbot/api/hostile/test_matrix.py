"""Who may do what over the interface: every path, every role, every scope of a key, bound to a notebook or not."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from starlette.testclient import TestClient

from chatbot.api.app import create_app
from chatbot.api.entrance import OPEN
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.notebooks import ALONE, FIRST, Action, ApiKeys, Library, Person, allow
from chatbot.notebooks.access import OF_SCOPE, ROLES, SCOPES
from fakes.api_client import client_of

KIM = Person("https://id.example#kim", "Kim", "kim@example.org")
LEE = Person("https://id.example#lee", "Lee", "lee@example.org")
LOOKED_FOR = ("not_found", "document_not_found", "nothing_indexed")  # in the notebook, into which one was let
QUESTION = [{"role": "user", "content": "How many days?"}]
TEXTS = {"query": "How many days?", "documents": ["25 days."]}
# every path and method -> what it takes: an action in the notebook Team, a scope alone, or a key of any kind
OPERATIONS: dict[str, tuple[Action | str, dict[str, Any]]] = {
    "POST /v1/chat/completions": (Action.ASK, {"json": {"model": "Team", "messages": QUESTION}}),
    "GET /v1/models": ("", {}),
    "GET /v1/models/{model}": (Action.SEE, {}),
    "POST /v1/embeddings": ("models", {"json": {"model": "any", "input": ["text"], "dimensions": 1}}),
    "POST /v1/rerank": ("models", {"json": TEXTS}),
    "POST /v2/rerank": ("models", {"json": TEXTS}),
    "POST /rerank": ("models", {"json": {"query": "q", "texts": ["a"]}}),
    "GET /api/notebooks": ("", {}),
    "POST /api/search": (Action.ASK, {"json": {"question": "How many days?", "notebook": "Team"}}),
    "POST /api/ask": (Action.ASK, {"json": {"question": "How many days?", "notebook": "Team"}}),
    "GET /api/receipts/{number}": (Action.INSPECT, {}),
    "GET /api/documents": (Action.INSPECT, {"params": {"notebook": "Team"}}),
    "GET /api/documents/jobs/{number}": ("", {}),
    "GET /api/documents/{document}": (Action.INSPECT, {"params": {"notebook": "Team"}}),
    "POST /api/documents": (Action.ADD, {"json": {"address": "http://127.0.0.1:9/none", "notebook": "Team"}}),
    "DELETE /api/documents/{document}": (Action.REMOVE, {"params": {"notebook": "Team"}}),
}


@pytest.fixture
def service(empty: Config, monkeypatch: pytest.MonkeyPatch) -> Service:
    """A notebook of Kim's in which nothing is yet; no model is asked."""
    library = Library(empty)
    library.meet(KIM)
    library.meet(LEE)
    library.make("Team", KIM)
    library.share(FIRST, "everybody", None, ALONE)
    found = Service(empty, is_open=False, library=library, keys=ApiKeys(library))

    def let_in(_: Service) -> Any:
        raise AssertionError("a model was asked for")  # is answered with 500: it was let in

    for model in ("embedding", "reranker"):
        monkeypatch.setattr(Service, model, property(let_in))
    return found


def test_every_path_says_what_it_takes(service: Service) -> None:
    paths = create_app(service).openapi()["paths"]
    served = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert served - {f"GET {path}" for path in OPEN} == OPERATIONS.keys()


def is_let_in(client: TestClient, operation: str, token: str) -> bool:
    method, path = operation.split()
    more = OPERATIONS[operation][1]
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.request(
        method, path.format(model="Team", number="2-1-0", document="a.txt"), headers=headers, **more
    )
    if answer.status_code == 404 and answer.json().get("code") in LOOKED_FOR:
        return True
    if answer.status_code in (401, 403, 404):
        assert "Team" not in answer.text or "role in Team" in answer.text or "'Team'" in answer.text
        return False
    return True


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("role", [None, *ROLES])
def test_a_path_opens_for_whom_both_the_role_and_the_key_allow_it(
    service: Service, role: Any, scope: Any
) -> None:
    library = service.library
    keys = ApiKeys(library)
    library.share(2, LEE.email, "owner", KIM)
    tokens = [keys.make("one", LEE, scopes=[scope], notebook=bound)[0] for bound in (None, 2)]
    library.share(2, LEE.email, role, KIM)
    with client_of(service) as client:
        for operation, token in product(OPERATIONS, tokens):
            needs = OPERATIONS[operation][0]
            if isinstance(needs, Action):
                may = needs in OF_SCOPE[scope] and allow(LEE, role, needs)
            else:
                may = needs in ("", scope)
            assert is_let_in(client, operation, token) == may, operation


def test_nobody_is_let_in_without_a_key_that_is_good(service: Service) -> None:
    keys = ApiKeys(service.library)
    token, key = keys.make("one", LEE)
    keys.revoke(key.id, LEE)
    with client_of(service) as client:
        for operation, bad in product(OPERATIONS, (token, "", "sl-" + "A" * 43)):
            assert not is_let_in(client, operation, bad), operation
