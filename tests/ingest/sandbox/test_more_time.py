"""A worker that reads a long file part by part has its time again, so often and no more; one that hangs is ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.process import Ended, SandboxProcess


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "scan").write_text("a scan")
    return tmp_path / "scan"


def ask(process: SandboxProcess, file: Path, asks: int, then: str = "") -> dict[str, Any] | Ended:
    with OpenedFile(file) as opened:
        answer = process.request({"asks": asks, "then": then}, opened)
    return answer if isinstance(answer, Ended) else answer[0]


def test_time_is_given_again_twenty_times_for_each_file(file: Path) -> None:
    with SandboxProcess("tests.fakes.reads_on", 1536 * 2**20, 60) as process:
        assert ask(process, file, asks=3) == {"given": 3}
        assert ask(process, file, asks=30) == {"given": 20}
        assert ask(process, file, asks=20) == {"given": 20}


def test_a_worker_that_hangs_after_a_part_is_ended(file: Path) -> None:
    with SandboxProcess("tests.fakes.reads_on", 1536 * 2**20, 1) as process:
        ended = ask(process, file, asks=1, then="hang")
        assert isinstance(ended, Ended)
        assert ended.timed_out
        assert ask(process, file, asks=1) == {"given": 1}


def test_a_worker_that_goes_on_for_ever_is_ended(file: Path) -> None:
    with SandboxProcess("tests.fakes.reads_on", 1536 * 2**20, 60) as process:
        assert isinstance(ask(process, file, asks=0, then="insist"), Ended)
        assert ask(process, file, asks=1) == {"given": 1}
