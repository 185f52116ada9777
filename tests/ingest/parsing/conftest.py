from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.parsing.parse import ParsedDocument, parse
from ingest.sandbox.wire import fault
from paths import ROOT

Parse = Callable[..., ParsedDocument]


def uncovered(document: ParsedDocument) -> str:
    """The text between the blocks; nothing but white space may be there."""
    left, position = "", 0
    for block in document.blocks:
        left += document.text[position : block.start]
        position = block.end
    return (left + document.text[position:]).strip()


@pytest.fixture(autouse=True)
def thread_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """OCR sets this for its own process, the parser's; in that of the tests it must not outlive one."""
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


@pytest.fixture
def parsed(tmp_path: Path) -> Parse:
    """Writes bytes (or text, as UTF-8) to a file of this name and parses it; the marks always have to hold."""

    def write_and_parse(name: str, data: bytes | str) -> ParsedDocument:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        document = parse(path)
        assert fault(document) == ""
        assert uncovered(document) == ""
        return document

    return write_and_parse


@pytest.fixture(scope="session")
def outline() -> Callable[[ParsedDocument], list[tuple[str, str]]]:
    """Kind (with a heading's level) and text of each block."""

    def read(document: ParsedDocument) -> list[tuple[str, str]]:
        return [
            (f"{block.kind}{block.level or ''}", document.text[block.start : block.end])
            for block in document.blocks
        ]

    return read


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
            env=os.environ | {"PYTHONPATH": str(ROOT)},
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
