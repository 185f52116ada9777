"""What holds for every run: small commits, and nothing left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import open_store
from index_reading import parser_processes
from ingest.pipeline import one_run


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several commits in a run of a few files."""
    monkeypatch.setattr(one_run, "_GROUP", 4)


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Every run gives back its files, threads and processes, while its errors are still held."""
    descriptors, threads = _file_descriptors(), set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - threads:  # a timer that was cancelled has yet to notice
        thread.join(10)
    assert set(threading.enumerate()) <= threads  # one of an earlier test may have ended meanwhile
    assert _file_descriptors() <= descriptors
    assert parser_processes() == []


def _file_descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


@pytest.fixture
def opened(config: Config) -> Callable[[], Any]:
    """The index as a reader opens it."""
    return lambda: open_store(config, store_identity(config))
