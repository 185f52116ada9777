"""httpx clients whose connections can be cut from another thread."""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from chatbot.config import LLMLimits
from chatbot.llms.needs import is_loopback
from chatbot.llms.streaming import on_abandon

if TYPE_CHECKING:
    import httpx


def patience(limits: LLMLimits) -> float:
    """The longest silence that any limit allows, in seconds: the client's own time-out, as a safety net."""
    return max(limits.first_token_s, limits.idle_s)


def http_options(limits: LLMLimits, url: str) -> dict[str, Any]:
    """Arguments of ``httpx.Client`` for a model at ``url``.

    A new connection per question, so that each one reports its socket; no redirect, which could carry
    passages to another host; and no proxy for a server on this machine.
    """
    import httpx

    return {
        "timeout": httpx.Timeout(patience(limits), connect=min(10.0, limits.first_token_s)),
        "limits": httpx.Limits(max_keepalive_connections=0),
        "follow_redirects": False,
        "trust_env": not is_loopback(url),
        "event_hooks": {"request": [_watch]},
    }


def _watch(request: httpx.Request) -> None:
    request.extensions = {**request.extensions, "trace": _trace}


def _trace(event: str, info: dict[str, Any]) -> None:
    if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
        connected = info["return_value"].get_extra_info("socket")
        if connected is not None:
            on_abandon(partial(_shut_down, connected), connected.close)


def _shut_down(connected: socket.socket) -> None:
    # Closing would leave the reader blocked; shutting down wakes it. The base class's method, because
    # ssl's own drops its state under the reader.
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
