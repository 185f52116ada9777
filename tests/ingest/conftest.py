"""A real, tiny, deterministic embedding model, an index to fill with it, and parsing that is measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from fakes.ngram_embedding import NgramEmbedding
from paths import ROOT


@pytest.fixture
def embedding() -> NgramEmbedding:
    return NgramEmbedding()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Defaults, with a store of this test's own."""
    return Config().with_(store=tmp_path / "store")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to be ingested."""
    folder = tmp_path / "docs"
    folder.mkdir()
    return folder


@pytest.fixture
def write(folder: Path) -> Callable[..., Path]:
    """``write("sub/name.md", text)`` puts a file into ``folder``."""

    def put(name: str, content: Any) -> Path:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return put


@dataclass(frozen=True)
class Outcome:
    """What became of one file: ``indexed``, ``partial`` or ``refused``, and why."""

    status: str
    reason: str
    format: str
    chars: int
    start: str
    leaked: bool
    seconds: float


@dataclass(frozen=True)
class Watched:
    """Outcomes by path, and by how many bytes the program that asked for them grew at its peak."""

    outcomes: dict[Path, Outcome]
    grown: int
    seconds: float
    notes: int
    protections: frozenset[str]


@pytest.fixture(scope="session")
def watched_parse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Watched]:
    """Parses files in a program of its own (``watched_parse.py``) and measures it."""
    note = tmp_path_factory.mktemp("note") / "note.md"
    note.write_text("# 제목\n\n본문\n", encoding="utf-8")

    def run(
        paths: Sequence[Path], memory: int | None = None, seconds: float | None = None, check: bool = False
    ) -> Watched:
        job = {
            "paths": list(map(str, paths)),
            "note": str(note),
            "memory": memory,
            "seconds": seconds,
            "check": check,
        }
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-W", "error", str(Path(__file__).with_name("watched_parse.py"))],
            input=json.dumps(job), capture_output=True, text=True, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        outcomes = {
            Path(path): Outcome(status, reason, kind, chars, start, leaked, took)
            for (path, status, reason, kind, chars, start, leaked), took in zip(
                found["outcomes"], found["took"], strict=True
            )
        }
        return Watched(
            outcomes,
            found["grown"],
            time.perf_counter() - began,
            found["notes"],
            frozenset(found["protections"]),
        )

    return run
