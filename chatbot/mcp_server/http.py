"""``/mcp`` of ``secondlook serve``: the server over streamable HTTP, for whoever has a key.

    key of each request -> Caller -> the session of the same key -> the tools, with that person's rights

A revoked key ends at its next request, also in a session that it opened. What a client waits for is stopped when it goes.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from chatbot.api.guard import MOST_OF_A_BODY
from chatbot.api.people import Caller, bearer_of, person_of
from chatbot.api.service import Service
from chatbot.llms.wire.stopping import Stop
from chatbot.mcp_server.server import build_server
from chatbot.mcp_server.visits import Adding, Visit
from chatbot.notebooks import Action

_MOST_SESSIONS = 500
_IDLE_S = 15 * 60  # a session without a request; a client opens another one then


class WithKeys:
    """A ``Door`` for programs that come with a key, each request with its own rights.

    Documents are added only with a key that is for that, also where no key is needed to ask: any program of this machine
    reaches the server then.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def visit(self, request: Request | None) -> Visit:
        caller = _caller(request)
        return Visit(self._service, caller, Adding(caller.granted is not None))

    async def may_add(self, request: Request | None) -> bool:
        caller = _caller(request)
        if caller.granted is None:
            return False
        return bool(await self._service.quick(lambda: caller.notebooks(Action.ADD)))


class McpApp:
    """The ASGI application at ``path``; requests are answered within ``running()``, once."""

    path = "/mcp"

    def __init__(self, service: Service) -> None:
        self._sessions = StreamableHTTPSessionManager(
            build_server(WithKeys(service)),
            max_request_body_size=MOST_OF_A_BODY,
            max_sessions=_MOST_SESSIONS,
            session_idle_timeout=_IDLE_S,
        )

    def running(self) -> AbstractAsyncContextManager[None]:
        return self._sessions.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises what ``person_of`` raises, which the application around it answers."""
        request = Request(scope)
        caller, bearer = await person_of(request), bearer_of(request)
        gone = Stop()

        async def received() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                gone.set()
            return message

        state = {**scope.get("state", {}), "mcp_caller": caller, "mcp_gone": gone}
        scope = {**scope, "state": state, "user": _owner(caller, bearer)}
        await self._sessions.handle_request(scope, received, send)


def add_to(app: FastAPI, service: Service) -> None:
    """Have ``app``, the interface for programs over ``service``, answer assistants too, behind the same guard."""
    assistants = McpApp(service)
    app.router.routes.append(Route(assistants.path, assistants, include_in_schema=False))
    within = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: Any) -> AsyncIterator[Any]:
        async with assistants.running(), within(application) as state:
            yield state

    app.router.lifespan_context = lifespan


def _caller(request: Request | None) -> Caller:
    if request is None:
        raise RuntimeError("a request over HTTP has lost who made it")
    caller: Caller = request.state.mcp_caller
    return caller


def _owner(caller: Caller, bearer: str) -> AuthenticatedUser:
    """Whose session it is: that of this key alone. What is kept beside the session is no key."""
    digest = hashlib.sha256(bearer.encode()).hexdigest()
    return AuthenticatedUser(AccessToken(token=digest, client_id=digest, scopes=[], subject=caller.person.id))
