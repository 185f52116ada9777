"""``/metrics`` of the interface, where ``[telemetry] metrics`` is on: its refusals have the interface's form."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from chatbot.api.problems import Problem
from chatbot.telemetry.asgi import exposition, metrics_refusal

_CODES = {401: "invalid_api_key", 403: "not_allowed"}


async def metrics(request: Request) -> Response:
    """Raises ``Problem`` for whoever may not read them; a key for questions opens nothing here."""
    if refused := metrics_refusal(request):
        status, reason = refused
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        raise Problem(status, _CODES.get(status, "not_found"), reason, headers=headers)
    return await exposition()
