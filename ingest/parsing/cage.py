"""Untrusted files are parsed in a subprocess with limits on memory, processor time and wall-clock time.

    ParserProcess.parse(path) -> request -> worker (ingest.parsing.worker) -> answer -> ParsedDocument | DocumentRefused

The subprocess is killed and replaced when it overruns or dies; only that file is refused. It gets no secret from the
environment. What it answers is checked before it is believed (``wire.unpack_document``).
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from chatbot.errors import DocumentRefused
from ingest.parsing.document import ParsedDocument
from ingest.parsing.wire import WireError, receive, send, unpack_document

MEMORY_LIMIT = 1536 * 2**20
SECONDS_PER_FILE = 60.0
# documents parsed ahead of the one that the caller is busy with
READ_AHEAD = 4
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
    "TZ",
)

_log = logging.getLogger(__name__)

Item = Path | tuple[Path, str | None]


class ParserProcess:
    """``parse`` in a limited subprocess. Thread-safe; files are parsed one at a time.

    Args:
        memory: address space of the subprocess in bytes (Linux; no limit elsewhere).
        seconds: wall-clock and processor time for one file.
    """

    def __init__(self, memory: int = MEMORY_LIMIT, seconds: float = SECONDS_PER_FILE) -> None:
        self.memory = memory
        self.seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the subprocess, within a file if need be. A later ``parse`` would start another."""
        process = self._process
        if process is not None:
            process.kill()  # also wakes a thread that waits for an answer
        with self._lock:
            self._stop()

    @property
    def pid(self) -> int | None:
        """The subprocess now running; ``None`` before the first file."""
        return self._process.pid if self._process is not None else None

    def parse(self, path: Path, name: str | None = None) -> ParsedDocument:
        """As ``ingest.parsing.parse``; raises ``DocumentRefused`` also when the file breaks a limit."""
        with self._lock:
            process = self._running() or self._start()
            answer, timed_out = _ask(
                process, {"path": str(path.absolute()), "name": name or path.name}, self.seconds
            )
            if answer is None or "exhausted" in answer:
                code = None if answer else self._wait(process)
                self._stop()
                raise self._refusal(path, code, timed_out)
        if "refused" in answer:
            raise DocumentRefused(str(answer["refused"]))
        if "crashed" in answer:
            _log.error("the parser failed on %s:\n%s", path, answer["crashed"])
            raise DocumentRefused(
                "The file could not be read: the parser failed on it. Save it again in another format."
            )
        try:
            return unpack_document(answer)
        except WireError as error:
            raise DocumentRefused(f"The file could not be read: the parser answered with {error}.") from error

    def parse_many(
        self, items: Iterable[Item]
    ) -> Generator[tuple[Path, ParsedDocument | DocumentRefused], None, None]:
        """Results in order, parsed up to ``READ_AHEAD`` files ahead while the caller works on the last one."""
        results: queue.Queue[tuple[Path, ParsedDocument | DocumentRefused] | BaseException | None]
        results = queue.Queue(READ_AHEAD)
        stop = threading.Event()

        def put(result: tuple[Path, ParsedDocument | DocumentRefused] | BaseException | None) -> None:
            while not stop.is_set():
                with suppress(queue.Full):
                    results.put(result, timeout=0.1)
                    return

        def read() -> None:
            try:
                for item in items:
                    if stop.is_set():
                        return
                    path, name = item if isinstance(item, tuple) else (item, None)
                    try:
                        put((path, self.parse(path, name)))
                    except DocumentRefused as refusal:
                        put((path, refusal))
                put(None)
            except BaseException as error:  # re-raised where the caller waits
                put(error)

        reader = threading.Thread(target=read, name="parser-reader", daemon=True)
        reader.start()
        try:
            while (result := results.get()) is not None:
                if isinstance(result, BaseException):
                    raise result
                yield result
        except BaseException:  # abandoned: the file at hand is not waited for
            stop.set()
            if (process := self._process) is not None:
                process.kill()
            raise
        finally:
            stop.set()
            reader.join()

    def _running(self) -> subprocess.Popen[bytes] | None:
        """The subprocess, unless it ended since the last file (killed from outside): no file is to blame then."""
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest.parsing.worker", str(self.memory), str(max(int(self.seconds), 1))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(),
        )
        self._process = process
        ready, _ = _await_answer(process, _START_SECONDS)
        if ready is None:
            code = self._wait(process)
            self._stop()
            raise RuntimeError(
                f"the parser process did not start (exit code {code}); is the installation whole?"
            )
        return process

    def _stop(self) -> None:
        process, self._process = self._process, None
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

    def _refusal(self, path: Path, code: int | None, timed_out: bool) -> DocumentRefused:
        if timed_out or (code is not None and code == -getattr(signal, "SIGXCPU", 0)):
            return DocumentRefused(
                f"Reading the file took longer than {self.seconds:g} s. Split it or save it again."
            )
        if code is None:
            return DocumentRefused(
                f"Reading the file needs more than {self.memory / 2**30:.1f} GB of memory. Split it or save it again."
            )
        _log.warning("the parser process died on %s with exit code %s", path, code)
        return DocumentRefused(
            f"The parser died on the file: it is damaged or needs more than {self.memory / 2**30:.1f} GB of memory. "
            "Save it again or split it."
        )


def worker_environment() -> dict[str, str]:
    """The few variables that the worker needs, and where to import this very copy of the program from."""
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    environment["PYTHONIOENCODING"] = "utf-8"
    return environment


def _ask(
    process: subprocess.Popen[bytes], request: dict[str, Any], seconds: float
) -> tuple[dict[str, Any] | None, bool]:
    """The answer (``None`` when the process died) and whether the time ran out."""
    try:
        send(_stream(process.stdin), request)
    except OSError:
        return None, False
    return _await_answer(process, seconds)


def _await_answer(process: subprocess.Popen[bytes], seconds: float) -> tuple[dict[str, Any] | None, bool]:
    timed_out = threading.Event()

    def expire() -> None:
        timed_out.set()
        process.kill()  # the read below then ends

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        return receive(_stream(process.stdout)), timed_out.is_set()
    except WireError:
        return None, False
    finally:
        timer.cancel()


def _stream(stream: IO[bytes] | None) -> Any:
    assert stream is not None  # both are pipes, see _start
    return stream
