"""What is done to the interface here may change what it holds: each test has a copy of the sample documents."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chatbot.config import Config


@pytest.fixture
def sample_config(sample_config: Config, tmp_path: Path) -> Config:
    shutil.copytree(sample_config.store, tmp_path / "copy")
    return sample_config.with_(store=tmp_path / "copy")
