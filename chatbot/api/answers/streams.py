"""Answers that come bit by bit: made in a thread, sent by the event loop, ended when nobody listens any more.

    work(out) in a thread -> out.send(bytes) -> one wake-up of the loop for all that came meanwhile -> the connection

Before the first bytes an error is an answer of its own, with its status; after them it is for the work to say.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chatbot.api.problems import Problem
from chatbot.api.service import Service, call_on
from chatbot.llms.wire.stopping import Stop, stoppable

T = TypeVar("T")

_BEGIN_S = 5.0  # until an answer begins without a word: whoever waits in between sees nothing at all
_ALIVE_S = 15.0  # between two signs of life, for proxies that end what is silent
_ALIVE = b": alive\n\n"  # a comment, which no client shows
_EVENTS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store", "x-accel-buffering": "no"}  # fmt: skip


class Out:
    """Where the work of one answer puts what is to be sent; for its thread, and for the loop."""

    def __init__(self) -> None:
        self.stop = Stop()
        self._loop = asyncio.get_running_loop()
        self._pieces: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._is_told = False
        self._is_over = False

    def send(self, piece: bytes) -> None:
        """From the thread of the work."""
        self._pieces.append(piece)
        if not self._is_told:
            self._is_told = True
            call_on(self._loop, self._wake)

    def end(self) -> None:
        """Nothing more comes; from the loop."""
        self._is_over = True
        self._wake()

    async def come(self, seconds: float) -> bool:
        """Whether something has come, or the end, after at most so many seconds."""
        if not self._pieces and not self._is_over:
            self._waiter = self._loop.create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self._waiter
            except TimeoutError:
                return False
        return True

    def taken(self) -> bytes:
        """All that has come since."""
        self._is_told = False  # before it is emptied: what comes from here on wakes the loop again
        taken = []
        while self._pieces:
            taken.append(self._pieces.popleft())
        return b"".join(taken)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def event_stream(
    request: Request,
    service: Service,
    work: Callable[[Out], None],
    failed: Callable[[Exception], bytes],
) -> Response:
    """The answer whose events ``work`` makes.

    Args:
        failed: the events that say why it broke off; before its first bytes that is raised instead.
    """
    out = Out()
    gone = asyncio.ensure_future(_stop_when_gone(request, out.stop))

    def made() -> None:
        with stoppable(out.stop):
            if not out.stop.is_set:
                work(out)

    making = asyncio.ensure_future(service.answers(made))
    making.add_done_callback(lambda _: out.end())
    try:
        await out.come(_BEGIN_S)
        begun = out.taken()
        if making.done() and not begun and not out.stop.is_set:
            making.result()
    except BaseException:
        out.stop.set()
        gone.cancel()
        raise
    return _Streamed(out, making, gone, begun, failed)


async def while_there(request: Request, service: Service, work: Callable[[Stop], T]) -> T:
    """``work(stop)``, which is stopped when the client goes away."""
    stop = Stop()
    gone = asyncio.ensure_future(_stop_when_gone(request, stop))

    def made() -> T:
        if stop.is_set:
            raise Problem(408, "gone", "nobody waits for this answer any more")
        with stoppable(stop):
            return work(stop)

    try:
        return await service.answers(made)
    finally:
        gone.cancel()


class _Streamed(Response):
    """``begun``: what is there already."""

    def __init__(
        self,
        out: Out,
        making: asyncio.Task[None],
        gone: asyncio.Task[None],
        begun: bytes,
        failed: Callable[[Exception], bytes],
    ) -> None:
        super().__init__(headers=_EVENTS)
        del self.headers["content-length"]
        self._out, self._making, self._gone, self._begun, self._failed = out, making, gone, begun, failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive  # ``_stop_when_gone`` listens

        async def body(piece: bytes, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": piece, "more_body": more})

        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await body(self._begun)
            while not self._making.done() and not self._out.stop.is_set:
                has_come = await self._out.come(_ALIVE_S)
                await body(self._out.taken() if has_come else _ALIVE)
            if self._making.done() and isinstance(error := self._making.exception(), Exception):
                await body(self._out.taken() + self._failed(error), more=False)
            else:
                await body(self._out.taken(), more=False)
        finally:
            self._out.stop.set()
            self._gone.cancel()


async def _stop_when_gone(request: Request, stop: Stop) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    stop.set()
