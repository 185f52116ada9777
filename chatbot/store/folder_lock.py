"""The lock of an index folder: one writer at a time, across processes and threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from chatbot.errors import Phrase, StoreBusy, StoreError
from chatbot.store.private_files import PRIVATE_FILE, private_opener


@contextmanager
def writer_lock(folder: Path, wait_s: float) -> Iterator[None]:
    """Hold the writer lock of ``folder``; after ``wait_s`` seconds ``StoreBusy`` names who has it."""
    holder = folder / "writer.pid"
    lock = FileLock(folder / "writer.lock", timeout=wait_s, mode=PRIVATE_FILE)
    try:
        lock.acquire()
        with open(holder, "w", encoding="ascii", opener=private_opener) as note:
            note.write(str(os.getpid()))
    except Timeout:
        raise StoreBusy(
            "{folder} is being written by {what}; wait for it to finish, then try again",
            folder=folder,
            what=_holder(holder),
        ) from None
    except OSError as error:
        lock.release()
        raise StoreError(
            "{folder} cannot be written ({error}); check its permissions and the free space",
            folder=folder,
            error=error.strerror or error,
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # only a note for others; what was written must not seem to have failed
            holder.unlink(missing_ok=True)
        lock.release()


def _holder(file: Path) -> str:
    try:
        return Phrase("process {number}", number=int(file.read_text("ascii")))
    except (OSError, ValueError):
        return "another process"
