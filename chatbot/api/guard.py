"""Stands before the interface: gives each request a number, and refuses what no program of ours asks.

Which host, which page, how much: in this order, before anything is read. A browser asks for other sites' pages too, so a
page of elsewhere is refused unless the owner named it (``api.origins``), and no cookie means anything here.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatbot.api.problems import OPENAI, Problem, body_of, request_id
from chatbot.config.addresses import Names, is_from_another_page
from chatbot.telemetry.seat import new_id, serving

logger = logging.getLogger(__name__)

MOST_OF_A_BODY = 8 * 2**20  # bytes: a long conversation, or 2,048 texts to embed
MOST_OF_AN_UPLOAD = 100 * 2**20  # bytes, as on the page
UPLOADS = "/api/documents"
_SLOWEST_S = 20.0  # between two pieces of a body
_WHOLE_S, _WHOLE_UPLOAD_S = 60.0, 900.0  # for all of them: 1 Mbit/s
TOO_LARGE = Problem(
    413, "too_large", f"a body has {MOST_OF_A_BODY:,} bytes at most, an upload {MOST_OF_AN_UPLOAD:,}; send less"
)  # fmt: skip
TOO_SLOW = Problem(408, "too_slow", "the body came too slowly; send it again, without waiting in between")
_ANOTHER_HOST = Problem(
    421, "another_host", "this program is not known under that name; start it with --host NAME"
)
_ANOTHER_PAGE = Problem(
    403, "another_page", "a web page of elsewhere may not ask here; name it in [api] origins"
)
_COMPRESSED = Problem(415, "encoding", "compressed bodies are not read; send it as it is")
_NO_LENGTH = Problem(400, "invalid_request", "Content-Length is no number; send the number of bytes")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST_TRACE = 200  # characters of a traceparent; it has 55
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)


class Guard:
    """ASGI middleware. ``names``: the hosts that are this program's; ``origins``: pages of elsewhere that may use it."""

    def __init__(self, app: ASGIApp, names: Names, origins: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._names = names
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        number = given if _NUMBER.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = number
        send = _with_headers(send, number)
        if refusal := self._refusal(scope, headers):
            await _refuse(scope, receive, send, refusal)
            return
        is_upload = scope["path"].startswith(UPLOADS)
        most, whole_s = (MOST_OF_AN_UPLOAD, _WHOLE_UPLOAD_S) if is_upload else (MOST_OF_A_BODY, _WHOLE_S)
        with serving(number, headers.get("traceparent", "")[:_LONGEST_TRACE]):
            await self._app(scope, _bounded(receive, most, whole_s), send)

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        own = (scope.get("server") or ("", 0))[0]
        host = headers.get("host", "")
        if len(headers.getlist("host")) != 1 or not self._names.accept(host, own):
            logger.warning("refused a request for another host")
            return _ANOTHER_HOST
        origins = headers.getlist("origin")
        is_named = len(origins) == 1 and origins[0] in self._origins
        is_own = len(origins) == 1 and self._names.accept_origin(origins[0], host)
        if (origins and not is_named and not is_own) or (not is_named and is_from_another_page(headers)):
            logger.warning("refused a request from another web page")
            return _ANOTHER_PAGE
        if headers.get("content-encoding", "identity").lower() != "identity":
            return _COMPRESSED
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            return _NO_LENGTH
        most = MOST_OF_AN_UPLOAD if scope["path"].startswith(UPLOADS) else MOST_OF_A_BODY
        return TOO_LARGE if len(length) > 12 or int(length) > most else None


def _bounded(
    receive: Receive, most: int, whole_s: float, now: Callable[[], float] = time.monotonic
) -> Receive:
    """``receive`` that counts, and waits so long for each piece of the body and for all of it.

    What comes after the body is waited for as it is.
    """
    left, is_whole, until = most, False, now() + whole_s

    async def received() -> Message:
        nonlocal left, is_whole
        if is_whole:
            return await receive()
        left_s = until - now()
        try:
            async with asyncio.timeout(min(_SLOWEST_S, left_s)):
                if left_s <= 0:
                    raise TimeoutError
                message = await receive()
        except TimeoutError:
            raise HTTPException(408) from None  # the kind that the framework passes on
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413)
        is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return received


def _with_headers(send: Send, number: str) -> Send:
    """``send`` that adds ours to every answer."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            there = {name.lower() for name, _ in given}
            ours = [(name, value) for name, value in _HEADERS if name not in there]
            message = {**message, "headers": [*given, *ours, (b"x-request-id", number.encode())]}
        await send(message)

    return sent


async def _refuse(scope: Scope, receive: Receive, send: Send, problem: Problem) -> None:
    path = str(scope["path"])
    kind = "application/json" if path.startswith(OPENAI) else "application/problem+json"
    body = body_of(problem, path, request_id(scope))
    await JSONResponse(body, problem.status, dict(problem.headers), kind)(scope, receive, send)
