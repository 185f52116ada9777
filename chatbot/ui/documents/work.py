"""What changes the index from the page, one at a time: uploads, documents read again, removals.

Each piece of work is a job of its own, which waits for its turns. Nothing of it runs in a run of the script: the page
only looks at it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import streamlit as st

from chatbot.ui.jobs import Job
from ingest.report import IngestReport
from ingest.turns.change import Change

Kind = Literal["upload", "web", "again", "remove"]

_KEPT = 5  # pieces of work whose outcome stays on the page
_KEY = "work"
_UNDER_WAY = "work_under_way"  # how much of it there was when this was last looked at


class Work(Change, Job[IngestReport]):
    """One change of the index, waiting, under way or done.

    Attributes:
        kind: what it does.
    """

    def __init__(
        self,
        kind: Kind,
        count: int,
        store: Path,
        action: Callable[[Change], IngestReport],
        person: str = "",
        *,
        with_parser: bool = False,
    ) -> None:
        self.kind: Kind = kind
        Change.__init__(self, count, store, action, person, with_parser=with_parser)
        Job.__init__(self, self.carry_out, kind)

    @property
    def under_way(self) -> bool:
        return not self.done(0)


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
