"""The worker's side of a sandbox: enter it, say which protections hold, answer requests until they end.

    enter_sandbox(memory) -> names of the protections that hold, for the program to show

Resource limits hold on every POSIX system, except the address space on macOS. On Linux, Landlock leaves only the
program's own libraries to be read (``landlock.py``, ``readable.py``), and a filter leaves only the system calls that
reading needs: no network, no programs, nothing written (``seccomp.py``). What a system does not offer is missing from
the names.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from ingest.sandbox.landlock import restrict_files
from ingest.sandbox.readable import readable_places
from ingest.sandbox.received import ReceivedFile
from ingest.sandbox.seccomp import install_filter
from ingest.sandbox.secrecy import close_memory, drop_capabilities, is_closed
from ingest.sandbox.wire import GOES_ON, MORE_TIMES, receive, send

try:
    import resource
except ImportError:  # Windows: the time limit of the other side still holds
    resource = None  # type: ignore[assignment]

# what a parser opens at once: the file, its parts, fonts and models of the recogniser; ten in practice
_OPEN_FILES = 256
# a process that took more than this share of its memory keeps it, and the next file would be refused for that
_MOST_KEPT = 1 / 3


class _Clock:
    """The processor time of each file: so many seconds, and as many again whenever a part of it was read."""

    def __init__(self, answers: IO[bytes], seconds: int) -> None:
        self._answers = answers
        self._seconds = seconds
        self._left = 0

    def begin(self) -> None:
        self._left = MORE_TIMES
        limit_cpu(self._seconds)

    def more(self) -> bool:
        """Whether the file at hand has more time now; the program is told."""
        if not self._left:
            return False
        self._left -= 1
        limit_cpu(self._seconds)
        send(self._answers, GOES_ON)
        return True


def serve(
    answer: Callable[[dict[str, Any], Path], tuple[dict[str, Any], bytes]],
    with_clock: Callable[[Callable[[], bool]], None] | None = None,
) -> None:
    """The main program of ``python -m MODULE MEMORY_BYTES CPU_SECONDS [FILES]``: ``answer`` makes message and body.

    ``FILES`` is the number of the socket through which files come; without one, a request has a path. ``with_clock``
    gets what asks for more time while a long file is read.
    """
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    files = socket.socket(fileno=int(sys.argv[3])) if len(sys.argv) > 3 else None
    status = _status()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    send(answers, {"ready": list(enter_sandbox(memory))})
    clock = _Clock(answers, seconds)
    if with_clock is not None:
        with_clock(clock.more)
    while (request := receive(sys.stdin.buffer)) is not None:
        clock.begin()
        message, body = _answered(answer, request[0], files)
        if peak_memory(status) > _MOST_KEPT * memory:
            message["last"] = True  # another process reads the next file
        send(answers, message, body)
        del message, body  # or they would still be in memory while the next file is read


def _answered(
    answer: Callable[[dict[str, Any], Path], tuple[dict[str, Any], bytes]],
    request: dict[str, Any],
    files: socket.socket | None,
) -> tuple[dict[str, Any], bytes]:
    if files is None or sys.platform == "win32":
        return answer(request, Path(request["path"]))
    _, (descriptor, *_), _, _ = socket.recv_fds(files, 1, 1)
    try:
        return answer(request, ReceivedFile(descriptor))
    finally:
        os.close(descriptor)


def enter_sandbox(memory: int) -> tuple[str, ...]:
    """Limits this process for good; ``memory`` is its address space in bytes. Call it before threads are started.

    Returns those of ``memory``, ``processor time``, ``files`` (none is written), ``network``, ``programs``, ``keys``
    (the program's memory is closed) and ``file view (Landlock VERSION)`` that hold.
    """
    held: list[str] = []
    if resource is not None:
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
        if sys.platform != "darwin" and _limit(resource.RLIMIT_AS, memory):
            held.append("memory")
        held.append("processor time")  # set for each file by limit_cpu
        if _limit(resource.RLIMIT_FSIZE, 0):  # regular files; the answers go through a pipe
            held.append("files")
    close_memory()
    drop_capabilities()
    landlock = restrict_files(readable_places())
    if install_filter():
        held += ["network", "programs"]
    if is_closed(os.getppid()):
        held.append("keys")
    if landlock:
        held.append(f"file view (Landlock {landlock})")
    return tuple(held)


def limit_cpu(seconds: int) -> None:
    """This many more seconds of processor time from now on; the limit counts a process's whole life."""
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, resource.RLIM_INFINITY))


def peak_memory(status: int) -> int:
    """Bytes that this process had in memory at most, since its program began; 0 where the system does not say.

    ``status`` is the descriptor that ``_status`` opened.
    """
    if status >= 0:
        with suppress(OSError, ValueError, IndexError):
            return 1024 * int(os.pread(status, 8192, 0).split(b"VmHWM:")[1].split()[0])
    if resource is None:
        return 0
    # on Linux it would begin with what the program that started this one had in memory: gigabytes of models
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _status() -> int:
    """A descriptor of what Linux says of this process, opened while it may be; -1 elsewhere."""
    with suppress(OSError):
        return os.open("/proc/self/status", os.O_RDONLY)
    return -1


def _limit(kind: int, most: int) -> bool:
    with suppress(ValueError, OSError):
        soft, hard = resource.getrlimit(kind)
        bounds = [most, *(bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY)]
        resource.setrlimit(kind, (min(bounds), min(bounds)))
        return True
    return False
