"""Every test of the contract runs on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.store import Store, create_store, open_store

_NUMBERS = count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def config(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Config:
    """Settings under which ``engine`` holds an index that is not there yet."""
    if engine == "postgres":
        request.getfixturevalue("postgres")
    index = {"backend": engine, "schema": f"contract_{next(_NUMBERS)}"}
    return Config.model_validate({"store": tmp_path / "store", "index": index})


@pytest.fixture
def store(config: Config, tools: Any) -> Iterator[Store]:
    """An empty store."""
    with closing(create_store(config, tools.identity, tools.dimension)) as store:
        yield store


@pytest.fixture
def another(config: Config, store: Store, tools: Any) -> Iterator[Callable[[], Store]]:
    """Opens the same index once more, as another process would."""
    opened: list[Store] = []

    def open_again() -> Store:
        opened.append(open_store(config, tools.identity))
        return opened[-1]

    yield open_again
    for one in opened:
        one.close()
