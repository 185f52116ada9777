"""The HTML that Streamlit's scripts draw into, with ours in it: the style sheets, the theme, and what keeps early clicks.

Styles stand here and not in an element of the page, which is drawn frames after the first ones are: those stood in the
framework's places until then. They stand at the end, behind the styles that the framework writes into the head: of two
rules alike the later one wins.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.ui.server.inline import inline_script

_STYLES = Path(__file__).parents[1] / "assets" / "styles"
# 170 kB before the first script, of a font that the page does not use
_FONT = re.compile(rb"<link\b[^>]*\bas=\"font\"[^>]*>")


def style_sheets() -> list[Path]:
    """The variables first, then what every part shares, then the parts: a later sheet wins over an earlier one."""
    names = (
        "tokens", "page", "sidebar", "conversation", "sources", "panel", "inspector", "documents", "models",
        "asking", "notebooks", "composer", "reach", "arriving",
    )  # fmt: skip
    return [_STYLES / f"{name}.css" for name in names]


class Shell:
    """ASGI middleware: puts ours into every page; anything else passes as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        takes_gzip = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        await self._app(scope, receive, _with_ours(send, takes_gzip))


def _with_ours(send: Send, takes_gzip: bool) -> Send:
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
        plain, compressed = _page(b"".join(parts))
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-length"] = str(len(compressed if takes_gzip else plain))
        headers.add_vary_header("Accept-Encoding")
        if takes_gzip:
            headers["content-encoding"] = "gzip"
        del headers["etag"]
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": compressed if takes_gzip else plain})

    return sent


@lru_cache(maxsize=4)  # the framework has one, and one for a path that it does not know
def _page(framework: bytes) -> tuple[bytes, bytes]:
    """The page with ours in it, as it is and compressed."""
    page = _FONT.sub(b"", framework)
    page = page.replace(b"</head>", _head() + b"</head>", 1).replace(b"</body>", _styles() + b"</body>", 1)
    return page, gzip.compress(page, mtime=0)


def _head() -> bytes:
    return f"{inline_script('first_theme')}{inline_script('early_clicks')}".encode()


def _styles() -> bytes:
    return f"<style>{''.join(sheet.read_text('utf-8') for sheet in style_sheets())}</style>".encode()
