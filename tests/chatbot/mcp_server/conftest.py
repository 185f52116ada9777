"""The server over the sample documents, for an assistant in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from chatbot.api.people import Caller
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.mcp_server.server import build_server
from chatbot.mcp_server.stdio import OnePerson
from chatbot.mcp_server.visits import Adding, Visit
from chatbot.notebooks import ALONE, Library
from fakes.assistant import Assistant, Connect, Mode, assistant_of


@pytest.fixture
def connect() -> Connect:
    """``connect(config, adding=..., only=..., chatbot=...)``."""

    def connected(
        config: Config,
        adding: Adding = Adding(),  # noqa: B008 - frozen
        only: int | None = None,
        chatbot: Chatbot | None = None,
        mode: Mode = "legacy",
    ) -> AbstractContextManager[Assistant]:
        library = Library(config)
        chatbot_for = (lambda _: chatbot) if chatbot is not None else None
        service = Service(config, is_open=True, library=library, chatbot_for=chatbot_for)
        visit = Visit(service, Caller(ALONE, library), adding, only)
        return assistant_of(build_server(OnePerson(lambda: visit, adding)), mode)

    return connected


@pytest.fixture(scope="module")
def samples_assistant(sample_config: Config, sample_chatbot: Chatbot) -> Iterator[Assistant]:
    """Over the sample documents, with the models that other tests have loaded."""
    library = Library(sample_config)
    service = Service(sample_config, is_open=True, library=library, chatbot_for=lambda _: sample_chatbot)
    visit = Visit(service, Caller(ALONE, library))
    with assistant_of(build_server(OnePerson(lambda: visit, visit.adding)), "legacy") as assistant:
        yield assistant
        service.close()


@pytest.fixture
def empty(tmp_path: Path) -> Config:
    """An index folder in which nothing is yet."""
    return Config().with_(store=tmp_path / "store")
