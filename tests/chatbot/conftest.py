"""What the tests of several rooms share: builders of sources, and settings of either engine."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.trace import Candidate, Source

_NUMBERS = count(1)


@pytest.fixture(params=["sqlite", "postgres"])
def of_either_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """Settings under which what people make is kept by either engine; nothing is there yet."""
    if request.param == "postgres":
        request.getfixturevalue("postgres")
    index = {"backend": request.param, "schema": f"kept_{next(_NUMBERS)}"}
    return Config.model_validate({"store": tmp_path / "store", "index": index})


@pytest.fixture
def make_source() -> Any:
    """``make_source(number, text, document=..., page=..., heading=...)``."""

    def make(number: int, text: str, document: str = "guide.md", **more: Any) -> Source:
        candidate = Candidate(chunk_id=number, document=document, text=text, span=(0, len(text)), **more)
        return Source(number=number, candidate=candidate)

    return make
