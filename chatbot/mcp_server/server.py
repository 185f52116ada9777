"""The server of the protocol: what a client lists, calls and reads, through a ``Door``."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

import mcp_types as types
from mcp import MCPError
from mcp.server import Server, ServerRequestContext
from pydantic import ValidationError

from chatbot.errors import ChatbotError
from chatbot.mcp_server.failures import failed, message_of
from chatbot.mcp_server.instructions import INSTRUCTIONS
from chatbot.mcp_server.tool_table import TOOLS
from chatbot.mcp_server.visits import Door
from chatbot.mcp_server.working import Call, carry_out

if TYPE_CHECKING:
    from chatbot.mcp_server.tools import Reply

T = TypeVar("T")
Context = ServerRequestContext[Any, Any]


def build_server(door: Door) -> Server[Any]:
    """Our tools and resources, for whoever ``door`` lets in."""
    handlers = _Handlers(door)
    return Server(
        "secondlook",
        version=version("secondlook"),
        title="Second Look",
        description="The user's own documents, searched with a visible second look.",
        instructions=INSTRUCTIONS,
        on_list_tools=handlers.list_tools,
        on_call_tool=handlers.call_tool,
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_resource_templates,
        on_read_resource=handlers.read_resource,
    )


class _Handlers:
    def __init__(self, door: Door) -> None:
        self._door = door

    async def list_tools(
        self, context: Context, _: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        may_add = await self._door.may_add(context.request)
        return types.ListToolsResult(
            tools=[entry.described() for entry in TOOLS.values() if may_add or not entry.adds]
        )

    async def call_tool(self, context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        entry = TOOLS.get(params.name)
        if entry is None:
            raise MCPError(
                types.INVALID_PARAMS, f"unknown tool {params.name[:100]!r}; known: {', '.join(TOOLS)}"
            )
        try:
            given = entry.takes.model_validate(params.arguments or {})
            visit = await self._door.visit(context.request)

            def work(call: Call) -> Reply:
                return entry.function()(call, given)

            reply = await carry_out(context, visit, getattr(visit.service, entry.pool), work)
        except Exception as error:
            return failed(error)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=_sendable(reply.text))],
            structured_content=reply.content.model_dump(mode="json"),
        )

    async def list_resources(
        self, context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        from chatbot.mcp_server.resources import list_resources

        cursor = params.cursor if params is not None else None
        return await self._of_resources(context, lambda call: list_resources(call, cursor))

    async def list_resource_templates(
        self, _: Context, __: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        from chatbot.mcp_server.resources import TEMPLATES

        return types.ListResourceTemplatesResult(resource_templates=TEMPLATES)

    async def read_resource(
        self, context: Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        from chatbot.mcp_server.resources import read_resource

        return await self._of_resources(context, lambda call: read_resource(call, params.uri))

    async def _of_resources(self, context: Context, work: Callable[[Call], T]) -> T:
        """What has no result of its own for errors: they are the protocol's."""
        try:
            visit = await self._door.visit(context.request)
            return await carry_out(context, visit, visit.service.quick, work)
        except (ChatbotError, ValidationError) as error:
            raise MCPError(types.INVALID_PARAMS, message_of(error)) from error
        except MCPError:
            raise
        except Exception as error:
            raise MCPError(types.INTERNAL_ERROR, message_of(error)) from error


def _sendable(text: str) -> str:
    """``text`` without halves of characters, which cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")
