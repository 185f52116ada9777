"""Watched places: the given paths, and when something in them last changed."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchdog import events

from ingest.sync import walk
from ingest.sync.roots import real_path

if TYPE_CHECKING:
    from watchdog.observers.api import ObservedWatch

_BLINK = 0.2  # seconds
# without those of reading: a run itself reads every file
EVENTS: list[type[events.FileSystemEvent]] = [
    events.FileCreatedEvent, events.FileModifiedEvent, events.FileMovedEvent, events.FileDeletedEvent,
    events.FileClosedEvent, events.FileAttribEvent, events.DirCreatedEvent, events.DirModifiedEvent,
    events.DirMovedEvent, events.DirDeletedEvent, events.DirAttribEvent,
]  # fmt: skip


class Place:
    """A given path, whether it is there, and the watches on it."""

    def __init__(self, path: Path) -> None:
        self.path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - a link may come to lead elsewhere
        self.is_there = False
        self.watches: list[ObservedWatch] = []
        self._identity: tuple[int, int] | None = None  # device and inode of a folder

    def look(self) -> bool:
        """Bring ``is_there`` up to date; whether a folder that is there is another one than before."""
        try:
            status = self._status()
        except OSError:
            self.is_there = False
            return False
        if not self.path.is_dir():
            is_another, self._identity, self.is_there = self._identity is not None, None, True
            return is_another
        identity = (status.st_dev, status.st_ino)
        before = self._identity
        if before is not None and before[0] != identity[0] and not any(walk(real_path(self.path))):
            self.is_there = False  # the empty folder on which something was mounted
            return False
        self._identity, self.is_there = identity, True
        return before is not None and before != identity

    def _status(self) -> os.stat_result:
        try:
            return self.path.stat()
        except OSError:
            if not self.is_there:
                raise
        time.sleep(_BLINK)  # editors replace a file by removing it first
        return self.path.stat()

    def folders(self) -> list[tuple[Path, bool]]:
        """(folder to watch, whether with all below it). A file is watched through the folders of it and its target."""
        real = real_path(self.path)
        if real.is_dir():
            return [(real, True)]
        return [
            (parent, False) for parent in dict.fromkeys((real.parent, Path(os.path.realpath(real)).parent))
        ]

    def concerns(self, path: str) -> bool:
        """Whether a change of ``path`` is one of this place; all changes in a watched folder are."""
        if self._identity is not None:
            return True
        return path in (str(real_path(self.path)), os.path.realpath(self.path))


class Changes:
    """When something last changed outside the index; filled by watchdog's thread."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._condition = threading.Condition()
        self._between: tuple[float, float] | None = None
        self._attributes_changed = False
        self._is_woken = False

    @property
    def between(self) -> tuple[float, float] | None:
        """Times of the first and the last change since ``forget``; ``None`` if there was none."""
        with self._condition:
            return self._between

    def note(self, of_attributes: bool = False) -> None:
        """Something changed; ``of_attributes``: of a folder, such as who may read it."""
        now = time.monotonic()
        with self._condition:
            self._attributes_changed |= of_attributes
            if self._between is None:  # further ones only put off the time of the next run
                self._wake()
            self._between = (self._between[0] if self._between else now, now)

    def note_if_outside(self, path: str, of_attributes: bool) -> None:
        """Note a change of ``path`` unless it is the index itself that changed."""
        if not Path(path).is_relative_to(self._store):
            self.note(of_attributes)

    def forget(self) -> None:
        """Start anew: what comes from now on is a change."""
        with self._condition:
            self._between = None

    def take_attributes_changed(self) -> bool:
        """Whether a folder's permissions changed: perhaps it can be watched only now."""
        with self._condition:
            taken, self._attributes_changed = self._attributes_changed, False
            return taken

    def wait(self, seconds: float) -> None:
        """Until the next change or ``wake``, at most so long."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_woken, seconds)
            self._is_woken = False

    def wake(self) -> None:
        """End a ``wait`` now."""
        with self._condition:
            self._wake()

    def _wake(self) -> None:
        self._is_woken = True
        self._condition.notify_all()


class Handler(events.FileSystemEventHandler):
    """Notes what watchdog reports of a place."""

    def __init__(self, changes: Changes, place: Place) -> None:
        self._changes = changes
        self._place = place

    def on_any_event(self, event: Any) -> None:
        for path in (os.fsdecode(event.src_path), os.fsdecode(event.dest_path)):
            if path and self._place.concerns(path):
                self._changes.note_if_outside(path, isinstance(event, events.DirAttribEvent))
