"""A subprocess that reads untrusted files: limited in memory and time, without network, programs or files to write.

It is one of our own modules (``python -m MODULE MEMORY_BYTES CPU_SECONDS FILES``) that enters the sandbox, says which
protections hold (``worker.py``), and answers requests (``wire.py``). It gets no secret from the environment, and no
path: files come opened, through the socket ``FILES``. Windows cannot pass them on; there the request has the path.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.secrecy import close_memory
from ingest.sandbox.wire import GOES_ON, MORE_TIMES, WireError, receive, send

# on a busy machine, processor time takes longer than that on the clock
_WALL_CLOCK = 2.0
_START_SECONDS = 60.0
# the worker needs these to run at all; everything else (API keys above all) stays outside
_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "TESSDATA_PREFIX",
    "TZ",
)

# how a process ends that used up its processor time; there is no such signal on Windows
_OUT_OF_TIME = -signal.SIGXCPU if sys.platform != "win32" else None
_CAN_PASS_FILES = hasattr(socket, "send_fds") and sys.platform != "win32"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ended:
    """The subprocess ended instead of answering.

    Attributes:
        code: its exit code; ``None`` if it did not say.
        timed_out: whether it took too long, on the clock or of the processor.
    """

    code: int | None
    timed_out: bool


class SandboxProcess:
    """Started when it is first needed, ended when it overruns, replaced when it is gone. One request at a time.

    Args:
        module: what runs in it.
        memory: address space of the subprocess in bytes (Linux; no limit elsewhere).
        seconds: processor time for one file; it may take twice as long on the clock. One that is read part by part
            has it again, 20 times at most, while it says that it goes on.
    """

    def __init__(self, module: str, memory: int, seconds: float) -> None:
        self.memory = memory
        self.seconds = seconds
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._files: socket.socket | None = None
        self._protections: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the subprocess, within a file if need be. A later request would start another."""
        self._kill()
        with self._lock:
            self._stop()

    @property
    def pid(self) -> int | None:
        """The subprocess now running; ``None`` before the first file."""
        return self._process.pid if self._process is not None else None

    def protections(self) -> tuple[str, ...]:
        """Which of ``enter_sandbox``'s protections hold in the subprocess, which is started if need be.

        Also ``descriptors``: files come opened, and no path is told.
        """
        with self._lock:
            if self._running() is None:
                self._start()
        return self._protections

    def request(
        self, message: dict[str, Any], file: OpenedFile, max_body: int = 0
    ) -> tuple[dict[str, Any], bytes] | Ended:
        """One answer about ``file`` and its body of at most so many bytes. Raises ``WireError``."""
        with self._lock:
            process = self._running() or self._start()
            requests, answers = _pipes(process)
            answer = None
            try:
                with _End(process, _WALL_CLOCK * self.seconds) as end, suppress(OSError):
                    if self._files is not None:
                        socket.send_fds(self._files, [b"f"], [file.fileno()])
                    else:
                        message = {**message, "path": str(file.path)}
                    send(requests, message)
                    answer = receive(answers, max_body)
                    for _ in range(MORE_TIMES):
                        if answer is None or answer[0] != GOES_ON:
                            break
                        end.put_off()
                        answer = receive(answers, max_body)
                    if answer is not None and answer[0] == GOES_ON:
                        answer = None  # more often than any worker of ours
            except BaseException:
                self._stop()  # the rest of its answer is still in the pipe
                raise
            if answer is None:
                code = self._wait(process)
                self._stop()
                return Ended(code, end.reached or (code is not None and code == _OUT_OF_TIME))
            if "last" in answer[0]:
                self._stop()
            return answer

    def _kill(self) -> None:
        """Ends the file at hand, if there is one: whoever waits for its answer goes on."""
        if (process := self._process) is not None:
            process.kill()

    def _running(self) -> subprocess.Popen[bytes] | None:
        """The subprocess, unless it ended since the last file (killed from outside): no file is to blame then."""
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        close_memory()
        process = self._process = self._spawned()
        ready = None
        with _End(process, _START_SECONDS), suppress(WireError):
            ready = receive(_pipes(process)[1])
        if ready is None:
            code = self._wait(process)
            self._stop()
            raise RuntimeError(
                f"the process {self._module} did not start (exit code {code}); is the installation whole?"
            )
        held = map(str, ready[0].get("ready", ()))
        self._protections = (*held, "descriptors") if self._files is not None else tuple(held)
        _log.info(
            "the process %s is in its sandbox: %s",
            self._module,
            ", ".join(self._protections) or "nothing holds here",
        )
        return process

    def _spawned(self) -> subprocess.Popen[bytes]:
        # -P: a module that lies in the folder where the program was started is none of its own
        command = [sys.executable, "-P", "-m", self._module, str(self.memory), str(max(int(self.seconds), 1))]
        passed: list[int] = []
        with ExitStack() as given_away:
            if _CAN_PASS_FILES:
                self._files, theirs = socket.socketpair()
                passed = [given_away.enter_context(theirs).fileno()]
            return subprocess.Popen(
                command + list(map(str, passed)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=worker_environment(),
                pass_fds=passed,
            )

    def _stop(self) -> None:
        process, self._process = self._process, None
        files, self._files = self._files, None
        if files is not None:
            files.close()
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    @staticmethod
    def _wait(process: subprocess.Popen[bytes]) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=5)
        return None


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Where its requests go and where its answers come from."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def worker_environment() -> dict[str, str]:
    """The few variables that the worker needs, and where to import this very copy of the program from."""
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    environment["PYTHONIOENCODING"] = "utf-8"
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # it may write no files
    return environment


class _End:
    """Kills the process after so many seconds: whoever reads its answer then reads the end."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self.reached = False
        self._timer = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def put_off(self) -> None:
        """The seconds begin again."""
        self._timer.cancel()
        if not self.reached:
            self._timer = self._started()

    def _started(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, self._expire)
        timer.daemon = True
        timer.start()
        return timer

    def _expire(self) -> None:
        self.reached = True
        self._process.kill()
