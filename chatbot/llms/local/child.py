"""A program that downloads, run so that it can be watched and ended."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event

from chatbot.errors import ModelError, without_kinds
from chatbot.llms.failures import masked
from chatbot.models.environment import without_secrets

_LOOK_S = 0.2
_GRACE_S = 5.0  # to end by itself
_LAST_WORDS = 4000  # bytes


class Cancelled(ModelError):
    """The person has ended it; what is there already stays for the next time."""

    def __init__(self) -> None:
        super().__init__("the download was cancelled; what has come is kept and goes on with the next one")


def run(
    command: Sequence[str], cancel: Event, tick: Callable[[], None], environment: dict[str, str] | None = None
) -> str:
    """Run ``command`` to its end, without this process's keys, ``tick`` called meanwhile; the last line of its words if it failed, empty if not.

    Raises:
        Cancelled: ``cancel`` was set; the program has ended.
    """
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=without_secrets() if environment is None else environment,
        )
        try:
            while process.poll() is None:
                if cancel.is_set():
                    raise Cancelled
                tick()
                time.sleep(_LOOK_S)
        finally:
            _end(process)
        if process.returncode == 0:
            return ""
        log.seek(0, 2)
        log.seek(max(0, log.tell() - _LAST_WORDS))
        lines = [line for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        said = [line for line in lines if line.lower().startswith("error")] or lines
        return masked(without_kinds(said[-1])) if said else f"exit code {process.returncode}"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def bytes_below(folder: Path, ending: str = "") -> list[int]:
    """Of each file that a program has there so far; its files and folders may vanish meanwhile."""
    found = []
    for place, _, names in os.walk(folder):  # passes over a folder that is gone: rglob fails at it
        for name in names:
            with suppress(OSError):
                if name.endswith(ending):
                    found.append((Path(place) / name).stat().st_size)
    return found
