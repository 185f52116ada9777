"""Work of a tool in a thread: what it says of its progress is sent meanwhile, and it is stopped when nobody waits any more.

Cancelled by the client, or its connection gone: the coroutine ends at once, and the language model in the thread too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from mcp.server import ServerRequestContext

from chatbot.llms.wire.stopping import Stop, stoppable
from chatbot.mcp_server.visits import Visit

T = TypeVar("T")
Pool = Callable[[Callable[[], Any]], Awaitable[Any]]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """What the function of a tool is given besides its arguments; it runs in a thread."""

    visit: Visit
    stop: Stop
    tell: Callable[[str], None]
    """Say how far it is, for a client that wants to know."""


async def carry_out(
    context: ServerRequestContext[Any], visit: Visit, pool: Pool, work: Callable[[Call], T]
) -> T:
    """``work`` in a thread of ``pool``. Whatever ends this coroutine stops it."""
    loop = asyncio.get_running_loop()
    stop, told = Stop(), asyncio.Queue[str | None]()
    call = Call(visit, stop, lambda message: _put(loop, told, message))

    def made() -> T:
        with stoppable(stop):
            return work(call)

    reporting = asyncio.ensure_future(_report(context, told))
    try:
        with _gone(context).telling(stop.set):
            result: T = await pool(made)
        told.put_nowait(None)
        await reporting  # what was said before the result is sent before it
        return result
    finally:
        stop.set()
        reporting.cancel()


def _put(loop: asyncio.AbstractEventLoop, told: asyncio.Queue[str | None], message: str) -> None:
    if not loop.is_closed():  # the program ends while a thread still works
        loop.call_soon_threadsafe(told.put_nowait, message)


async def _report(context: ServerRequestContext[Any], told: asyncio.Queue[str | None]) -> None:
    step = 0
    while (message := await told.get()) is not None:
        step += 1
        try:
            await context.session.report_progress(step, None, message)
        except (
            Exception
        ):  # nobody listens any more; the work ends by ``stop``, and its result is what matters
            logger.debug("progress was not sent", exc_info=True)


def _gone(context: ServerRequestContext[Any]) -> Stop:
    """Set when the client of this request goes away; over standard input and output the whole server ends then."""
    if context.request is None:
        return Stop()
    gone: Stop = context.request.state.mcp_gone
    return gone
