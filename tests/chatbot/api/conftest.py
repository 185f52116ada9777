"""The interface over an index folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.config import Config


@pytest.fixture
def empty(tmp_path: Path) -> Config:
    """An index folder in which nothing is yet."""
    return Config().with_(store=tmp_path / "store")
