"""The file of a request as a worker has it: a descriptor that the program opened, and no path."""

from __future__ import annotations

import io
import os
import sys
from pathlib import PosixPath
from typing import Any

from ingest.sandbox.content import Content


class ReceivedFile(PosixPath):
    """Stands for a path where a parser asks for one; each ``open`` reads from the beginning, by itself.

    As text it names nothing that may be opened: what a library is to read, it is given opened.
    """

    descriptor: int

    def __new__(cls, descriptor: int) -> ReceivedFile:
        file = super().__new__(cls, _named(descriptor))
        file.descriptor = descriptor
        return file

    def __init__(self, descriptor: int) -> None:
        if sys.version_info >= (3, 12):
            super().__init__(_named(descriptor))

    def open(self, mode: str = "r", *_: Any, **options: Any) -> Any:
        reader = io.BufferedReader(Content(self.descriptor))
        return reader if "b" in mode else io.TextIOWrapper(reader, **options)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:  # noqa: ARG002 - there is no link
        return os.fstat(self.descriptor)


def _named(descriptor: int) -> str:
    return f"/dev/null/{descriptor}"  # nothing can lie there
