"""Asks for the key before a byte of the body is read: whoever may not come in uploads nothing."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from chatbot.api.errors import answer_of, problem_of
from chatbot.api.people import person_of
from chatbot.api.problems import Problem
from chatbot.errors import ChatbotError
from chatbot.telemetry.asgi import METRICS

OPEN = ("/healthz", "/readyz", "/api/openapi.json", METRICS)
"""Paths that need no key, and say nothing of what is inside; the metrics have rules of their own."""


class Entrance:
    """ASGI middleware behind the guard; every other path finds its caller in the request's state."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            request.state.caller = await person_of(request)
        except (Problem, ChatbotError) as error:
            await answer_of(problem_of(error), request)(scope, receive, send)
            return
        await self._app(scope, receive, send)
