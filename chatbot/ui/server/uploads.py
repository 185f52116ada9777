"""How much of uploads the server's memory holds: for one session, and for all together.

Streamlit keeps what a browser sent until the page has read it. Its own bound is one for each file, and counts no files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from streamlit.runtime import Runtime

MOST_OF_A_SESSION = 400 * 2**20  # bytes, also of all sessions of one person: four files of the largest size
MOST_IN_ALL = 1200 * 2**20  # bytes: three such people at once
_MORE = 4096  # bytes that a file counts besides its own: many empty ones take memory, too


class Uploads:
    """Room for what is arriving, beside what is there. For the one thread of the server."""

    def __init__(self) -> None:
        self._arriving: Counter[str] = Counter()

    @contextmanager
    def room_for(self, size: int, session_id: str, sessions: Collection[str]) -> Iterator[bool]:
        """Whether ``size`` bytes of that session may arrive; until the end of the block they count as there.

        ``sessions``: all of the person's, which share the room.
        """
        size += _MORE
        there = _kept()
        there.update(self._arriving)
        if (
            sum(there[session] for session in {session_id, *sessions}) + size > MOST_OF_A_SESSION
            or there.total() + size > MOST_IN_ALL
        ):
            yield False
            return
        self._arriving[session_id] += size
        try:
            yield True
        finally:
            self._arriving[session_id] -= size
            if not self._arriving[session_id]:
                del self._arriving[session_id]


def _kept() -> Counter[str]:
    """Bytes in memory by session."""
    if not Runtime.exists():
        return Counter()
    stored = Runtime.instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]  # of the manager in use
    return Counter({
        session: sum(len(record.data) + _MORE for record in list(files.values()))
        for session, files in list(stored.items())
    })  # fmt: skip
