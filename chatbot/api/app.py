"""The application: ``create_app(service)`` behind its guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from chatbot.api.documented import document
from chatbot.api.entrance import Entrance
from chatbot.api.errors import add_error_handlers
from chatbot.api.guard import Guard
from chatbot.api.lingering import Lingering
from chatbot.api.openai import chat, embeddings, models, rerank
from chatbot.api.plain import asking, documents, health, notebooks, receipts
from chatbot.api.plain.metrics import metrics
from chatbot.api.service import Service
from chatbot.config.addresses import Names
from chatbot.telemetry.asgi import METRICS, are_metrics_on
from chatbot.telemetry.start import write_logs

PATHS = ("/v1/", "/v2/", "/api/", "/rerank", "/healthz", "/readyz", "/metrics", "/mcp")
"""What the interface answers where it runs beside the page: these paths, and what is below them."""

_DAY_S = 86_400


def create_app(service: Service, names: Names = Names()) -> FastAPI:  # noqa: B008 - frozen
    """The interface for programs over ``service``. ``names``: hosts under which it is asked for besides this machine's own."""
    origins = service.config.api.origins

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        write_logs()  # the server has set up its own meanwhile
        yield
        service.close()

    app = FastAPI(
        title="Second Look",
        summary="Answers from your own documents, with the sources that were considered and why each was chosen.",
        version=version("secondlook"),
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page would load scripts from another host
        redoc_url=None,
        lifespan=lifespan,
        middleware=[
            Middleware(Lingering),
            Middleware(Guard, names=names, origins=frozenset(origins)),
            *_cors(origins),
            Middleware(Entrance),
        ],
    )
    app.state.service = service
    add_error_handlers(app)
    for part in (chat, embeddings, models, rerank, asking, documents, receipts, notebooks, health):
        app.include_router(part.router)
    if are_metrics_on():
        app.add_route(METRICS, metrics, include_in_schema=False)
    document(app)
    return app


def _cors(origins: tuple[str, ...]) -> list[Middleware]:
    """For pages of elsewhere that the owner named; none unless there are any. No cookie is ever taken."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "idempotency-key", "x-request-id"],
            expose_headers=["x-request-id", "retry-after"],
            allow_credentials=False,
            max_age=_DAY_S,
        )
    ]
