"""The interface over an index folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from chatbot.api.service import Service
from chatbot.config import Config
from fakes.api_client import client_of
from fakes.llm_server import FakeLLMServer


@pytest.fixture
def empty(tmp_path: Path) -> Config:
    """An index folder in which nothing is yet."""
    return Config().with_(store=tmp_path / "store")


@pytest.fixture
def service(sample_config: Config, fake_llm: FakeLLMServer) -> Service:
    """The sample documents, answered by a real server on loopback that says what a test wants."""
    config = sample_config.with_(
        llm={
            "backend": "openai-like", "model": "small", "options": {"api_base": fake_llm.url},
            "limits": {"first_token_s": 60, "idle_s": 60, "total_s": 60, "tries": 1},
        },
        retrieval={"both_languages": False},
    )  # fmt: skip
    return Service(config, is_open=True)


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with client_of(service) as asked:
        yield asked
