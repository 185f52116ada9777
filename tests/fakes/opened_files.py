"""Files given to a parser process by their paths."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import TypeAlias

from chatbot.errors import DocumentRefused
from ingest.parsing.document import ParsedDocument
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.parser import ParserProcess

Parsed: TypeAlias = tuple[Path, ParsedDocument | DocumentRefused]


def parsed(process: ParserProcess, path: Path, name: str | None = None) -> ParsedDocument:
    with OpenedFile(path) as file:
        return process.parse(file, name)


def parsed_ahead(
    process: ParserProcess, items: Iterable[Path | tuple[Path, str]]
) -> Generator[Parsed, None, None]:
    """Paths, some with another name, and what became of them; one is read ahead."""

    def read(item: Path | tuple[Path, str]) -> Parsed:
        path, name = item if isinstance(item, tuple) else (item, None)
        try:
            return path, parsed(process, path, name)
        except OSError as error:
            return path, DocumentRefused(f"no regular file to be opened: {error}")
        except DocumentRefused as refusal:
            return path, refusal

    return process.ahead(read, items)
