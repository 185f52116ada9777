"""The embedding model stays in memory while commands come and go: they share it (chatbot/retrieval/embeddings.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatbot.config import Config
from chatbot.retrieval.embeddings import build_embedding


@pytest.fixture(scope="session", autouse=True)
def _embedding_stays() -> Iterator[None]:
    model = build_embedding(Config())
    yield
    del model
