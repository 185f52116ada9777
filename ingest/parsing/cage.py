"""Untrusted files are parsed in a subprocess with limits on memory, processor time and wall-clock time.

    ParserProcess.parse(path) -> request -> worker (ingest.parsing.worker) -> answer -> ParsedDocument | DocumentRefused

The subprocess is killed and replaced when it overruns or dies; only that file is refused. It gets no secret from the
environment, and on Linux neither network nor programs nor files to write to (``sandbox.py``). What it answers is
checked before it is believed (``wire.py``). The program itself grows by less than 50 MB, whatever the files are.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from chatbot.errors import DocumentRefused
from ingest.parsing.ahead import Admit, read_ahead
from ingest.parsing.document import ParsedDocument
from ingest.parsing.limits import MAX_DOCUMENT
from ingest.parsing.wire import (
    WireError,
    document_size,
    is_document,
    receive,
    receive_document,
    refusal_of,
    send,
)

MEMORY_LIMIT = 1536 * 2**20
SECONDS_PER_FILE = 60.0
# on a busy machine, a file's processor time takes longer than that on the clock
_WALL_CLOCK = 2.0
_START_SECONDS = 60.0
_LARGE = 2 * 2**20
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

_log = logging.getLogger(__name__)

Item = Path | tuple[Path, str | None]
Result = tuple[Path, ParsedDocument | DocumentRefused]


class ParserProcess:
    """``parse`` in a limited subprocess. Thread-safe; files are parsed one at a time.

    Args:
        memory: address space of the subprocess in bytes (Linux; no limit elsewhere).
        seconds: processor time for one file; it may take twice as long on the clock.
    """

    def __init__(self, memory: int = MEMORY_LIMIT, seconds: float = SECONDS_PER_FILE) -> None:
        self.memory = memory
        self.seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._protections: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the subprocess, within a file if need be. A later ``parse`` would start another."""
        self._kill()
        with self._lock:
            self._stop()

    @property
    def pid(self) -> int | None:
        """The subprocess now running; ``None`` before the first file."""
        return self._process.pid if self._process is not None else None

    def protections(self) -> tuple[str, ...]:
        """Which of ``sandbox.confine``'s protections hold in the subprocess; starts it if need be."""
        with self._lock:
            if self._running() is None:
                self._start()
        return self._protections

    def parse(self, path: Path, name: str | None = None) -> ParsedDocument:
        """As ``ingest.parsing.parse``; raises ``DocumentRefused`` also when the file breaks a limit."""
        return self._parse(path, name)

    def _parse(self, path: Path, name: str | None, admit: Admit | None = None) -> ParsedDocument:
        """``admit`` is told how many bytes the document will take and returns when there is room for it."""
        with self._lock:
            process = self._running() or self._start()
            requests, answers = _pipes(process)
            answer: dict[str, Any] | None = None
            try:
                with _deadline(process, _WALL_CLOCK * self.seconds) as expired:
                    send(requests, {"path": str(path.absolute()), "name": name or path.name})
                    answer = receive(answers)
                document = None
                if answer is not None and is_document(answer):
                    size = document_size(answer)
                    if admit is not None:
                        admit(size)
                    _return_free_memory(size)
                    with _deadline(process, _WALL_CLOCK * self.seconds) as expired:
                        document = receive_document(answers, answer)
            except (OSError, EOFError):
                answer = None
            except WireError as error:
                self._stop()
                raise DocumentRefused(
                    f"The file could not be read: the parser answered with {error}. Save it again in another format."
                ) from error
            except BaseException:
                self._stop()  # the rest of its answer is still in the pipe
                raise
            if answer is None or "exhausted" in answer:
                code = None if answer else self._wait(process)
                self._stop()
                raise self._refusal(path, code, expired.is_set())
            if "last" in answer:
                self._stop()
        if document is not None:
            return document
        if "refused" in answer:
            raise refusal_of(answer)
        _log.error("the parser failed on %s:\n%s", path, answer.get("crashed", answer))
        raise DocumentRefused(
            "The file could not be read: the parser failed on it. Save it again in another format."
        )

    def parse_many(self, items: Iterable[Item]) -> Generator[Result, None, None]:
        """Results in order, parsed up to ``READ_AHEAD`` files ahead while the caller works on the last one.

        Of large documents fewer are received ahead: with the one that the caller has they stay below 50 MB.
        """

        def read(item: Item, admit: Admit) -> Result:
            path, name = item if isinstance(item, tuple) else (item, None)
            try:
                return path, self._parse(path, name, admit)
            except DocumentRefused as refusal:
                return path, refusal

        return read_ahead(items, read, 2 * MAX_DOCUMENT, self._kill)

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
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest.parsing.worker", str(self.memory), str(max(int(self.seconds), 1))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=worker_environment(),
        )
        self._process = process
        ready = None
        with _deadline(process, _START_SECONDS), suppress(WireError):
            ready = receive(_pipes(process)[1])
        if ready is None:
            code = self._wait(process)
            self._stop()
            raise RuntimeError(
                f"the parser process did not start (exit code {code}); is the installation whole?"
            )
        self._protections = tuple(map(str, ready.get("ready", ())))
        _log.info("the parser process is confined: %s", ", ".join(self._protections) or "nothing holds here")
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
    environment["PYTHONDONTWRITEBYTECODE"] = "1"  # it may write no files
    return environment


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """Where its requests go and where its answers come from."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


@contextmanager
def _deadline(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """Kills the process after so many seconds: whoever reads its answer then reads the end. Set when it did."""
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        process.kill()

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()


def _return_free_memory(size: int) -> None:
    """Before so much is taken: glibc keeps what large documents leave behind (``man 3 malloc_trim``)."""
    if size > _LARGE and sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
