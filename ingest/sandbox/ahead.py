"""An iterator read one result ahead: the next one is made in another thread while the caller works on the last."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar

_END: Any = object()
_PATIENCE_S = 0.1

Result = TypeVar("Result")


def one_ahead(results: Iterable[Result], abandon: Callable[[], None]) -> Generator[Result, None, None]:
    """``results`` in order; an error of theirs is raised where the caller waits.

    Args:
        abandon: makes a result that is under way end soon; called when the caller goes away.
    """
    iterator = iter(results)
    with ThreadPoolExecutor(1, "parser-reader") as reader:
        ahead = reader.submit(next, iterator, _END)
        try:
            while (result := ahead.result()) is not _END:
                ahead = reader.submit(next, iterator, _END)
                yield result
        finally:
            ahead.cancel()
            while not ahead.done():
                abandon()  # again and again: it may just have been about to begin another file
                wait([ahead], _PATIENCE_S)
