"""The watcher that keeps the index current: watch -> wait for quiet -> run -> report, until it is stopped.

The file system only says when to look again. Every run compares all files with the index as any ingest does, so
nothing depends on which events came, in which order, or on those that were lost.
"""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog import events
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from chatbot.config import Config
from chatbot.errors import ConfigError, ModelMismatch, Phrase, StoreBusy, StoreError
from ingest.pipeline import ModelOnce, OnProgress, run
from ingest.report import IngestReport
from ingest.sync.roots import real_path
from ingest.watching.notes import leave_note
from ingest.watching.places import EVENTS, Changes, Handler, Place

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from watchdog.observers.api import BaseObserver

_EXHAUSTED = (errno.ENOSPC, errno.EMFILE)  # inotify's watches and instances, both limited per user
# a run that finds nothing may take a fifth of the time: the folder may be large, or a log grow in it
_COST = 4


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds.

    Attributes:
        quiet: without a change before the index is brought up to date.
        at_most: to wait for quiet.
        tick: between two looks whether the folders are there.
        retry: before another attempt when the index could not be written.
        remind: before the same trouble is told again.
        poll: between two looks where the system cannot report changes.
    """

    quiet: float = 1.0
    at_most: float = 10.0
    tick: float = 2.0
    retry: float = 5.0
    remind: float = 60.0
    poll: float = 5.0


class Watcher:
    """Brings the index up to date with ``paths``, at once and after every change of them.

    Args:
        on_report: gets the report of the first run and of every one that did something.
        on_message: gets a sentence where a person should know: a folder is away, the index is busy.
        observer: makes the watchdog observer.
    """

    def __init__(
        self,
        config: Config,
        paths: Sequence[Path],
        on_report: Callable[[IngestReport], None],
        on_message: Callable[[str], None],
        embedding: BaseEmbedding | None = None,
        timing: Timing | None = None,
        observer: Callable[[], BaseObserver] = Observer,
    ) -> None:
        self._config = config
        self._on_report = on_report
        self._on_message = on_message
        self._model = ModelOnce(config, embedding)
        self._timing = timing or Timing()
        self._make_observer = observer
        self._changes = Changes(real_path(config.store))
        self._places = [Place(path) for path in dict.fromkeys(paths)]
        self._stopped = False
        self._told: dict[str, float] = {}  # message -> when
        self._retry_at: float | None = None
        self._not_before = 0.0
        self._has_run = False
        self.is_busy = False  # with a run; outside one an interrupt leaves nothing undone

    def stop(self) -> None:
        """End ``run`` soon, after the file at hand; from any thread."""
        self._stopped = True
        self._changes.wake()

    def run(self, on_progress: OnProgress | None = None) -> None:
        """Watch until ``stop`` is called.

        Args:
            on_progress: gets the progress of the first run.

        Raises:
            ConfigError: a path does not exist at the start.
            ModelMismatch: the index was built with another embedding model.
            StoreError: the index could not be written by the first run. One that is busy is waited for.
        """
        self._observer = self._make_observer()
        self._note = leave_note(self._config, [place.path for place in self._places])
        try:
            self._watch_all()  # first: what changes from now on is noticed
            self._sync(on_progress)
            look_at = 0.0
            while not self._stopped:
                due, now = self._due(), time.monotonic()
                if due <= now or look_at <= now:
                    self._look_after_places()
                    look_at = time.monotonic() + self._timing.tick
                if due <= now:
                    self._sync(None)
                    continue
                self._changes.wait(min(due, look_at) - time.monotonic())
        finally:
            self._end_observer()
            self._note.close()

    def _due(self) -> float:
        """When to run next, as ``time.monotonic`` counts; infinity while there is no reason to."""
        due = inf if self._retry_at is None else self._retry_at
        if (changed := self._changes.between) is not None:
            first, last = changed
            soonest = min(last + self._timing.quiet, first + self._timing.at_most)
            due = min(due, max(soonest, self._not_before))
        return due

    def _sync(self, on_progress: OnProgress | None) -> None:
        paths = [place.path for place in self._places if place.is_there or not self._has_run]
        self._changes.forget()  # before a file is read: what changes from here on is for the next run
        self._retry_at = None
        if not paths:
            return
        try:
            self.is_busy = True
            report = run(self._config, paths, on_progress, self._model)
            self.is_busy = False
        except StoreBusy as error:
            self._try_again(Phrase("{reason}; trying again by itself", reason=error))
            return
        except ModelMismatch:  # as long as the configuration stays
            raise
        except (ConfigError, StoreError) as error:  # a folder went away meanwhile, the disk is full
            if not self._has_run:
                raise
            self._try_again(Phrase("{reason}; trying again by itself", reason=error))
            return
        for note in report.notes:
            self._tell(note, once=True)
        if report.news or not self._has_run:
            self._on_report(report)
        else:
            self._not_before = time.monotonic() + _COST * report.seconds
        self._has_run = True
        self._note.looked()
        self._poll_if_exhausted()

    def _try_again(self, message: str) -> None:
        self.is_busy = False
        self._tell(message)
        self._retry_at = time.monotonic() + self._timing.retry

    def _tell(self, message: str, once: bool = False) -> None:
        """Say it, unless it was said a moment ago, or ever."""
        now = time.monotonic()
        if message in self._told and (once or now < self._told[message] + self._timing.remind):
            return
        self._told[message] = now
        self._on_message(message)

    # the folders

    def _look_after_places(self) -> None:
        attributes_changed = self._changes.take_attributes_changed()
        for place in self._places:
            was_there = place.is_there
            is_another = place.look()
            if was_there and not place.is_there:
                self._unwatch(place)
                self._on_message(
                    Phrase(
                        "{folder} is not there any more (deleted or unmounted); what the index has of it stays; it is watched again when it is back",
                        folder=place.path,
                    )
                )
            elif place.is_there and (is_another or not was_there or attributes_changed):
                self._unwatch(place)
                self._watch(place)
                self._changes.note()
                if not was_there:
                    self._on_message(Phrase("{folder} is there again", folder=place.path))

    def _watch_all(self) -> None:
        try:
            self._observer.start()
        except OSError as error:
            self._poll(error)
        for place in self._places:
            place.look()
            if place.is_there:
                self._watch(place)
        self._poll_if_exhausted()

    def _watch(self, place: Place) -> None:
        for folder, is_recursive in place.folders():
            handler = Handler(self._changes, place)
            try:
                watch = self._observer.schedule(
                    handler, str(folder), recursive=is_recursive, event_filter=EVENTS
                )
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._poll(error)  # which watches this place, too
                    return
                # it went away, which the next look finds; or it may not be read, which the run reports
                continue
            place.watches.append(watch)

    def _unwatch(self, place: Place) -> None:
        for watch in place.watches:
            with suppress(KeyError):
                self._observer.unschedule(watch)
        place.watches.clear()

    def _poll_if_exhausted(self) -> None:
        """watchdog passes over subfolders that it gets no watch for: find out whether there is one left."""
        if sys.platform != "linux" or isinstance(self._observer, PollingObserver):
            return
        try:
            probe = self._observer.schedule(events.FileSystemEventHandler(), "/", recursive=False)
        except OSError as error:
            if error.errno in _EXHAUSTED:
                self._poll(error)
        else:
            self._observer.unschedule(probe)

    def _poll(self, error: OSError) -> None:
        """Go on without the system's reports."""
        self._end_observer()
        self._observer = PollingObserver(timeout=self._timing.poll)
        self._observer.start()
        self._on_message(
            Phrase(
                "the system reports no more changes ({error}); looking every {seconds} s instead; to change that, raise fs.inotify.max_user_watches",
                error=error.strerror,
                seconds=f"{self._timing.poll:g}",
            )
        )
        for place in self._places:
            place.watches.clear()
            if place.is_there:
                self._watch(place)
        self._changes.note()

    def _end_observer(self) -> None:
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()
        else:  # it never started
            self._observer.unschedule_all()
