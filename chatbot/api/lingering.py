"""Lingering close: what still comes of a body after a request was refused is taken and dropped, within bounds.

A server that closes a connection with unread bytes resets it, and the reset may overtake the answer (RFC 9112, 9.6). Of 50
refused uploads of 100 KB, 16 ended at nginx with 502; Caddy 2.6 hands on an answer that comes before the end of a small
body without its text (9 of 50). So the rest of a small body is taken first, and of a large one some after the answer.
"""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BEFORE = 2**20  # bytes that are waited for before the answer
MOST_AFTER = 4 * 2**20  # bytes that are taken after it, while the other side finds out that it need not go on
_SILENCE_S = 2.0  # between two pieces
_WHOLE_S = 10.0  # for all of them
_REFUSED = 400  # a status from here on


class Lingering:
    """ASGI middleware for uvicorn, before everything that answers without having read the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)  # nothing comes
            return
        body = _Body(receive, headers)
        await self._app(scope, body.receive, partial(body.send_lingering, send))


class _Body:
    def __init__(self, receive: Receive, headers: Headers) -> None:
        self._receive = receive
        length = headers.get("content-length", "")
        self._left = int(length) if length.isascii() and length.isdigit() and len(length) < 20 else None
        self._is_whole = False
        self._lingers = False
        # it is not sent before the first ``receive``, so there is nothing to take
        self._is_held_back = headers.get("expect", "").lower() == "100-continue"

    async def receive(self) -> Message:
        self._is_held_back = False
        message = await self._receive()
        if self._left is not None:
            self._left -= len(message.get("body", b""))
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def send_lingering(self, send: Send, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= _REFUSED:
            message = await self._refused(message)
        if message["type"] != "http.response.body" or message.get("more_body", False) or not self._lingers:
            await send(message)
            return
        # with its last part uvicorn closes the connection
        await send({**message, "more_body": True})
        await self._take(MOST_AFTER)
        await send({"type": "http.response.body", "body": b""})

    async def _refused(self, start: Message) -> Message:
        if self._is_held_back:
            return start
        if self._left is None or self._left <= MOST_BEFORE:
            await self._take(MOST_BEFORE)
        if self._is_whole:
            return start
        self._lingers = True
        headers = [(name, value) for name, value in start.get("headers", ()) if name.lower() != b"connection"]
        return {**start, "headers": [*headers, (b"connection", b"close")]}

    async def _take(self, most: int) -> None:
        try:
            async with asyncio.timeout(_WHOLE_S):
                while not self._is_whole and most > 0:
                    async with asyncio.timeout(_SILENCE_S):
                        most -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            pass
