"""One change of an index, which takes turns with those of other people: a part of it at each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from chatbot.errors import StoreBusy
from ingest.kept_parser import ParserProcess, kept_parser
from ingest.pipeline import Company
from ingest.report import IngestReport, Progress, joined
from ingest.turns.queue import turns_of

_PATIENCE_S = 600.0  # for another program that writes to the index
_TURN_S = 1.5  # at least, while others wait: to begin another part takes 0.2 s
FILES_AT_ONCE, BYTES_AT_ONCE = 32, 32 * 1024**2  # of a turn, while others wait for theirs


class Change:
    """It waits from the moment at which it is made; ``carry_out`` does it.

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
        count: int,
        store: Path,
        action: Callable[[Change], IngestReport],
        person: str = "",
        *,
        with_parser: bool = False,
    ) -> None:
        """
        Args:
            person: whose it is, for the order among people.
            with_parser: start one while it waits for its turn.
        """
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
        self._action = action

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

    def carry_out(self) -> IngestReport:
        """Wait for each turn, and give the report of all parts. Raises what the action raises; ``StoreBusy`` after minutes."""
        if not self._with_parser:
            return self._part_by_part()
        with kept_parser() as self.parser:
            return self._part_by_part()

    def _part_by_part(self) -> IngestReport:
        while True:
            with self._turns.turn(self._person, self):
                self.waiting = self.has_more = False
                self._done_in_part = 0
                self._pause_from = time.monotonic() + _TURN_S
                self._before = joined(self._before, self._once_free())
                self._files_before = self._before.files
                if not self.has_more or self.stopping:
                    return self._before
                self._turns.join_again(self._person, self)
                self.waiting = self._turns.others_wait(self._person)

    def _once_free(self) -> IngestReport:
        until = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self._action(self)
            except StoreBusy:  # after waiting some seconds; nothing was done
                self.held_up = True
                if self.stopping or time.monotonic() > until:
                    raise
