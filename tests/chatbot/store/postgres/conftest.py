"""An index of a test's own on the server of the session, and a server of a test's own, which may be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatbot.config import Config
from chatbot.store import Store, create_store
from fakes.postgres_server import PostgresServer, started

_NUMBERS = count(1)


@pytest.fixture
def config(postgres: str, tmp_path: Path) -> Config:
    """An index that is not there yet; no schema begins with the whole name of another."""
    index = {"backend": "postgres", "schema": f"own_{next(_NUMBERS):04}"}
    return Config.model_validate({"store": {"path": tmp_path / "store", **index}})


@pytest.fixture
def sql(postgres: str, config: Config) -> Iterator[Callable[..., list[Any]]]:
    """Runs a statement beside the store."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {config.index.schema_name}, public".encode())

        def run(statement: str, *values: Any) -> list[Any]:
            done = connection.execute(statement.encode(), values or None)  # a "%" is one where there are none
            return done.fetchall() if done.description else []

        yield run


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
