"""A client of the ``mcp`` SDK, asked from a test as an assistant would: over a real process, over HTTP, or in memory."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import httpx2
import mcp_types as types
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters
from mcp.client._transport import Transport
from mcp.client.streamable_http import streamable_http_client
from mcp.server import Server

from paths import ROOT

Mode = Literal["auto", "legacy"]  # the protocol of 2026-07-28, or the one before with its handshake
_LONGEST_S = 120.0


class Assistant:
    """Calls end the test rather than hang it."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self.portal = portal
        self.client = client

    @property
    def instructions(self) -> str:
        return self.client.instructions or ""

    def tools(self) -> dict[str, types.Tool]:
        return {tool.name: tool for tool in self.portal.call(self.client.list_tools).tools}

    def call(self, name: str, /, **arguments: Any) -> types.CallToolResult:
        """The result; the SDK checks its structured content against the tool's schema."""
        return self.portal.call(partial(self.client.call_tool, name, arguments))

    def call_with_progress(self, name: str, /, **arguments: Any) -> tuple[types.CallToolResult, list[str]]:
        told: list[str] = []

        async def tell(_: float, __: float | None, message: str | None) -> None:
            told.append(message or "")

        call = partial(self.client.call_tool, name, arguments, progress_callback=tell)
        return self.portal.call(call), told

    def start(self, name: str, /, **arguments: Any) -> Callable[[], bool]:
        """Call a tool in the background; what is returned cancels the call, as a person who presses Escape does."""
        future = self.portal.start_task_soon(partial(self.client.call_tool, name, arguments))
        return future.cancel

    def resources(self, cursor: str | None = None) -> types.ListResourcesResult:
        return self.portal.call(partial(self.client.list_resources, cursor=cursor))

    def read(self, uri: str) -> str:
        contents = self.portal.call(partial(self.client.read_resource, uri)).contents
        assert isinstance(contents[0], types.TextResourceContents)
        return contents[0].text


Connect = Callable[..., AbstractContextManager[Assistant]]
"""What the fixture ``connect`` gives."""


def text_of(result: types.CallToolResult) -> str:
    """What a model reads of a result."""
    return "\n".join(part.text for part in result.content if isinstance(part, types.TextContent))


@contextmanager
def assistant_of(
    server: Server[Any] | StdioServerParameters | Transport, mode: Mode = "auto"
) -> Iterator[Assistant]:
    """Connected for as long as the block."""
    with start_blocking_portal() as portal:
        client = Client(server, mode=mode, read_timeout_seconds=_LONGEST_S)
        with portal.wrap_async_context_manager(client) as connected:
            yield Assistant(portal, connected)


def command(*arguments: str, folder: Path) -> StdioServerParameters:
    """``secondlook mcp ARGUMENTS`` in a process of its own, started in ``folder``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "chatbot", "mcp", *arguments], cwd=folder, env=environment
    )


@contextmanager
def assistant_at(url: str, key: str = "", mode: Mode = "auto") -> Iterator[Assistant]:
    """Over HTTP, with a key."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with start_blocking_portal() as portal:
        http = httpx2.AsyncClient(headers=headers, timeout=_LONGEST_S)
        with portal.wrap_async_context_manager(http):
            client = Client(
                streamable_http_client(url, http_client=http), mode=mode, read_timeout_seconds=_LONGEST_S
            )
            with portal.wrap_async_context_manager(client) as connected:
                yield Assistant(portal, connected)
