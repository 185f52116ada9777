"""``secondlook serve`` as a process of its own, seen from outside: its memory, threads and open files (Linux).

with served(folder, store, config_text) as server:
    httpx.get(server.address + "/healthz"); server.at_rest()
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from paths import ROOT

PATIENCE_S = 60.0
_LOOK_S = 0.1
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Use:
    """What a process has at a moment."""

    resident_mb: float
    threads: int
    files: int


@dataclass(frozen=True, slots=True)
class ServedProcess:
    """A running server. ``log``: the file of what it says."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def use(self) -> Use:
        folder = Path(f"/proc/{self.process.pid}")
        pages = int((folder / "statm").read_text("ascii").split()[1])
        return Use(
            pages * _PAGE / 1e6, len(list((folder / "task").iterdir())), len(list((folder / "fd").iterdir()))
        )


def wait_until(happened: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
    """Look again and again. Fails with ``what`` where it has not happened after so many seconds."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(_LOOK_S)


def with_model(url: str) -> str:
    """A configuration: the stand-in for a language model at ``url`` answers, tried once, and figures are shown."""
    return f"""[llm]
backend = "openai-like"
model = "small"
options = {{ api_base = "{url}" }}
limits = {{ tries = 1 }}
[telemetry]
metrics = true
"""


@contextmanager
def served(
    folder: Path, store: Path, config: str = "", prefix: Sequence[str] = ()
) -> Iterator[ServedProcess]:
    """The server in ``folder``, once it can answer.

    Args:
        config: the text of its configuration.
        prefix: a program that starts it, such as a tracer.
    """
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    (folder / "serve.toml").write_text(config, "utf-8")
    log = folder / "serve.log"
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*prefix, sys.executable, "-P", "-m", "chatbot", "serve", f"--port={port}", f"--store={store}",
             f"--config={folder / 'serve.toml'}"],
            cwd=folder, stdout=written, stderr=subprocess.STDOUT, env={**kept, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        server = ServedProcess(process, port, log)
        try:
            wait_until(lambda: _is_ready(server), f"it did not start: {log.read_text('utf-8', 'replace')}")
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _is_ready(server: ServedProcess) -> bool:
    assert server.process.poll() is None, server.log.read_text("utf-8", "replace")
    try:
        return httpx.get(f"{server.address}/readyz", timeout=PATIENCE_S).status_code == 200
    except httpx.TransportError:
        return False
