"""One writer at a time, across processes and threads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from chatbot.errors import StoreBusy, StoreError


@contextmanager
def writer_lock(folder: Path, wait_s: float) -> Iterator[None]:
    """Hold the store's writer lock; after ``wait_s`` seconds ``StoreBusy`` names who has it."""
    holder = folder / "writer.pid"
    lock = FileLock(folder / "writer.lock", timeout=wait_s)
    try:
        lock.acquire()
        holder.write_text(str(os.getpid()), "ascii")
    except Timeout:
        raise StoreBusy(
            f"{folder} is being written by {_holder(holder)}; wait for it to finish, then try again"
        ) from None
    except OSError as error:
        lock.release()
        raise StoreError(
            f"{folder} cannot be written ({error.strerror or error}); check its permissions and the free space"
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # only a note for others; what was written must not seem to have failed
            holder.unlink(missing_ok=True)
        lock.release()


def _holder(file: Path) -> str:
    try:
        return f"process {int(file.read_text('ascii'))}"
    except (OSError, ValueError):
        return "another process"
