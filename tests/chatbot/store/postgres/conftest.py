"""A server of a test's own, which may be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.store import Store, create_store
from fakes.postgres_server import PostgresServer, started


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """One whose commits are on the disk."""
    server = started(safe=True)
    monkeypatch.setenv("SECONDLOOK_DSN", server.dsn)
    yield server
    server.close()


@pytest.fixture
def its_store(server: PostgresServer, tools: Any, tmp_path: Path) -> Iterator[Store]:
    """An empty index on ``server``."""
    config = Config.model_validate({"store": {"backend": "postgres", "path": tmp_path / "store"}})
    with closing(create_store(config, tools.identity, tools.dimension)) as store:
        yield store
