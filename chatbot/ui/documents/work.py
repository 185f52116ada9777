"""What changes the index from the page, one at a time: uploads, documents read again, removals.

Each piece of work is a job of its own, which waits for its turns. Nothing of it runs in a run of the script: the page
only looks at it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import streamlit as st

from chatbot.errors import StoreBusy
from chatbot.ui.documents.turns import turns_of
from chatbot.ui.jobs import Job
from ingest.kept_parser import ParserProcess, kept_parser
from ingest.pipeline import Company
from ingest.report import IngestReport, Progress, joined

Kind = Literal["upload", "web", "again", "remove"]

_PATIENCE_S = 600.0  # for another program that writes to the index
_TURN_S = 1.5  # at least, while others wait: to begin another part takes 0.2 s
_KEPT = 5  # pieces of work whose outcome stays on the page
_KEY = "work"
_UNDER_WAY = "work_under_way"  # how much of it there was when this was last looked at


class Work(Job[IngestReport]):
    """One change of the index, waiting, under way or done.

    Its action may do a part of it and set ``has_more``: then it is called again, after the turns of other people who
    wait. ``should_pause`` tells it when to end a part.

    Attributes:
        count: files or documents that it is about.
        progress: the latest word of it, of all its parts together; ``None`` before the first.
        stopping: whether a person wants it to end.
        held_up: whether another program is writing to the index.
        waiting: whether others come first.
        parser: kept between its parts; ``None`` without one, or where enough are kept already.
        company: the others, for a run of ingest.
        has_more: whether its last part has left something.
    """

    def __init__(
        self,
        kind: Kind,
        count: int,
        store: Path,
        action: Callable[[Work], IngestReport],
        person: str = "",
        *,
        with_parser: bool = False,
    ) -> None:
        """
        Args:
            person: whose it is, for the order among people.
            with_parser: start one while it waits for its turn.
        """
        self.kind: Kind = kind
        self.count = count
        self.progress: Progress | None = None
        self.stopping = False
        self.held_up = False
        self.waiting = True
        self.has_more = False
        self._person = person
        self._turns = turns_of(store)
        self._turns.join(person, self)
        self._before = IngestReport()  # what earlier parts did
        self._files_before = 0
        self._pause_from = 0.0
        self._done_in_part = 0
        self._with_parser = with_parser
        self.parser: ParserProcess | None = None
        self.company = Company(lambda: self._turns.others_wait(person), self.should_pause)
        super().__init__(lambda: self._in_turns(action), kind)

    def stop(self) -> None:
        """End after the file at hand; what is indexed by then stays."""
        self.stopping = True

    def should_pause(self) -> bool:
        """Whether the part at hand has had its time and somebody else waits; not before a file of it is done."""
        return (
            self._done_in_part > 0
            and time.monotonic() > self._pause_from
            and self._turns.others_wait(self._person)
        )

    def should_end(self) -> bool:
        """Whether the part at hand is to end: it pauses, or somebody wants all of it to end."""
        return self.stopping or self.should_pause()

    def on_progress(self, progress: Progress) -> None:
        self.held_up = False
        self._done_in_part = progress.files
        self.progress = replace(
            progress,
            files=self._files_before + progress.files,
            files_total=max(self.count, progress.files_total),
            chunks=self._before.chunks + progress.chunks,
            read=self._files_before + progress.read,
            report=joined(self._before, progress.report),
        )

    @property
    def under_way(self) -> bool:
        return not self.done(0)

    def _in_turns(self, action: Callable[[Work], IngestReport]) -> IngestReport:
        if not self._with_parser:
            return self._part_by_part(action)
        with kept_parser() as self.parser:
            return self._part_by_part(action)

    def _part_by_part(self, action: Callable[[Work], IngestReport]) -> IngestReport:
        while True:
            with self._turns.turn(self._person, self):
                self.waiting = self.has_more = False
                self._done_in_part = 0
                self._pause_from = time.monotonic() + _TURN_S
                self._before = joined(self._before, self._once_free(action))
                self._files_before = self._before.files
                if not self.has_more or self.stopping:
                    return self._before
                self._turns.join_again(self._person, self)
                self.waiting = self._turns.others_wait(self._person)

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
