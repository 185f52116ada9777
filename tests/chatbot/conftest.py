"""Servers and builders that the tests of the language model side share."""

from __future__ import annotations

from typing import Any

import pytest

from chatbot.trace import Candidate, Source


@pytest.fixture
def make_source() -> Any:
    """``make_source(number, text, document=..., page=..., heading=...)``."""

    def make(number: int, text: str, document: str = "guide.md", **more: Any) -> Source:
        candidate = Candidate(chunk_id=number, document=document, text=text, span=(0, len(text)), **more)
        return Source(number=number, candidate=candidate)

    return make
