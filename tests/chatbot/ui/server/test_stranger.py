"""A thousand calls of somebody who has not signed in: nothing is read, nothing is written, nothing fails."""

from __future__ import annotations

import hashlib
import random
import socket
import string
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from chatbot.config import Config
from chatbot.conversations import Conversations
from fakes.page_server import XSRF, PageServer, running
from ingest.pipeline import run

CANARY = "Zebrafisch"
FOLDERS = (
    "_stcore",
    "_stcore/upload_file",
    "media",
    "component",
    "static",
    "app/static",
    "auth",
    "_stcore/agent",
    "..",
    "",
)
NAMES = (
    "health", "metrics", "stream", "host-config", "openapi.json", "interact", "mcp", "login", "logout", "oauth2callback",
    "documents", "models", "notebooks", "%2e%2e/secrets.toml", "..%2f..%2f.streamlit%2fsecrets.toml", "%00", "//evil.example/x",
    ".streamlit/secrets.toml", "store/index.sqlite3", "index.html", "script-health-check", "a" * 3000, "\\\\evil\\share",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get")
HOSTS = (
    "",
    "evil.example",
    "localhost",
    "[::1]",
    "127.0.0.1:1",
    "127.0.0.1.evil.example",
    "a@127.0.0.1",
    "*",
    "\xe9",
)
ORIGINS = (
    "",
    "http://evil.example",
    "null",
    "http://localhost:9",
    "https://share.streamlit.app",
    "http://127.0.0.1",
)
RAW = (
    b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n", b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
)  # fmt: skip


@dataclass
class Kept:
    """What there is to read, and what it was before."""

    server: PageServer
    folder: Path

    def digest(self) -> dict[str, str]:
        return {
            file.relative_to(self.folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(self.folder.rglob("*"))
            if file.is_file() and file.suffix not in (".lock",) and not file.name.endswith(("-shm", "-wal"))
        }


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    (tmp_path / f"{CANARY}.txt").write_text(f"The word of the house is {CANARY}.\n", "utf-8")
    report = run(Config(store=tmp_path / "store"), [tmp_path / f"{CANARY}.txt"])
    assert not report.refused
    Conversations.open(tmp_path / "store")
    with running(tmp_path, sign_in=True) as server:
        yield Kept(server, tmp_path)


def some(
    chance: random.Random, server: PageServer, session: str
) -> tuple[str, str, dict[str, str], bytes | None]:
    """A request that a stranger may think of."""
    path = f"/{chance.choice(FOLDERS)}/{chance.choice(NAMES)}"
    if chance.random() < 0.3:
        path = f"/_stcore/upload_file/{chance.choice((session, str(uuid.UUID(int=chance.getrandbits(128))), '..', ''))}/{chance.choice(NAMES)}"
    headers = {}
    if host := chance.choice(HOSTS):
        headers["Host"] = host
    if origin := chance.choice((*ORIGINS, server.base, server.base)):
        headers["Origin"] = origin
    if chance.random() < 0.5:
        headers["X-Xsrftoken"] = XSRF
    if chance.random() < 0.2:
        forged = "".join(chance.choices(string.ascii_letters, k=40))
        headers["Cookie"] = f"_streamlit_xsrf={XSRF}; _streamlit_user={forged}; _streamlit_user__1={forged}"
    body = chance.choice((None, b"", b"{}", b"x" * 5000, b"--x\r\n\r\n"))
    if body and chance.random() < 0.5:
        headers["Content-Type"] = chance.choice(
            ("multipart/form-data; boundary=x", "multipart/form-data", "application/json")
        )
    return chance.choice(METHODS), path, headers, body


def message(chance: random.Random, pages: list[str]) -> bytes:
    """What a stranger may send over the WebSocket: a run with widgets that were never drawn, or noise."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.randbytes(chance.randrange(200))
    sent = BackMsg()
    if kind == 1:
        sent.clear_cache = True
    elif kind == 2:
        sent.stop_script = True
    else:
        rerun = sent.rerun_script
        rerun.query_string = chance.choice(("", "c=1", "c=1 OR 1=1", "notebook=1", "%00", "c=" + "9" * 50))
        rerun.page_script_hash = chance.choice((*pages, "", "0" * 32))
        rerun.fragment_id = chance.choice(("", "", "0" * 32))
        for _ in range(chance.randrange(4)):
            widget = rerun.widget_states.widgets.add()
            widget.id = chance.choice(
                ("$$ID-1-question", "$$ID-2-add", "$$ID-3-clicks", "$$STREAMLIT_INTERNAL_KEY_x__events")
            )
            if chance.random() < 0.5:
                widget.trigger_value = True
            else:
                widget.chat_input_value.data = CANARY[:3]
    return sent.SerializeToString()


@pytest.mark.slow
def test_a_stranger_reads_nothing_writes_nothing_and_breaks_nothing(kept: Kept) -> None:
    chance, server = random.Random(15), kept.server
    before, calls = kept.digest(), 0
    seen: list[bytes] = []
    with server.visit() as stranger:
        stranger.draw()
        for _ in range(600):
            method, path, headers, body = some(chance, server, stranger.session_id)
            with suppress(ValueError, UnicodeError):  # what http.client itself refuses to send
                answer = server.ask(path, method, headers, body)
                assert answer.status < 500, (method, path, headers)
                seen.append(answer.body + repr(answer.headers).encode())
            calls += 1
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as opened:
            opened.sendall(chance.choice(RAW))
            opened.shutdown(socket.SHUT_WR)
            with suppress(ConnectionError):
                answered = opened.recv(10_000)
                assert b" 500 " not in answered.split(b"\r\n")[0]
                seen.append(answered)
        calls += 1
    pages: list[str] = []
    while calls < 1000:
        with (
            suppress(InvalidHandshake, ConnectionClosed),
            server.visit(
                origin=chance.choice((None, None, None, *ORIGINS)),
                resume=chance.choice(("", "", str(uuid.UUID(int=chance.getrandbits(128))))),
            ) as visit,
        ):
            seen.append(visit.draw().encode())
            pages = list(visit.parts.values()) or pages
            for _ in range(chance.randrange(6)):
                calls += 1
                visit.socket.send(message(chance, pages))
            seen.append(visit.draw().encode())
        calls += 1
    assert calls >= 1000
    assert not [found for found in seen if CANARY.encode() in found]
    assert kept.digest() == before
    assert server.ask("/_stcore/health").status == 200
    with server.visit("alice") as alice:  # and who has signed in sees the page as ever
        alice.draw()
        assert server.upload(alice.session_id, b"mine", "alice") == 204
    said = "".join(server.log)
    assert "Exception in ASGI application" not in said
