"""``/mcp`` over real connections: keys, roles, sessions, and clients that go away."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from chatbot.api.app import create_app
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.mcp_server.http import add_to
from chatbot.notebooks import ALONE, ApiKeys, Library
from fakes.assistant import assistant_at, text_of
from fakes.llm_server import FakeLLMServer, Fault
from paths import ROOT

QUESTION = "How many days of annual leave do employees get?"
_ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
_INFO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
_HELLO = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": _INFO}


@contextmanager
def _served(service: Service) -> Iterator[str]:
    """The address of ``/mcp``, its server in a thread."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who comes before the server is ready waits
        app = create_app(service)
        add_to(app, service)
        server = uvicorn.Server(
            uvicorn.Config(app, ws="none", log_level="warning", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def keys(sample_config: Config, tmp_path: Path) -> ApiKeys:
    """Of a library that is empty of everything but keys; the documents are the samples'."""
    return ApiKeys(Library(sample_config.with_(store=tmp_path / "library")))


@pytest.fixture
def url(sample_chatbot: Chatbot, keys: ApiKeys, tmp_path: Path) -> Iterator[str]:
    config = sample_chatbot.config.with_(store=tmp_path / "library")
    library = Library(config)
    service = Service(config, is_open=True, library=library, keys=keys, chatbot_for=lambda _: sample_chatbot)
    with _served(service) as address:
        yield address


@dataclass(frozen=True)
class _Response:
    status: int
    headers: Message


def _post(url: str, message: Any, key: str = "", **headers: str) -> _Response:
    parts = urlsplit(url)
    with closing(HTTPConnection(parts.hostname or "", parts.port)) as connection:
        sent = {**_ACCEPT, **headers, **({"Authorization": f"Bearer {key}"} if key else {})}
        connection.request("POST", parts.path, json.dumps(message), sent)
        response = connection.getresponse()
        response.read()
        return _Response(response.status, response.headers)


def test_a_program_of_this_machine_asks_without_a_key_while_there_is_none_and_adds_nothing(url: str) -> None:
    with assistant_at(url) as assistant:
        assert "add_document" not in assistant.tools()
        found = assistant.call("search", query=QUESTION).structured_content
        refused = assistant.call("add_document", name="a.md", text="hello")
    assert found["candidates"]
    assert refused.is_error


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_once_there_is_a_key_one_is_needed(url: str, keys: ApiKeys, mode: Any) -> None:
    token, _ = keys.make("editor", ALONE, scopes=["ask"])
    response = _post(url, _HELLO)
    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert _post(url, _HELLO, "sl-wrong").status == 401
    with assistant_at(url, token, mode) as assistant:
        assert assistant.call("search", query=QUESTION).structured_content["candidates"]
        answered, told = assistant.call_with_progress("ask", question=QUESTION)
        assert answered.structured_content["citations"]
        assert told


def test_a_key_for_questions_adds_nothing_and_one_for_documents_adds_what_comes_in_the_message(
    url: str, keys: ApiKeys, tmp_path: Path
) -> None:
    asks, _ = keys.make("asks", ALONE, scopes=["ask"])
    adds, _ = keys.make("adds", ALONE, scopes=["documents"])
    (tmp_path / "a.md").write_text("hello", "utf-8")
    with assistant_at(url, asks) as assistant:
        assert "add_document" not in assistant.tools()
        refused = assistant.call("add_document", name="a.md", text="hello")
    with assistant_at(url, adds) as assistant:
        assert "add_document" in assistant.tools()
        by_path = assistant.call("add_document", path=str(tmp_path / "a.md"))
        asked = assistant.call("ask", question=QUESTION)
    assert refused.is_error
    assert by_path.is_error
    assert "files of this machine are not read" in text_of(by_path)
    assert asked.is_error


def test_a_revoked_key_opens_nothing_from_its_next_request_on_also_in_its_session(
    url: str, keys: ApiKeys
) -> None:
    token, key = keys.make("leaked", ALONE, scopes=["ask"])
    hello = _post(url, _HELLO, token)
    session = hello.headers["Mcp-Session-Id"]
    tools = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    assert _post(url, tools, token, **{"Mcp-Session-Id": session}).status == 200
    keys.revoke(key.id, ALONE)
    assert _post(url, tools, token, **{"Mcp-Session-Id": session}).status == 401


def test_a_session_is_known_only_to_the_key_that_opened_it(url: str, keys: ApiKeys) -> None:
    one, _ = keys.make("one", ALONE)
    other, _ = keys.make("other", ALONE)
    session = _post(url, _HELLO, one).headers["Mcp-Session-Id"]
    tools = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}
    assert _post(url, tools, other, **{"Mcp-Session-Id": session}).status == 404


def test_other_hosts_pages_and_large_bodies_are_refused_before_anything_is_read(url: str) -> None:
    assert _post(url, _HELLO, Host="evil.example").status == 421
    assert _post(url, _HELLO, Origin="https://evil.example").status == 403
    assert _post(url, _HELLO, **{"Content-Length": str(9 * 2**20)}).status == 413
    assert _post(url, ["no", "message"]).status == 400


@pytest.mark.parametrize(
    ("version", "fault"), [("2025-11-25", "endless"), ("2026-07-28", "endless"), ("2026-07-28", "hang")]
)
def test_a_client_that_goes_away_stops_the_language_model(
    sample_chatbot: Chatbot, fake_llm: FakeLLMServer, version: str, fault: Fault
) -> None:
    fake_llm.fault = fault
    config = sample_chatbot.config.with_(
        llm={"backend": "openai-like", "options": {"api_base": fake_llm.url}}
    )
    service = Service(config, is_open=True, chatbot_for=lambda _: sample_chatbot)
    with _served(service) as address, ExitStack() as connections:
        asked = {"name": "ask", "arguments": {"question": QUESTION}}
        headers = {"MCP-Protocol-Version": version}
        if version == "2025-11-25":
            hello = _post(address, _HELLO)
            headers["Mcp-Session-Id"] = hello.headers["Mcp-Session-Id"]
        else:
            capabilities = "io.modelcontextprotocol/clientCapabilities"
            asked["_meta"] = {"io.modelcontextprotocol/protocolVersion": version, capabilities: {}}
            headers.update({"Mcp-Method": "tools/call", "Mcp-Name": "ask"})
        parts = urlsplit(address)
        connection = HTTPConnection(parts.hostname or "", parts.port)
        connections.callback(connection.close)
        message = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": asked}
        connection.request("POST", parts.path, json.dumps(message), {**_ACCEPT, **headers})
        while not fake_llm.requests:
            assert not fake_llm.disconnected.wait(0.05)
        connection.close()
        assert fake_llm.disconnected.wait(30)


@pytest.mark.slow
def test_secondlook_serve_answers_assistants_in_a_process_of_its_own(
    sample_config: Config, tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "chatbot", "serve", "--port", str(port), "--store", str(sample_config.store)],
        cwd=tmp_path, stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    try:
        while not _answers(port):
            assert process.poll() is None
            time.sleep(0.1)
        with assistant_at(f"http://127.0.0.1:{port}/mcp") as assistant:
            assert assistant.call("ask", question=QUESTION).structured_content["citations"]
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
