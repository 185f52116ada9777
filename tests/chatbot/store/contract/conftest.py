"""Every test of the contract runs on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.store import Store, create_store


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def config(engine: str, tmp_path: Path) -> Config:
    """Settings under which ``engine`` holds an index that is not there yet."""
    del engine
    return Config(store=tmp_path / "store")


@pytest.fixture
def store(config: Config, tools: Any) -> Iterator[Store]:
    """An empty store."""
    with closing(create_store(config, tools.identity, tools.dimension)) as store:
        yield store
