from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.parsing.parse import ParsedDocument, parse
from ingest.sandbox.wire import fault

Parse = Callable[..., ParsedDocument]


def uncovered(document: ParsedDocument) -> str:
    """The text between the blocks; nothing but white space may be there."""
    left, position = "", 0
    for block in document.blocks:
        left += document.text[position : block.start]
        position = block.end
    return (left + document.text[position:]).strip()


@pytest.fixture(autouse=True)
def thread_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """OCR sets this for its own process, the parser's; in that of the tests it must not outlive one."""
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


@pytest.fixture
def parsed(tmp_path: Path) -> Parse:
    """Writes bytes (or text, as UTF-8) to a file of this name and parses it; the marks always have to hold."""

    def write_and_parse(name: str, data: bytes | str) -> ParsedDocument:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        document = parse(path)
        assert fault(document) == ""
        assert uncovered(document) == ""
        return document

    return write_and_parse


@pytest.fixture(scope="session")
def outline() -> Callable[[ParsedDocument], list[tuple[str, str]]]:
    """Kind (with a heading's level) and text of each block."""

    def read(document: ParsedDocument) -> list[tuple[str, str]]:
        return [
            (f"{block.kind}{block.level or ''}", document.text[block.start : block.end])
            for block in document.blocks
        ]

    return read
