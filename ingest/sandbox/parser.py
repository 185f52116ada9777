"""Untrusted files are parsed in a subprocess with limits on memory, processor time and wall-clock time.

    ParserProcess.parse(path) -> request -> worker (ingest.sandbox.parser_worker) -> answer -> ParsedDocument | DocumentRefused

The subprocess is killed and replaced when it overruns or dies; only that file is refused. It gets no secret from the
environment, and on Linux neither network nor programs nor files to write to (``sandbox.py``). What it answers is
checked before it is believed (``wire.py``). The program itself grows by less than 50 MB, whatever the files are.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from chatbot.errors import DocumentRefused
from ingest.parsing.document import ParsedDocument
from ingest.parsing.limits import MAX_DOCUMENT
from ingest.sandbox.ahead import Admit, read_ahead
from ingest.sandbox.process import ConfinedProcess, pipes
from ingest.sandbox.wire import (
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
_LARGE = 2 * 2**20

_log = logging.getLogger(__name__)

Item = Path | tuple[Path, str | None]
Result = tuple[Path, ParsedDocument | DocumentRefused]


class ParserProcess(ConfinedProcess):
    """``parse`` in a limited subprocess. Thread-safe; files are parsed one at a time.

    Args:
        memory: address space of the subprocess in bytes (Linux; no limit elsewhere).
        seconds: processor time for one file; it may take twice as long on the clock.
    """

    def __init__(self, memory: int = MEMORY_LIMIT, seconds: float = SECONDS_PER_FILE) -> None:
        super().__init__("ingest.sandbox.parser_worker", memory, seconds)

    def parse(self, path: Path, name: str | None = None) -> ParsedDocument:
        """As ``ingest.parsing.parse.parse``; raises ``DocumentRefused`` also when the file breaks a limit."""
        return self._parse(path, name)

    def _parse(self, path: Path, name: str | None, admit: Admit | None = None) -> ParsedDocument:
        """``admit`` is told how many bytes the document will take and returns when there is room for it."""
        with self._lock:
            process = self._running() or self._start()
            requests, answers = pipes(process)
            answer: dict[str, Any] | None = None
            try:
                with self._deadline(process) as expired:
                    send(requests, {"path": str(path.absolute()), "name": name or path.name})
                    answer = receive(answers)
                document = None
                if answer is not None and is_document(answer):
                    size = document_size(answer)
                    if admit is not None:
                        admit(size)
                    _return_free_memory(size)
                    with self._deadline(process) as expired:
                        document = receive_document(answers, answer)
            except (OSError, EOFError):
                answer = None
            except WireError as error:
                self._stop()
                raise DocumentRefused(
                    "The file could not be read: the parser answered with {error}. Save it again in another format.",
                    error=error,
                ) from error
            except BaseException:
                self._stop()  # the rest of its answer is still in the pipe
                raise
            if answer is None or "exhausted" in answer:
                code = None if answer else self._wait(process)
                self._stop()
                raise self._refusal(path, code, self._out_of_time(code, expired))
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

    def _refusal(self, path: Path, code: int | None, timed_out: bool) -> DocumentRefused:
        if timed_out:
            return DocumentRefused(
                "Reading the file took longer than {seconds} s. Split it or save it again.",
                seconds=f"{self.seconds:g}",
            )
        if code is None:
            return DocumentRefused(
                "Reading the file needs more than {memory} GB of memory. Split it or save it again.",
                memory=f"{self.memory / 2**30:.1f}",
            )
        _log.warning("the parser process died on %s with exit code %s", path, code)
        return DocumentRefused(
            "The parser died on the file: it is damaged or needs more than {memory} GB of memory. Save it again or split it.",
            memory=f"{self.memory / 2**30:.1f}",
        )


def _return_free_memory(size: int) -> None:
    """Before so much is taken: glibc keeps what large documents leave behind (``man 3 malloc_trim``)."""
    if size > _LARGE and sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
