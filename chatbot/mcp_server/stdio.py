"""``secondlook mcp``: the server over standard input and output, for one person on this machine.

Nothing but the protocol goes to standard output: whatever a library prints goes to standard error.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import anyio
from mcp.server.stdio import stdio_server

from chatbot.mcp_server.server import build_server
from chatbot.mcp_server.visits import Adding, Visit
from chatbot.telemetry.start import start

if TYPE_CHECKING:
    from starlette.requests import Request

    from chatbot.config import Config

logger = logging.getLogger(__name__)


class OnePerson:
    """A ``Door`` for whoever started the program; what it needs is loaded with the first call."""

    def __init__(self, load: Callable[[], Visit], adding: Adding) -> None:
        self._load = load
        self._adding = adding
        self._loading = anyio.Lock()
        self._visit: Visit | None = None

    async def visit(self, _: Request | None) -> Visit:
        async with self._loading:
            if self._visit is None:
                self._visit = await anyio.to_thread.run_sync(self._load)
            return self._visit

    async def may_add(self, _: Request | None) -> bool:
        return self._adding.allowed

    def close(self) -> None:
        if self._visit is not None:
            self._visit.service.close()


def visit_of(config: Config, notebook: str | None, person: str | None, adding: Adding) -> Visit:
    """The service over ``config``'s index folder, for one person. Takes seconds: it loads LlamaIndex and torch.

    Raises:
        LibraryError: there is no such notebook or person.
    """
    from chatbot.api.people import Caller
    from chatbot.api.service import Service
    from chatbot.notebooks import ALONE, Library

    library = Library(config)
    who = library.person(person) if person else ALONE
    only = library.open(notebook, who).id if notebook else None
    return Visit(Service(config, is_open=True, library=library), Caller(who, library), adding, only)


def run(config: Config, notebook: str | None, person: str | None, adding: Adding) -> None:
    """Serve until standard input is closed, or the program is ended."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    start(config.telemetry)
    for number in (signal.SIGINT, signal.SIGTERM):
        # a thread waits for standard input, and nothing but its end wakes it
        signal.signal(number, lambda caught, _: os._exit(128 + caught))
    door = OnePerson(lambda: visit_of(config, notebook, person, adding), adding)
    anyio.run(_serve, door)


async def _serve(door: OnePerson) -> None:
    server = build_server(door)
    async with stdio_server() as (incoming, outgoing):  # descriptor 1 is standard error from here on
        with redirect_stdout(sys.stderr):
            try:
                await server.run(incoming, outgoing, server.create_initialization_options())
            finally:
                door.close()
        if sys.__stdout__ is not None:
            sys.__stdout__.flush()  # what Python kept of it is not for the client either
    os.dup2(2, 1)  # nor is what is said at the very end
