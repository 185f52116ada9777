"""The documents for assistants, over the Model Context Protocol: ``secondlook mcp``, and ``/mcp`` of ``secondlook serve``.

    a tool's name and arguments -> checked -> Visit (who asks, which notebook) -> a thread -> text and structured content

It does what the interface for programs does (``chatbot.api``), with the same rights. Nothing heavy is loaded before the
first tool is called, so that an editor which starts it waits for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from chatbot.api.service import Service

__all__ = ["extensions"]


def extensions() -> list[Callable[[FastAPI, Service], None]]:
    """What has the interface for programs answer assistants too; nothing where the extra ``mcp`` is not installed."""
    try:
        from chatbot.mcp_server.http import add_to
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "mcp_types"):
            raise
        return []
    return [add_to]
