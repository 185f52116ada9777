"""A worker that a hostile file has taken over: ``SandboxProcess("tests.fakes.taken_over")``.

Each request names what to try on: ``{"secret", "folder", "port", "sibling"}``. The answer has for each attempt the
name of the error that it ended in, empty where it succeeded.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.sandbox.received import ReceivedFile
from ingest.sandbox.worker import serve

# system calls without a function in Python; x86-64
_RAW = {
    "shared memory": (29, 0, 4096, 0o1600),
    "message queue": (68, 0, 0o1600),
    "inotify": (253,),
    "ptrace of the program": (101, 16, os.getppid(), 0, 0),
    "personality": (135, 0xFFFFFFFF),
    "io_uring": (425, 8, 0),
    "bpf": (321, 0, 0, 0),
    "userfaultfd": (323, 0),
    "keyring": (250, 0, -3, 0),
    "another name space": (272, 0x10000000),
    "openat2": (437, -100, b"/etc/passwd", b"\0" * 24, 24),
    "memory of its own readable again": (157, 4, 1, 0, 0, 0),
    "a program without a name": (322, 0, b"", 0, 0, 0x1000),
    "signal to the whole group": (62, 0, 0),
    "a thread group of its own": (56, 17, 0, 0, 0, 0),
    "a new process by clone3": (435, b"\0" * 64, 64),
}


def answer(request: dict[str, Any], file: Path) -> tuple[dict[str, Any], bytes]:
    assert isinstance(file, ReceivedFile)
    errors: dict[str, str] = {}
    for name, attempt in {**_attempts(request, file.descriptor), **_raw_attempts()}.items():
        try:
            attempt()
            errors[name] = ""
        except (OSError, MemoryError, ValueError, subprocess.SubprocessError) as error:
            errors[name] = type(error).__name__
    return {"errors": errors, "works": _what_works(file), "environment": sorted(os.environ)}, b""


def _attempts(request: dict[str, Any], descriptor: int) -> dict[str, Callable[[], object]]:
    parent, sibling = os.getppid(), request["sibling"]
    folder, secret = Path(request["folder"]), Path(request["secret"])
    old = folder / "old"
    return {
        "environment of the program": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "memory of the program": lambda: Path(f"/proc/{parent}/mem").open("rb"),
        "memory map of the program": lambda: Path(f"/proc/{parent}/maps").read_bytes(),
        "files of the program": lambda: list(Path(f"/proc/{parent}/fd").iterdir()),
        "memory of another worker": lambda: Path(f"/proc/{sibling}/mem").open("rb"),
        "a private file": lambda: secret.read_text(),
        "another document": lambda: old.read_text(),
        "the folder of documents": lambda: list(folder.iterdir()),
        "accounts of this machine": lambda: Path("/etc/passwd").read_text(),
        "its own file by name": lambda: Path(f"/proc/self/fd/{descriptor}").open("rb"),
        "socket": lambda: socket.socket(),
        "local socket": lambda: socket.socket(socket.AF_UNIX),
        "socket pair": lambda: socket.socketpair(),
        "connection": lambda: socket.create_connection(("127.0.0.1", request["port"]), 2),
        "program": lambda: subprocess.run([sys.executable, "-V"]),
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "exec": lambda: os.execv(sys.executable, [sys.executable, "-V"]),
        "fork": lambda: os.fork(),
        "kill": lambda: os.kill(parent, 0),
        "stop of another worker": lambda: os.kill(sibling, signal.SIGSTOP),
        "limit of the program": lambda: resource.prlimit(parent, resource.RLIMIT_CPU),
        "new file": lambda: (folder / "new").touch(),
        "write": lambda: old.write_text("changed"),
        "append": lambda: old.open("a"),
        "remove": lambda: old.unlink(),
        "rename": lambda: old.rename(folder / "new"),
        "new folder": lambda: (folder / "new").mkdir(),
        "link": lambda: (folder / "new").symlink_to("/etc/passwd"),
        "mode": lambda: old.chmod(0o777),
        "times": lambda: os.utime(old),
        "truncate": lambda: os.truncate(old, 0),
        "mode of what it was given": lambda: os.fchmod(descriptor, 0o777),
        "times of what it was given": lambda: os.utime(descriptor),
        "end of what it was given": lambda: os.ftruncate(descriptor, 0),
        "write to what it was given": lambda: os.write(descriptor, b"x"),
        "owner of signals": lambda: fcntl.fcntl(descriptor, fcntl.F_SETOWN, parent),
        "file in memory": lambda: os.memfd_create("x"),
        "more memory": lambda: bytearray(1600 * 2**20),
        "raise the limit": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
        "typing at the terminal": lambda: fcntl.ioctl(2, 0x5412, b"x"),
    }


def _raw_attempts() -> dict[str, Callable[[], object]]:
    if os.uname().machine != "x86_64":
        return {}
    libc = ctypes.CDLL(None, use_errno=True)

    def call(*arguments: Any) -> None:
        if libc.syscall(*arguments) < 0:
            raise OSError(ctypes.get_errno(), "")

    return {name: lambda arguments=arguments: call(*arguments) for name, arguments in _RAW.items()}  # type: ignore[misc]


def _what_works(file: Path) -> dict[str, str]:
    found: dict[str, str] = {"file": file.read_text()}
    thread = threading.Thread(target=lambda: found.update(thread="works"))
    thread.start()
    thread.join()
    import lxml.etree  # as every parser: when it is needed
    import numpy
    import openpyxl

    found["libraries"] = str(len({lxml.etree, numpy, openpyxl}))
    found["hash"] = hashlib.new("sha256", b"").hexdigest()[:4]
    return found


if __name__ == "__main__":
    serve(answer)
