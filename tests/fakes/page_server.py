"""A visitor of the page's real server that is no browser: a socket, and Streamlit's messages."""

from __future__ import annotations

import socket
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
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.sync.client import ClientConnection, connect

from scripts.served_page import SERVER, ServedPage

XSRF = generate_xsrf_token_string()
_PATIENCE_S = 60
_SILENCE_S = 3


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class PageServer:
    """A running server."""

    page: ServedPage
    prefix = ""  # of every path, where a web server in front has one

    @property
    def port(self) -> int:
        return self.page.port

    @property
    def base(self) -> str:
        return self.page.address

    def connection(self) -> socket.socket:
        """A connection to it, of one's own."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE_S)

    @property
    def log(self) -> list[str]:
        return self.page.log

    def cookies(self, person: str = "") -> dict[str, str]:
        """Those of a browser; with those of ``person`` who has signed in."""
        cookies = {"_streamlit_xsrf": XSRF}
        return cookies | self.page.cookies(person, self.base) if person else cookies

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
            "Host": urlsplit(self.base).netloc,
            "Cookie": _cookie_line(self.cookies(person)),
            **(headers or {}),
        }
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE_S)) as connection:
            connection.sock = self.connection()
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
        path = f"{self.prefix}/_stcore/upload_file/{session_id}/{uuid.uuid4()}"
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
            f"ws://{host or urlsplit(self.base).netloc}{self.prefix}/_stcore/stream", subprotocols=protocols, origin=given,
            additional_headers=headers, max_size=None, open_timeout=_PATIENCE_S,
            sock=self.connection(),
        ) as opened:  # fmt: skip
            yield PageVisit(opened)


@dataclass
class PageVisit:
    """One open page.

    Attributes:
        parts: path of each part of the page, and its number.
        widgets: the end of a widget's id, which is its key, and the id.
        fragments: the fragments of the last run that was seen.
        texts: all that was ever sent, but for style sheets.
    """

    socket: ClientConnection
    session_id: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    widgets: dict[str, str] = field(default_factory=dict)
    fragments: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def draw(
        self, part: str = "", query: str = "", states: Sequence[WidgetState] = (), fragment: str = ""
    ) -> str:
        """Have the page drawn, or another part of it than the first, or a fragment; the HTML and the words of its elements.

        ``states``: what the browser says of widgets, whether they are there or not.
        """
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.fragment_id = query, fragment
        run.widget_states.widgets.extend(states)
        if part:
            run.page_script_hash = self.parts[part]
        self.socket.send(message.SerializeToString())
        found: list[str] = []
        while True:
            received = ForwardMsg()
            try:
                data = self.socket.recv(timeout=_SILENCE_S if fragment else _PATIENCE_S)
            except TimeoutError:
                if fragment:  # there is none of that name any more, and nothing is said
                    return "\n".join(found)
                raise
            assert isinstance(data, bytes)
            received.ParseFromString(data)
            kind = received.WhichOneof("type")
            if kind == "new_session":
                self.session_id = received.new_session.initialize.session_id
                if not received.metadata.run.fragment_ids:
                    found.clear()  # the run before was ended by this one
            elif kind == "navigation":
                self.parts = {p.url_pathname: p.page_script_hash for p in received.navigation.app_pages}
            elif kind == "delta":
                self._note(received)
                found.append(str(received.delta))
            elif (
                kind == "script_finished" and received.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                return "\n".join(found)

    def _note(self, received: ForwardMsg) -> None:
        element = received.delta.new_element
        kind = element.WhichOneof("type")
        if received.delta.fragment_id and received.delta.fragment_id not in self.fragments:
            self.fragments.append(received.delta.fragment_id)
        if kind != "html" or not element.html.body.startswith("<style"):
            self.texts.append(str(received.delta))
        named = getattr(getattr(element, kind or "", None), "id", "")
        if named.startswith("$$ID-"):
            self.widgets[named.split("-", 2)[-1]] = named


@contextmanager
def running(
    folder: Path, *options: str, sign_in: bool = False, environment: dict[str, str] | None = None,
    command: Sequence[str] = SERVER, prefix: Sequence[str] = (), may_complain: bool = False,
) -> Iterator[PageServer]:  # fmt: skip
    """The server in ``folder`` with a store that is not there: it draws the page and loads no model.

    ``may_complain``: the framework may log what it makes of widgets that no browser has.
    """
    page = ServedPage(
        folder, ["--store", str(folder / "store")], options=options, command=command, sign_in=sign_in,
        environment=environment, prefix=prefix,
    )  # fmt: skip
    with page:
        yield PageServer(page)
    said = "".join(page.log)
    assert may_complain or "Traceback" not in said, said


def _cookie_line(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
