"""The page's own files, made light: scripts and styles compressed once; room kept for the sidebar from the first paint,
and clicks from the first button.

Streamlit sends its 3 MB of scripts as they are, because it would compress them anew for every request; their names hold
a hash of what is in them, so one compressed copy lasts. Its page stands in the middle until the sidebar comes, which
pushes it aside.
"""

from __future__ import annotations

import gzip
import re
from functools import cache, lru_cache
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.ui.server.inline import inline_script

_ROOT = Path(str(streamlit.__file__)).parent / "static"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".mjs": "text/javascript"}
_LEVEL = 6  # of gzip: 3.1 MB become 0.9 MB; 9 takes twice as long for 1 % less
_FONT = re.compile(
    rb"<link\b[^>]*\bas=\"font\"[^>]*>"
)  # 170 kB before the first script, of a font that the page does not use
_KEPT = 256  # compressed files in memory; Streamlit has 230
_YEAR = "public, immutable, max-age=31536000"
# the padding is that of page.css; as wide as Streamlit's sidebar, where that pushes the page aside; a page without one gets the room back;
# until an element's script is there Streamlit keeps 40 px for it: the clicks need none, and the title of a phone four times as much
_ROOM = """<style>.stApp .stMainBlockContainer { padding-top: 3.2rem; }
.st-key-clicks > [data-testid="stSkeleton"] { display: none; }
@media (max-width: 768px) { .st-key-title [data-testid="stSkeleton"] { height: 10.5rem; } }
@media (min-width: 769px) {
  .stApp:not(:has([data-testid="stSidebar"])) div:has(> [data-testid="stMain"]) { animation: sl-room 5s step-end; }
}
@keyframes sl-room { from { margin-left: 300px; width: calc(100% - 300px); } }</style>"""


class Light:
    """Between the guard and Streamlit's application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        _, is_static, name = str(scope["path"]).rpartition("/static/")
        takes_it = is_static and "gzip" in Headers(scope=scope).get("accept-encoding", "")
        if takes_it and (found := _compressed(f"static/{name}")):
            await _response(*found)(scope, receive, send)
            return
        await self._app(scope, receive, send if is_static else _with_room(send))


def _response(content: bytes, kind: str) -> Response:
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": _YEAR}
    return Response(content, media_type=kind, headers=headers)


@lru_cache(maxsize=_KEPT)
def _compressed(name: str) -> tuple[bytes, str] | None:
    """A script or style of Streamlit's, and its type; ``None`` for what is none."""
    file = (_ROOT / name).resolve()
    kind = _KINDS.get(file.suffix)
    if kind is None or not file.is_relative_to(_ROOT.resolve()) or not file.is_file():
        return None
    return gzip.compress(file.read_bytes(), _LEVEL, mtime=0), kind


@cache
def _head() -> bytes:
    """What every page begins with: the room, its theme, and the script that keeps clicks until there is one that listens."""
    return f"{_ROOM}{inline_script('first_theme')}{inline_script('early_clicks')}</head>".encode()


def _with_room(send: Send) -> Send:
    """``send`` that puts ``_head`` into a page and asks for no font of the framework's; anything else passes as it comes."""
    start: Message | None = None
    parts: list[bytes] = []

    async def sent(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            headers = Headers(raw=message["headers"])
            is_page = headers.get("content-type", "").startswith("text/html")
            if is_page and message["status"] == 200 and "content-encoding" not in headers:
                start = message
                return
        if start is None:
            await send(message)
            return
        parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        page = _FONT.sub(b"", b"".join(parts)).replace(b"</head>", _head(), 1)
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-length"] = str(len(page))
        del headers["etag"]
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": page})

    return sent
