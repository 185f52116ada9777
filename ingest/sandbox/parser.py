"""A parser of untrusted files in a subprocess with limits on memory, processor time and wall-clock time.

    ParserProcess.parse(file) -> request -> worker (ingest.sandbox.parser_worker) -> answer -> ParsedDocument | DocumentRefused

The subprocess is killed and replaced when it overruns or dies; only that file is refused. It gets files opened and
without their paths (``opened.py``), no secret from the environment, and on Linux neither network nor programs nor
other files (``worker.py``). What it answers is checked before it is believed (``wire.py``). The program itself grows
by less than 70 MB, whatever the files are.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from chatbot.errors import DocumentRefused
from ingest.parsing.document import ParsedDocument
from ingest.sandbox.ahead import one_ahead
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.process import Ended, SandboxProcess
from ingest.sandbox.wire import MAX_BODY, WireError, refusal_of, unpack_document

MEMORY_LIMIT = 1536 * 2**20
SECONDS_PER_FILE = 60.0
_LARGE = 2 * 2**20

_log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


class ParserProcess(SandboxProcess):
    """``parse`` in a limited subprocess. Thread-safe; files are parsed one at a time.

    Args:
        memory: address space of the subprocess in bytes (Linux; no limit elsewhere).
        seconds: processor time for one file; it may take twice as long on the clock.
    """

    def __init__(self, memory: int = MEMORY_LIMIT, seconds: float = SECONDS_PER_FILE) -> None:
        super().__init__("ingest.sandbox.parser_worker", memory, seconds)

    def parse(self, file: OpenedFile, name: str | None = None) -> ParsedDocument:
        """As ``ingest.parsing.parse.parse``; raises ``DocumentRefused`` also when the file breaks a limit."""
        path = file.path
        try:
            answer = self.request({"name": name or path.name}, file, MAX_BODY)
            if isinstance(answer, Ended):
                raise self._refusal(path, answer.code, answer.timed_out)
            message, body = answer
            if "blocks" in message:
                document = unpack_document(message, body)
                if len(body) > _LARGE:
                    del answer, body
                    _return_free_memory()
                return document
        except WireError as error:
            self.close()
            raise DocumentRefused(
                "The file could not be read: the parser answered with {error}. Save it again in another format.",
                error=error,
            ) from error
        if "exhausted" in message:
            raise self._refusal(path, None, False)
        if "refused" in message:
            raise refusal_of(message)
        _log.error("the parser failed on %s:\n%s", path, message.get("crashed", message))
        raise DocumentRefused(
            "The file could not be read: the parser failed on it. Save it again in another format."
        )

    def ahead(self, read: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Result, None, None]:
        """``read(item)``, which parses, for each item in order: the next one while the caller works on the last one.

        The program holds two documents at most, the caller's and the next one, and for a moment the latter's bytes:
        60 MB for the largest ones.
        """
        return one_ahead(map(read, items), self._kill)

    def _refusal(self, path: Path, code: int | None, timed_out: bool) -> DocumentRefused:
        if timed_out:
            return DocumentRefused(
                "Reading the file took longer than {seconds} s. Split it or save it again.",
                seconds=f"{self.seconds:g}",
            )
        memory = f"{self.memory / 2**30:.1f}"
        if code is None:
            return DocumentRefused(
                "Reading the file needs more than {memory} GB of memory. Split it or save it again.",
                memory=memory,
            )
        _log.warning("the parser process died on %s with exit code %s", path, code)
        return DocumentRefused(
            "The parser died on the file: it is damaged or needs more than {memory} GB of memory. Save it again or split it.",
            memory=memory,
        )


def _return_free_memory() -> None:
    """glibc keeps what large documents leave behind, and takes more for the next one (``man 3 malloc_trim``)."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
