"""What a server offers, read from it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from chatbot.config import LLMConfig
from chatbot.errors import LLMError
from chatbot.llms.needs import NEEDS
from chatbot.llms.server_models import MOST, server_models


class Listing:
    """Answers every GET with ``status`` and ``body``; ``paths`` and ``headers`` are what was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        listing = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                listing.paths.append(self.path)
                listing.headers.append({k.lower(): v for k, v in self.headers.items()})
                self.send_response(listing.status)
                self.end_headers()
                self.wfile.write(listing.body)

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def listing() -> Iterator[Listing]:
    found = Listing()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def config(backend: str, listing: Listing) -> LLMConfig:
    url = listing.origin + ("/v1" if NEEDS[backend].url_option == "api_base" else "")
    return LLMConfig(backend=backend, options={NEEDS[backend].url_option: url})


@pytest.mark.parametrize(
    ("backend", "path", "content", "names"),
    [
        ("openai-like", "/v1/models", {"object": "list", "data": [{"id": "b"}, {"id": "a"}, {"id": "b"}]}, ("b", "a")),
        ("openai-like", "/v1/models", {"models": [{"name": "x.gguf", "model": "x"}]}, ("x.gguf",)),
        ("openai-like", "/v1/models", ["one", {"id": "two"}, 3, None], ("one", "two")),
        ("openai-like", "/v1/models", {"data": None}, ()),
        ("ollama", "/api/tags", {"models": [{"name": "gemma3:4b", "size": 1}, {"name": "qwen3:8b"}]}, ("gemma3:4b", "qwen3:8b")),
        ("anthropic", "/v1/models", {"data": [{"type": "model", "id": "claude-x"}]}, ("claude-x",)),
        ("google-genai", "/v1beta/models", {"models": [{"name": "models/gemini-x"}]}, ("gemini-x",)),
    ],
)  # fmt: skip
def test_the_names_in_the_servers_order(
    backend: str, path: str, content: Any, names: tuple[str, ...], listing: Listing
) -> None:
    listing.body = json.dumps(content).encode()
    assert server_models(config(backend, listing)) == names
    assert listing.paths == [path]


def test_each_server_sees_its_own_key_only(listing: Listing, monkeypatch: pytest.MonkeyPatch) -> None:
    listing.body = b'{"data": []}'
    monkeypatch.setenv("OPENAI_API_KEY", "openai-key-1234")
    server_models(config("openai-like", listing))
    assert "openai-key-1234" not in str(listing.headers)
    monkeypatch.setenv("OPENAI_LIKE_API_KEY", "own-key-1234")
    server_models(config("openai-like", listing))
    assert listing.headers[-1]["authorization"] == "Bearer own-key-1234"


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b'{"error": "no key"}', r"refused the key \(status 401\).*\(the server says: no key\)"),
        (404, b"404 page not found", r"the server says: 404 page not found"),
        (302, b"", r"is redirected to another address"),
        (200, b"<html>hello</html>", r"answered with something that is not a chat stream"),
    ],
)
def test_a_server_that_lists_nothing_says_why(
    status: int, body: bytes, sentence: str, listing: Listing
) -> None:
    listing.status, listing.body = status, body
    with pytest.raises(LLMError, match=sentence):
        server_models(config("openai-like", listing))


def test_names_are_cleaned_and_not_endless(listing: Listing) -> None:
    listing.body = json.dumps({"data": [{"id": f"m{n}\x1b[2J\u202e"} for n in range(5000)]}).encode()
    names = server_models(config("openai-like", listing))
    assert len(names) == MOST
    assert names[0] == "m0[2J"


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(LLMError, match=r"cannot reach http://127\.0\.0\.1:9/v1; is the server running\?"):
        server_models(LLMConfig(backend="openai-like", options={"api_base": "http://127.0.0.1:9/v1"}))
