"""The interface for programs beside the page, in its process and with its models: ``secondlook app --api``.

Its paths are answered by ``chatbot.api``, which has a guard of its own, before the page's: cookies mean nothing there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config as settings

from chatbot.api.app import PATHS, create_app
from chatbot.api.running import people_sign_in
from chatbot.api.service import Service
from chatbot.config.addresses import Names
from chatbot.mcp_server import extensions
from chatbot.notebooks import ApiKeys, Library
from chatbot.ui import resources
from chatbot.ui.server.sharing import is_shared
from chatbot.ui.sign_in import is_configured


class Programs:
    """``arguments``: those of the page, as ``config_from`` reads them. Nothing is built before the server has its settings."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments

    @cached_property
    def app(self) -> FastAPI:
        config = resources.config_from(self._arguments)
        library = Library(config)
        signs_in = is_configured() or people_sign_in(library)
        service = Service(
            config,
            is_open=not is_shared() and not signs_in,
            people_sign_in=signs_in,
            library=library,
            keys=ApiKeys(library),
            chatbot_for=resources.chatbot_for,
            chatbot_over=resources.chatbot_over,
            writer_for=resources.writer_for,
        )
        app = create_app(service, Names.of(settings.get_option("server.allowedHosts")))
        for extend in extensions():
            extend(app, service)
        return app

    @asynccontextmanager
    async def lifespan(self, _: Any) -> AsyncIterator[None]:
        service: Service = self.app.state.service
        service.warm_up()
        async with self.app.router.lifespan_context(self.app):
            yield


class ForPrograms:
    """ASGI middleware before the page's guard."""

    def __init__(self, app: ASGIApp, programs: Programs) -> None:
        self._app = app
        self._programs = programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        base = str(settings.get_option("server.baseUrlPath") or "").strip("/")
        path = str(scope["path"]).removeprefix(f"/{base}") if base else str(scope["path"])
        if not any(path == own.rstrip("/") or path.startswith(f"{own.rstrip('/')}/") for own in PATHS):
            await self._app(scope, receive, send)
            return
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": "", "state": {}}
        await self._programs.app(inner, receive, send)
