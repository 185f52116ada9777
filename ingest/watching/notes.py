"""Notes of the programs that keep an index current: each leaves one, as long as it lives.

    note = leave_note(config, paths)
    watched(config) -> what is watched now

In a folder a note is a file, with a lock that goes with its program; beside an index in PostgreSQL, see ``shared_notes``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from chatbot.config import Config
from chatbot.store.private_files import PRIVATE_FILE, private_opener
from chatbot.store.tables import are_shared
from ingest.watching.shared_notes import SharedNote, shared_notes

_FOLDER = "watchers"


@dataclass(frozen=True, slots=True)
class WatchedPaths:
    """What a living program watches.

    Attributes:
        paths: files and folders.
        looked_at: when it last compared all of them with the index, in UTC; ``None`` before the first time.
        machine: where it runs and they are; empty for this one.
    """

    paths: tuple[Path, ...]
    looked_at: datetime | None
    machine: str = ""


class Note(Protocol):
    """That of this process. Where it cannot be written, watching goes on without: it is for people only."""

    def looked(self) -> None:
        """All files were compared with the index, just now."""
        ...

    def close(self) -> None:
        """Take it away."""
        ...


def leave_note(config: Config, paths: Sequence[Path]) -> Note:
    """That this process watches ``paths`` for the index of ``config``."""
    if are_shared(config):
        return SharedNote(config, paths)
    return WatcherNote(config.store, paths)


def watched(place: Config | Path) -> list[WatchedPaths]:
    """What is watched now for an index, or that in a folder. The notes of programs that were killed do not count."""
    if isinstance(place, Config) and are_shared(place):
        return [
            WatchedPaths(tuple(map(Path, paths)), looked_at, machine)
            for paths, looked_at, machine in shared_notes(place)
        ]
    return _watched_in(place.store if isinstance(place, Config) else place)


class WatcherNote(Note):
    """The note of this process on the index in ``folder``. It waits until there is an index."""

    def __init__(self, folder: Path, paths: Sequence[Path]) -> None:
        self._file = folder / _FOLDER / f"{os.getpid()}.json"
        self._paths = paths
        self._lock = FileLock(self._file.with_suffix(".lock"), timeout=0, mode=PRIVATE_FILE)
        self._write(None)

    def looked(self) -> None:
        self._write(datetime.now(UTC))

    def close(self) -> None:
        if not self._lock.is_locked:
            return
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)

    def _write(self, looked_at: datetime | None) -> None:
        note = {
            "paths": [os.path.realpath(p) for p in self._paths],
            "looked_at": looked_at and looked_at.isoformat(),
        }
        with suppress(OSError, Timeout):
            self._file.parent.mkdir(0o700, exist_ok=True)
            if not self._lock.is_locked:
                self._lock.acquire()
            half = self._file.with_suffix(".new")
            with open(half, "w", encoding="utf-8", opener=private_opener) as file:
                json.dump(note, file)
            half.replace(self._file)


def _watched_in(folder: Path) -> list[WatchedPaths]:
    found = []
    for file in sorted((folder / _FOLDER).glob("*.json")):
        if _is_alive(file):
            with suppress(OSError, ValueError, KeyError, TypeError):
                note = json.loads(file.read_text("utf-8"))
                looked_at = note["looked_at"] and datetime.fromisoformat(note["looked_at"])
                found.append(WatchedPaths(tuple(map(Path, note["paths"])), looked_at or None))
    return found


def _is_alive(file: Path) -> bool:
    lock = FileLock(file.with_suffix(".lock"), timeout=0)
    try:
        with lock:
            return False
    except Timeout:
        return True
    except OSError:
        return False
