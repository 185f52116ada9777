"""Campaigns run in processes of their own: they fork, trace and kill, and must load no model library."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaigns import tracer
from paths import ROOT, TESTS

# FAISS's threads would take longer to wake than these searches take, and do not survive a fork
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": os.pathsep.join((str(ROOT), str(TESTS))),
}

_SPACE = 512 * 2**20  # containers often have 64 MB there


class Campaign:
    """Runs ``python -m campaigns.NAME`` and returns the JSON that it prints."""

    def __init__(self, home: Path) -> None:
        self._home = home
        # another part of the points on each day; CAMPAIGN_FIRST repeats one
        self.first = os.environ.get("CAMPAIGN_FIRST", str(int(time.time()) // 86_400))

    def __call__(self, name: str, *arguments: str) -> dict[str, Any]:
        first, *more = arguments
        positional = [first] if not first.startswith("-") else []
        options = more if positional else list(arguments)
        with tempfile.TemporaryDirectory(dir=self._home, prefix="campaign-") as folder:
            done = subprocess.run(
                [sys.executable, "-m", f"campaigns.{name}", *positional, folder, *options],
                capture_output=True,
                text=True,
                env={**os.environ, **ENVIRONMENT},
                check=False,
            )
        assert done.returncode == 0, done.stderr[-3000:]
        result: dict[str, Any] = json.loads(done.stdout)
        print(f"campaigns.{name} {' '.join(options)}:", {k: v for k, v in result.items() if k != "modules"})
        return result


@pytest.fixture(scope="session")
def fast_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in memory where there is one: a killed process loses nothing there either, and syncs are free."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _SPACE:
        return memory
    return tmp_path_factory.mktemp("campaigns")


@pytest.fixture(scope="session")
def campaign(fast_folder: Path) -> Campaign:
    return Campaign(fast_folder)


@pytest.fixture(scope="session")
def can_trace() -> None:
    """Skips where processes cannot be traced."""
    if not tracer.SUPPORTED:
        pytest.skip("system calls are traced on Linux with x86-64 only")
    trial = "import pathlib; from campaigns import tracer; tracer.run(lambda say: None, pathlib.Path('/'))"
    done = subprocess.run(
        [sys.executable, "-c", trial], env={**os.environ, **ENVIRONMENT}, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("this machine does not let a process trace its child")


@pytest.fixture(scope="session")
def zygote(can_trace: None) -> Iterator[Any]:
    """``zygote(folder, step, kill_at)``: another process begins the step and dies at that file call."""
    process = subprocess.Popen(
        [sys.executable, "-m", "campaigns.zygote"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, stdout = process.stdin, process.stdout

    def crash(folder: Path, step: tuple[Any, ...], kill_at: int) -> dict[str, Any]:
        stdin.write(json.dumps({"folder": str(folder), "step": step, "kill_at": kill_at}) + "\n")
        stdin.flush()
        reply: dict[str, Any] = json.loads(stdout.readline())
        return reply

    yield crash
    stdin.close()
    process.wait(timeout=10)
    stdout.close()
