"""Telemetry of the page's server: turned on before the first request, and ``/metrics`` beside the page."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import streamlit.logger
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from chatbot.config import load_config
from chatbot.errors import ConfigError
from chatbot.telemetry.asgi import METRICS, are_metrics_on, metrics_answer
from chatbot.telemetry.start import running, start, write_logs


def start_telemetry(arguments: Sequence[str]) -> None:
    """What the configuration asks for that these arguments of the page name.

    One that cannot be read turns nothing on: the page says what is wrong with it.

    Raises:
        ConfigError: a library for it is not installed, or the token for the metrics is too short.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--config", type=Path)
    given, _ = parser.parse_known_args(arguments)
    try:
        config = load_config(given.config).telemetry
    except ConfigError:
        return
    if running() is None:  # Streamlit may run the script that starts this again
        start(config)
    if config.logs == "json":
        # Streamlit gives each logger a handler of its own when it is first asked for, also later
        streamlit.logger.setup_formatter = _as_all_others


def _as_all_others(logger: logging.Logger) -> None:
    logger.propagate = True


class Watched:
    """ASGI middleware before the guard, whose rules are those of the page: the metrics have their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            write_logs()  # the server has set up its own meanwhile
        if scope["type"] == "http" and scope["path"] == METRICS and are_metrics_on():
            await (await metrics_answer(HTTPConnection(scope)))(scope, receive, send)
        else:
            await self._app(scope, receive, send)
