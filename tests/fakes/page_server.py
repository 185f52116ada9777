"""The page's real server as a process, and a visitor of it that is no browser: a socket, and Streamlit's messages."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    generate_xsrf_token_string,
)
from websockets.sync.client import ClientConnection, connect

from paths import ROOT

COOKIE_SECRET = "a long random text of the server, which signs the cookies"
XSRF = generate_xsrf_token_string()
_PATIENCE_S = 60


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class PageServer:
    """A running server."""

    port: int
    process: subprocess.Popen[str]
    log: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cookies(self, person: str = "") -> dict[str, str]:
        """Those of a browser; with those of ``person`` who has signed in."""
        cookies = {"_streamlit_xsrf": XSRF}
        if person:
            claims = {"origin": self.base, "is_logged_in": True, "iss": "https://id.example", "sub": person}
            signed = create_signed_value(COOKIE_SECRET, "_streamlit_user", json.dumps(claims))
            cookies["_streamlit_user"] = signed.decode("latin-1")
        return cookies

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        person: str = "",
    ) -> Answer:
        """One request as it stands, on a connection of its own."""
        sent = {
            "Host": f"127.0.0.1:{self.port}",
            "Cookie": _cookie_line(self.cookies(person)),
            **(headers or {}),
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)) as connection:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            if body is not None and "Content-Length" not in sent:
                sent["Content-Length"] = str(len(body))
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders()
            if body:
                with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                    connection.send(body)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def upload(
        self, session_id: str, content: bytes, person: str = "", headers: dict[str, str] | None = None
    ) -> int:
        """As the page's uploader sends a file; the status."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
        given = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "X-Xsrftoken": XSRF,
            **(headers or {}),
        }
        path = f"/_stcore/upload_file/{session_id}/{uuid.uuid4()}"
        return self.ask(
            path, "PUT", given, head.encode() + content + f"\r\n--{mark}--\r\n".encode(), person
        ).status

    @contextmanager
    def visit(
        self, person: str = "", origin: str | None = None, host: str = "", resume: str = ""
    ) -> Iterator[PageVisit]:
        """A WebSocket as a browser opens it. Raises what ``websockets`` raises where it is refused."""
        protocols: list[Any] = ["streamlit", XSRF, *([resume] if resume else [])]
        headers = {"Cookie": _cookie_line(self.cookies(person))}
        given: Any = self.base if origin is None else origin or None
        with connect(
            f"ws://{host or urlsplit(self.base).netloc}/_stcore/stream", subprotocols=protocols, origin=given,
            additional_headers=headers, max_size=None, open_timeout=_PATIENCE_S,
            sock=socket.create_connection(("127.0.0.1", self.port)),
        ) as opened:  # fmt: skip
            yield PageVisit(opened)


@dataclass
class PageVisit:
    """One open page."""

    socket: ClientConnection
    session_id: str = ""
    parts: dict[str, str] = field(default_factory=dict)

    def draw(self, part: str = "") -> str:
        """Have the page, or another part of it than the first, drawn; the HTML and the words of its elements."""
        message = BackMsg()
        message.rerun_script.query_string = ""
        if part:
            message.rerun_script.page_script_hash = self.parts[part]
        self.socket.send(message.SerializeToString())
        found: list[str] = []
        while True:
            received = ForwardMsg()
            data = self.socket.recv(timeout=_PATIENCE_S)
            assert isinstance(data, bytes)
            received.ParseFromString(data)
            kind = received.WhichOneof("type")
            if kind == "new_session":
                self.session_id = received.new_session.initialize.session_id
            elif kind == "navigation":
                self.parts = {p.url_pathname: p.page_script_hash for p in received.navigation.app_pages}
            elif kind == "delta":
                found.append(str(received.delta))
            elif kind == "script_finished":
                return "\n".join(found)


@contextmanager
def running(
    folder: Path, *options: str, sign_in: bool = False, environment: dict[str, str] | None = None,
    command: tuple[str, ...] = ("-m", "chatbot.ui.server"), port_option: str = "--port",
    prefix: Sequence[str] = (),
) -> Iterator[PageServer]:  # fmt: skip
    """The server in ``folder`` with a store that is not there: it draws the page and loads no model."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    if sign_in:
        (folder / ".streamlit").mkdir(exist_ok=True)
        (folder / ".streamlit" / "secrets.toml").write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\n'
            'client_id = "a"\nclient_secret = "b"\nserver_metadata_url = "http://127.0.0.1:9/none"\n',
            "utf-8",
        )
    process = subprocess.Popen(
        [*prefix, sys.executable, *command, f"{port_option}={port}", *options, "--", "--store", str(folder / "store")],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
    )  # fmt: skip
    server = PageServer(port, process)
    drain = threading.Thread(target=lambda: server.log.extend(process.stdout or ()), daemon=True)
    drain.start()
    try:
        _wait_for(server)
        yield server
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)
        drain.join(_PATIENCE_S)
        assert process.stdout is not None
        process.stdout.close()
    said = "".join(server.log)
    assert "Traceback" not in said, said


def _wait_for(server: PageServer) -> None:
    while server.process.poll() is None:
        with suppress(OSError):
            server.ask("/_stcore/health")
            return
    raise AssertionError("the server did not start:\n" + "".join(server.log))


def _cookie_line(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
