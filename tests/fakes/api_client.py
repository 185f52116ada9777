"""The interface for programs, asked in one process as its clients ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
