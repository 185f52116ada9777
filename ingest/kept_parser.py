"""Parser processes that are there before the turn of an upload comes, and stay for all its turns.

To start one takes half a second on a quiet machine, and several beside 30 people who ask: time in which whoever waits for
the turn waits, too. None is handed from one piece of work to another: a file may have taken it over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.sandbox.parser import ParserProcess as ParserProcess

MOST = 4  # at once, of 60 MB each; further uploads start one for each of their turns
_free = threading.BoundedSemaphore(MOST)


@contextmanager
def kept_parser() -> Iterator[ParserProcess | None]:
    """One that has started, for a single piece of work; ``None`` where there are enough."""
    if not _free.acquire(blocking=False):
        yield None
        return
    try:
        with ParserProcess() as parser:
            parser.protections()
            yield parser
    finally:
        _free.release()
