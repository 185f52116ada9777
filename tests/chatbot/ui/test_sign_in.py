"""Signing in: never asked for unless it is configured, and then nothing is shown without it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.retrieval.embeddings import store_identity
from chatbot.store.sqlite.store import SqliteStore
from paths import ROOT

joserfc = pytest.importorskip("joserfc", reason="the extra sign-in is not installed")

CHROMIUM = Path("/usr/bin/chromium")
SECRET = "s3cret-of-the-client"
PERSON = {"sub": "person-7", "email": "kim@example.org", "name": "Kim"}


def gate(language):  # type: ignore[no-untyped-def]  # only its source is used
    import streamlit as st

    from chatbot.rendering.words import Say
    from chatbot.ui import sign_in

    if sign_in.require_sign_in(Say(language)):
        st.text(f"the documents, for [{sign_in.owner()}]")


def shown(secrets: dict[str, Any], language: str = "en") -> AppTest:
    page = AppTest.from_function(gate, kwargs={"language": language})
    for name, value in secrets.items():
        page.secrets[name] = value
    page.run()
    assert not page.exception
    return page


def test_nobody_is_asked_where_signing_in_is_not_configured() -> None:
    assert shown({}).text[0].value == "the documents, for []"


def test_nothing_is_shown_before_signing_in() -> None:
    auth = {"redirect_uri": "http://127.0.0.1/oauth2callback", "cookie_secret": "c", "client_id": "i", "client_secret": "s",
            "server_metadata_url": "http://127.0.0.1/"}  # fmt: skip
    page = shown({"auth": auth})
    assert not page.text
    assert [button.label for button in page.button] == ["Sign in"]
    several = {
        **auth,
        "okta": {"client_id": "i", "client_secret": "s", "server_metadata_url": "http://127.0.0.1/"},
    }
    assert [button.label for button in shown({"auth": several}, "ko").button] == ["okta(으)로 로그인"]


def test_what_the_configuration_lacks_is_named_and_nothing_is_shown() -> None:
    page = shown({"auth": {"client_id": "i", "cookie_secret": "c"}})
    assert not page.text
    assert not page.button
    said = "\n".join(str(element.proto.body) for element in page.get("html"))
    assert "[auth] in secrets.toml lacks: redirect_uri, client_secret, server_metadata_url" in said


@dataclass
class Provider:
    """An OpenID Connect provider on loopback that lets everybody in as the same person."""

    origin: str = ""
    asked: list[str] = field(default_factory=list)
    nonces: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from joserfc.jwk import RSAKey

        self.key = RSAKey.generate_key(2048, {"kid": "k1"}, private=True)

    def answer(self, path: str, query: dict[str, str], form: dict[str, str]) -> dict[str, Any] | str:
        """A JSON object, or where to send the browser."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.origin, "authorization_endpoint": f"{self.origin}/authorize", "token_endpoint": f"{self.origin}/token",
                "jwks_uri": f"{self.origin}/jwks", "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            }  # fmt: skip
        if path == "/jwks":
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/authorize":
            code = f"code-{len(self.nonces)}"
            self.nonces[code] = query["nonce"]
            return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        assert path == "/token"
        return {
            "access_token": "a",
            "token_type": "Bearer",
            "expires_in": 600,
            "id_token": self._token(form["code"]),
        }

    def _token(self, code: str) -> str:
        from joserfc import jwt

        now = int(time.time())
        claims = {
            "iss": self.origin,
            "aud": "second-look",
            "iat": now,
            "exp": now + 600,
            "nonce": self.nonces[code],
            **PERSON,
        }
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)


@pytest.fixture
def provider() -> Iterator[Provider]:
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
            url = urlsplit(self.path)
            answer = found.answer(url.path, {k: v[0] for k, v in parse_qs(url.query).items()}, form)
            self.send_response(302 if isinstance(answer, str) else 200)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b"" if isinstance(answer, str) else json.dumps(answer).encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
    thread.join()


@pytest.mark.slow
@pytest.mark.browser
def test_a_person_signs_in_with_a_real_provider_and_out_again(
    browser: Browser, provider: Provider, tmp_path: Path
) -> None:
    SqliteStore.create(tmp_path / "store", store_identity(Config()), 384).close()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(
        f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "a long random text of the server"
client_id = "second-look"
client_secret = "{SECRET}"
server_metadata_url = "{provider.origin}/.well-known/openid-configuration"
"""
    )
    command = [
        sys.executable, "-m", "streamlit", "run", str(ROOT / "streamlit_app.py"), "--server.port", str(port), "--server.address=127.0.0.1",
        "--server.headless=true", "--browser.gatherUsageStats=false", "--", "--store", str(tmp_path / "store"),
    ]  # fmt: skip
    server = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    log: list[str] = []
    try:
        assert server.stdout is not None
        for line in server.stdout:
            log.append(line)
            if "URL:" in line:
                break
        drain = threading.Thread(target=lambda: log.extend(server.stdout or ()), daemon=True)
        drain.start()
        context = browser.new_context(locale="en-US")
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/documents")
        button = page.get_by_role("button", name="Sign in")
        button.wait_for()
        expect(page.get_by_text("Nothing leaves this machine")).to_have_count(0)
        expect(page.get_by_test_id("stFileUploaderDropzone")).to_have_count(0)
        button.click()
        page.get_by_text("Nothing leaves this machine").first.wait_for()
        assert SECRET not in page.content()
        assert {"/authorize", "/token", "/jwks"} <= set(provider.asked)
        page.reload()  # the cookie stays
        page.get_by_text("Nothing leaves this machine").first.wait_for()
        context.clear_cookies()
        page.reload()
        button.wait_for()
        context.close()
    finally:
        server.terminate()
        server.wait(20)
        assert server.stdout is not None
        server.stdout.close()
    said = "".join(log)
    assert "Traceback" not in said, said
    assert SECRET not in said
