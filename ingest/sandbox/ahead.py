"""Reads items in a thread of its own while the caller works on the last result, within a number of bytes.

items -> reader thread: read(item, admit) -> queue of READ_AHEAD -> caller
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from typing import TypeAlias, TypeVar

# documents parsed ahead of the one that the caller is busy with
READ_AHEAD = 4
_PATIENCE_S = 0.1

Item = TypeVar("Item")
Result = TypeVar("Result")
Admit: TypeAlias = Callable[[int], None]


class Abandoned(Exception):
    """The caller went away while a result waited for room."""


def read_ahead(
    items: Iterable[Item], read: Callable[[Item, Admit], Result], room: int, abandon: Callable[[], None]
) -> Generator[Result, None, None]:
    """Results in order, at most ``READ_AHEAD`` of them and ``room`` bytes at once, the caller's last ones included.

    Args:
        read: makes a result; it calls ``admit(size)`` before it takes so many bytes, at most half of ``room``.
        abandon: makes a ``read`` that is under way end soon.
    """
    results: queue.Queue[tuple[Result, int] | BaseException | None] = queue.Queue(READ_AHEAD)
    free = _Room(room)
    stop = threading.Event()

    def put(result: tuple[Result, int] | BaseException | None) -> None:
        while not stop.is_set():
            with suppress(queue.Full):
                results.put(result, timeout=0.1)
                return

    def read_one(item: Item) -> tuple[Result, int]:
        taken = 0

        def admit(size: int) -> None:
            nonlocal taken
            free.take(size)
            taken += size

        return read(item, admit), taken

    def read_all() -> None:
        try:
            for item in items:
                if stop.is_set():
                    return
                put(read_one(item))
            put(None)
        except BaseException as error:  # re-raised where the caller waits
            put(error)

    reader = threading.Thread(target=read_all, name="parser-reader", daemon=True)
    reader.start()
    held = 0
    try:
        while (found := results.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            result, size = found
            del found
            yield result
            del result
            # a caller's loop variable holds this result until it has the next one
            free.give(held)
            held = size
    except BaseException:
        stop.set()
        free.close()
        while reader.is_alive():
            abandon()  # again and again: it may just have been about to begin another item
            reader.join(_PATIENCE_S)
        raise
    finally:
        stop.set()
        free.close()
        reader.join()


class _Room:
    """Bytes to be taken by one thread and given back by another."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._closed = False
        self._changed = threading.Condition()

    def take(self, size: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._free >= size)
            if self._closed:
                raise Abandoned
            self._free -= size

    def give(self, size: int) -> None:
        with self._changed:
            self._free += size
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
