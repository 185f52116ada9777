"""The processor time that OCR may use in this process, and whom it asks for more.

The recogniser watches the time itself: a file that overruns the limit of the subprocess is lost with all its pages. Before
the time is up it asks for more, so that a scan has time for each of its pages, and one that hangs has not.
"""

from __future__ import annotations

import time
from collections.abc import Callable

# of the processor time that the process may use, this is kept for the rest of the file
_KEPT_SECONDS = 8.0
# for a file where the process has no limit
_UNLIMITED_SECONDS = 3_600.0


def seconds_left() -> float:
    """Processor time that OCR may use in this process; the parser's has a limit for each file."""
    try:
        import resource
    except ImportError:  # Windows
        return _UNLIMITED_SECONDS
    limit, _ = resource.getrlimit(resource.RLIMIT_CPU)
    if limit == resource.RLIM_INFINITY:
        return _UNLIMITED_SECONDS
    return max(limit - time.process_time() - _KEPT_SECONDS, 0.0)


def ask_for_time(ask: Callable[[], bool]) -> None:
    """Whom a recogniser asks when the time of this process is nearly up; the answer is whether it has more now."""
    global _ask
    _ask = ask


def _no_more() -> bool:
    return False


_ask: Callable[[], bool] = _no_more


def more_time() -> bool:
    """Ask for it; whether this process has more now."""
    return _ask()
