"""``/metrics`` for whoever may read it: with their own token, or from this machine alone."""

from __future__ import annotations

import re
import secrets

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response

from chatbot.telemetry.start import TOKEN, running

METRICS = "/metrics"
_LOOPBACK = ("127.0.0.1", "::1", "localhost", "[::1]")  # as a client, and as a host
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_PORT = re.compile(r":\d+$")


def are_metrics_on() -> bool:
    """Whether this process has any."""
    telemetry = running()
    return telemetry is not None and telemetry.metrics is not None


def metrics_refusal(asked: HTTPConnection) -> tuple[int, str] | None:
    """Status and sentence where they are not shown to who asks."""
    telemetry = running()
    if telemetry is None or telemetry.metrics is None:
        return 404, "there are no metrics here; set [telemetry] metrics = true"
    if token := telemetry.metrics_token:
        scheme, _, given = asked.headers.get("authorization", "").partition(" ")
        is_right = secrets.compare_digest(given.strip().encode("utf-8", "replace"), token.encode())
        if scheme.lower() == "bearer" and is_right:
            return None
        return 401, f"give the token of the metrics, {TOKEN}, as a bearer token"
    client = asked.client.host if asked.client is not None else ""
    host = _PORT.sub("", asked.headers.get("host", ""))
    # a web server in front is on this machine, too, and whom it asks for is somewhere else
    is_passed_on = any(name in asked.headers for name in _FORWARDED)
    if client in _LOOPBACK and host in _LOOPBACK and not is_passed_on:
        return None
    return 403, f"metrics are shown on this machine only; set {TOKEN} for others to read them"


async def metrics_answer(asked: HTTPConnection) -> Response:
    """The metrics, or why not."""
    if refused := metrics_refusal(asked):
        status, reason = refused
        return PlainTextResponse(
            f"{reason}\n", status, {"WWW-Authenticate": "Bearer"} if status == 401 else None
        )
    return await exposition()


async def exposition() -> Response:
    """The metrics as Prometheus reads them, counted in a thread. Asked for only where ``are_metrics_on``."""
    from chatbot.telemetry.metrics import CONTENT_TYPE

    telemetry = running()
    assert telemetry is not None
    assert telemetry.metrics is not None
    content = await run_in_threadpool(telemetry.metrics.exposition)
    return Response(content, media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})
