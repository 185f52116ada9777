"""The interface for programs, asked in one process as its clients ask it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.testclient import TestClient

from chatbot.api.app import create_app
from chatbot.api.service import Service
from chatbot.config.addresses import Names


@contextmanager
def client_of(service: Service, hosts: tuple[str, ...] = ()) -> Iterator[TestClient]:
    """Asks at ``http://127.0.0.1:8502``; what fails inside is an answer, as it would be on a connection."""
    app = create_app(service, Names.of(hosts))
    with TestClient(app, base_url="http://127.0.0.1:8502", raise_server_exceptions=False) as client:
        yield client


@contextmanager
def server_of(service: Service) -> Iterator[str]:
    """The interface on a real connection, its server in a thread; the address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # whoever comes before the server runs, waits
        server = uvicorn.Server(uvicorn.Config(create_app(service), ws="none", log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def events_of(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The data of server-sent events, without the mark of the end."""
    for line in lines:
        if line.startswith("data: ") and line != "data: [DONE]":
            yield json.loads(line.removeprefix("data: "))
