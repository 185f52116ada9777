"""Stands before Streamlit's application and lets through what the page itself asks for, and nothing else.

Which host, which page, which path, and for uploads and files who: in this order, before anything is read.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime

from chatbot.config.addresses import Names, is_from_another_page
from chatbot.rendering.words import Say, preferred
from chatbot.ui.server.downloads import Downloads
from chatbot.ui.server.headers import with_headers
from chatbot.ui.server.options import MOST_OF_A_MESSAGE_MB
from chatbot.ui.server.uploads import Uploads
from chatbot.ui.server.visitors import person_of_cookie, person_of_session, sessions_of
from chatbot.ui.server.visits import MOST_MESSAGES, Pace, Visits
from chatbot.ui.sign_in import is_configured

logger = logging.getLogger(__name__)

_STREAM = "_stcore/stream"
_UPLOADS = "_stcore/upload_file/"
_FILES = "media/"
_READ = {"GET", "HEAD"}
# what Streamlit serves besides the page's own files, and what of it our page asks for; the rest is not there:
# its figures of memory and sessions, its interface for programs, components that we have none of
_PATHS: dict[str, set[str]] = {
    "_stcore/health": _READ,
    "_stcore/host-config": _READ,
    "_stcore/bidi-components/": _READ,
    _UPLOADS: {"PUT", "DELETE"},
    _FILES: _READ,
}
_CLOSED = ("_stcore/", "component/", "app/static/")
_PAGES = ("", "chat", "documents", "models")  # at which a browser begins
# the others are for who develops with Streamlit: one empties the caches of everybody, one reads the server's repository,
# one writes files beside the program. ``deferred_file``: a file that is made when it is downloaded
_SENT_BY_A_PAGE = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "deferred_file"}
_NOISE, _REFUSED, _LATER = 1003, 1008, 1013  # codes of a WebSocket's end


class Guard:
    """ASGI middleware. ``server.allowedHosts`` of Streamlit's configuration names the hosts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._uploads = Uploads()
        self._visits = Visits()
        self._downloads = Downloads()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        host = asked.headers.get("host", "")
        reason = _refusal(asked, host)
        if scope["type"] == "websocket":
            if reason:
                await send({"type": "websocket.close", "code": _REFUSED})
            else:
                await self._visit(asked, _as_asked(scope, host), receive, send)
            return
        path = _path(asked)
        send = _sender(send, "" if reason else host, path.startswith(_FILES))
        if reason:
            await _refuse(reason, asked)(scope, receive, send)
        elif path.startswith(_UPLOADS):
            await self._upload(asked, path, scope, receive, send)
        elif path.startswith(_FILES) and not self._may_read(asked, path.removeprefix(_FILES)):
            await _refuse(("refused_path", 404), asked)(scope, receive, send)
        elif path.strip("/") in _PAGES and not self._has_room(asked):
            await _refuse(("refused_crowd", 503), asked)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _may_read(self, asked: HTTPConnection, file: str) -> bool:
        """Whether a file that the page offers is offered to who asks."""
        if not is_configured():
            return True
        person = person_of_cookie(asked.cookies)
        if person is None or not Runtime.exists():
            return False
        wanted = file.partition(".")[0]
        offered = Runtime.instance().media_file_mgr._files_by_session_and_coord
        shown = (set(dict(offered.get(session, {})).values()) for session in sessions_of(person))
        return self._downloads.may_read(wanted, person) or any(wanted in files for files in shown)

    def _has_room(self, asked: HTTPConnection) -> bool:
        return self._visits.has_room(person_of_cookie(asked.cookies), _address(asked))

    async def _visit(self, asked: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        """A page that is open, while it is."""
        person, must_sign_in = person_of_cookie(asked.cookies), is_configured()
        if not self._visits.has_room(person, _address(asked)):
            logger.warning(
                "refused a page: too many are open of %s", "this person" if person else "strangers"
            )
            await send({"type": "websocket.close", "code": _LATER})
            return
        pace = Pace(MOST_MESSAGES) if person is None and must_sign_in else None
        to_be_made = 0  # files that are being made for this page

        def passes(kind: str, data: bytes) -> bool:
            nonlocal to_be_made
            if kind != "deferred_file" or not must_sign_in:
                return kind in _SENT_BY_A_PAGE
            may = self._downloads.may_have_made(data, person)
            to_be_made += may
            return may

        async def sent(message: Message) -> None:
            nonlocal to_be_made
            data = message.get("bytes")
            if to_be_made and data and person is not None:
                to_be_made -= self._downloads.note(data, person)
            await send(message)

        with self._visits.one_more(person, _address(asked), must_sign_in=must_sign_in):
            await self._app(scope, _messages(receive, sent, pace, passes), sent)

    async def _upload(
        self, asked: HTTPConnection, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        session_id = path.removeprefix(_UPLOADS).partition("/")[0]
        length = asked.headers.get("content-length", "")
        if not _may_change(asked, session_id):
            await _refuse(("refused_person", 403), asked)(scope, receive, send)
        elif scope["method"] == "DELETE":
            await self._app(scope, receive, send)
        elif not (length.isascii() and length.isdigit()):
            await _refuse(("refused_length", 411), asked)(scope, receive, send)
        else:
            person = person_of_cookie(asked.cookies)
            sessions = sessions_of(person) if person else ()
            with self._uploads.room_for(int(length), session_id, sessions) as has_room:
                app = self._app if has_room else _refuse(("refused_amount", 413), asked)
                with suppress(
                    ClientDisconnect
                ):  # before the end of the file: no fault of ours, and nothing is kept
                    await app(scope, receive, send)


def _refusal(asked: HTTPConnection, host: str) -> tuple[str, int] | None:
    """Why the request goes no further: a key of the words, and the status."""
    names = _names(tuple(config.get_option("server.allowedHosts")))
    origin = asked.headers.get("origin")
    own = (asked.scope.get("server") or ("", 0))[0]
    if len(asked.headers.getlist("host")) != 1 or not names.accept(host, own):
        logger.warning("refused a request for another host than this page's")
        return "refused_host", 421
    if len(asked.headers.getlist("origin")) > 1 or (origin and not names.accept_origin(origin, host)):
        logger.warning("refused a request from another web page")
        return "refused_page", 403
    if is_from_another_page(asked.headers):
        return "refused_page", 403
    path = _path(asked)
    if asked.scope["type"] == "websocket":
        return None if path == _STREAM else ("refused_path", 404)
    taken = next((kinds for start, kinds in _PATHS.items() if _is_at(path, start)), None)
    if taken is None and path.startswith(_CLOSED):
        return "refused_path", 404
    return None if asked.scope["method"] in (taken or _READ) else ("refused_method", 405)


@lru_cache(maxsize=8)
def _names(configured: tuple[str, ...]) -> Names:
    return Names.of(configured)


def _path(asked: HTTPConnection) -> str:
    """The path within the page, without the slash before it."""
    base = str(config.get_option("server.baseUrlPath") or "").strip("/")
    path = str(asked.scope["path"]).removeprefix("/")
    return path.removeprefix(f"{base}/") if base else path


def _address(asked: HTTPConnection) -> str:
    """Where the request comes from; behind a web server on this machine, what that says (``X-Forwarded-For``)."""
    return asked.client.host if asked.client else ""


def _is_at(path: str, start: str) -> bool:
    return path.startswith(start) if start.endswith("/") else path == start


def _may_change(asked: HTTPConnection, session_id: str) -> bool:
    """Whether who asks may send files to that session, or take them back."""
    if not Runtime.exists() or not Runtime.instance().is_active_session(session_id):
        return False
    if not is_configured():
        return True
    person = person_of_cookie(asked.cookies)
    return person is not None and person == person_of_session(session_id)


def _as_asked(scope: Scope, host: str) -> Scope:
    """``scope`` with the host of the page that opens the WebSocket.

    Streamlit compares the two, and looks this machine's addresses up on the internet where they differ. Here they do
    where a web server in front changed the host, and both have been checked.
    """
    origin = HTTPConnection(scope).headers.get("origin", "")
    origin_host = origin.partition("://")[2]
    if not origin_host or origin_host == host:
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {**scope, "headers": [*headers, (b"host", origin_host.encode("latin-1"))]}


def _messages(
    receive: Receive, send: Send, pace: Pace | None, passes: Callable[[str, bytes], bool]
) -> Receive:
    """``receive`` that ends a WebSocket on which comes what no page sends: Streamlit would log a fault for each.

    And one on which more comes than ``pace`` allows: each message may be a run of the page.
    """

    async def received() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            data = message.get("bytes")
            kind = _kind(data)
            code = _NOISE if kind is None else 0
            code = code or (_REFUSED if pace is not None and not pace.allows_one_more() else 0)
            if code:
                await send({"type": "websocket.close", "code": code})
                return {"type": "websocket.disconnect", "code": code}
            if kind is not None and data is not None and passes(kind, data):
                return message
            logger.warning("took no notice of a message that no page of ours sends: %s", kind)

    return received


def _kind(data: bytes | None) -> str | None:
    """What a message of the page's asks for; ``None`` for what is no message."""
    if data is None or len(data) > MOST_OF_A_MESSAGE_MB * 2**20:
        return None
    try:
        asked = BackMsg.FromString(data)
    except DecodeError:
        return None
    kind: str | None = asked.WhichOneof("type")
    if kind == "backend_operation_request":
        kind = asked.backend_operation_request.WhichOneof("payload") or kind
    return kind


def _sender(send: Send, host: str, is_file: bool) -> Send:
    async def with_ours(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": with_headers(list(message.get("headers", ())), host, is_file)}
        await send(message)

    return with_ours


def _refuse(reason: tuple[str, int], asked: HTTPConnection) -> PlainTextResponse:
    key, status = reason
    say = Say(preferred(_language(asked.headers)))
    return PlainTextResponse(say(key) + "\n", status)


def _language(headers: Mapping[str, Any]) -> str:
    return str(headers.get("accept-language", "")).partition(",")[0].strip()
