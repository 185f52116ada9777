"""What changes the index from the page, one after the other: uploads, documents read again, removals.

Each piece of work is a job of its own, which waits until the one before it has ended. Nothing of it runs in a run of
the script: the page only looks at it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st

from chatbot.errors import StoreBusy
from chatbot.ui.jobs import Job
from ingest.report import IngestReport, Progress

Kind = Literal["upload", "web", "again", "remove"]

_PATIENCE_S = 600.0  # for another program that writes to the index
_KEPT = 5  # pieces of work whose outcome stays on the page
_KEY = "work"
_UNDER_WAY = "work_under_way"  # how much of it there was when this was last looked at


class Work(Job[IngestReport]):
    """One change of the index, waiting, under way or done.

    Attributes:
        count: files or documents that it is about.
        progress: the latest word of it; ``None`` before the first.
        stopping: whether a person wants it to end.
        held_up: whether another program is writing to the index.
    """

    def __init__(self, kind: Kind, count: int, store: Path, action: Callable[[Work], IngestReport]) -> None:
        self.kind: Kind = kind
        self.count = count
        self.progress: Progress | None = None
        self.stopping = False
        self.held_up = False
        self.waiting = True
        self._ended = threading.Event()
        self._before = _queue(store, self._ended)
        super().__init__(lambda: self._in_turn(action), kind)

    def stop(self) -> None:
        """End after the file at hand; what is indexed by then stays."""
        self.stopping = True

    def on_progress(self, progress: Progress) -> None:
        self.held_up = False
        self.progress = progress

    @property
    def under_way(self) -> bool:
        return not self.done(0)

    def _in_turn(self, action: Callable[[Work], IngestReport]) -> IngestReport:
        try:
            if self._before is not None:
                self._before.wait()
            self.waiting = False
            return self._once_free(action)
        finally:
            self._ended.set()

    def _once_free(self, action: Callable[[Work], IngestReport]) -> IngestReport:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return action(self)
            except StoreBusy:  # after waiting some seconds; nothing was done
                self.held_up = True
                if self.stopping or time.monotonic() > until:
                    raise


def add_work(work: Work) -> Work:
    """Show ``work`` in this session until it is dismissed."""
    all_of_it = works()
    all_of_it.append(work)
    done = [other for other in all_of_it if not other.under_way]
    for other in done[:-_KEPT]:
        all_of_it.remove(other)
    # counted now: it may have ended before it is drawn for the first time
    st.session_state[_UNDER_WAY] = st.session_state.get(_UNDER_WAY, 0) + 1
    return work


def works() -> list[Work]:
    """This session's, oldest first; with those that have ended until they are dismissed."""
    found: list[Work] = st.session_state.setdefault(_KEY, [])
    return found


def first_under_way() -> Work | None:
    """What this session has under way, the first of it; for a line beside the chat."""
    return next((work for work in works() if work.under_way), None)


def something_has_ended() -> bool:
    """Whether some of this session's work has ended since this was last asked."""
    count = sum(work.under_way for work in works())
    ended: bool = st.session_state.get(_UNDER_WAY, 0) > count
    st.session_state[_UNDER_WAY] = count
    return ended


_last: dict[Path, threading.Event] = {}
_last_lock = threading.Lock()


def _queue(store: Path, ended: threading.Event) -> threading.Event | None:
    """The end of what is last in the queue of this index, behind which ``ended`` is put."""
    with _last_lock:
        before = _last.get(store)
        _last[store] = ended
    return before
