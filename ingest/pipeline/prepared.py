"""One file on its way to the model: parsed and split, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chatbot.config import Config
from chatbot.errors import Missing
from chatbot.store import NewChunk, NewDocument
from chatbot.store.records import embedded_text, hash_of
from chatbot.text.keywords import analyse
from ingest.parsing.document import ParsedDocument
from ingest.parsing.parse import PARSER_VERSION
from ingest.splitting.split import split, splitter_fingerprint
from ingest.sync import FileTask


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is stored of one file.

    Attributes:
        task: none of a document that no file is read for.
        embedded: for each chunk, what the model reads.
    """

    task: FileTask | None
    document: NewDocument
    chunks: list[NewChunk]
    embedded: list[str]


def made_by(config: Config) -> str:
    """Versions of parser and splitter; a document made by others is made again."""
    return f"parser={PARSER_VERSION} {splitter_fingerprint(config.splitter)}"


def split_into_chunks(task: FileTask, parsed: ParsedDocument, config: Config) -> Prepared:
    """The document cut into chunks, with their terms for lexical search and what the model reads of each."""
    found = split(parsed, config.splitter)
    texts = [embedded_text(c.text, c.heading, c.header) for c in found]
    chunks = [
        NewChunk(c.text, c.start, c.end, c.page, c.heading, analyse(text), c.header, hash_of(text))
        for c, text in zip(found, texts, strict=True)
    ]
    document = _document(
        task,
        config,
        "partial" if parsed.partial else "indexed",
        parsed.partial,
        missing=parsed.missing,
        format=parsed.format,
        title=parsed.title,
        pages=len(parsed.pages),
        text=parsed.text,
        hidden=parsed.hidden,
        hidden_words=parsed.hidden_words,
    )
    return Prepared(task, document, chunks, texts)


def refused(task: FileTask, config: Config, reason: str, missing: Missing = "") -> Prepared:
    """A refused file is remembered, so that it is not parsed again, and can be shown with its reason."""
    return Prepared(task, _document(task, config, "refused", reason, missing=missing), [], [])


def _document(task: FileTask, config: Config, status: str, reason: str, **content: Any) -> NewDocument:
    return NewDocument(
        uri=task.uri, path=task.path, sha256=task.sha256, made_by=made_by(config), bytes=task.bytes,
        status=status, reason=reason, address=task.address, validators=task.validators, **content,
    )  # fmt: skip


def in_groups(prepared: Iterable[Prepared], size: Callable[[], int]) -> Iterator[list[Prepared]]:
    """Files in their order, as many together as have ``size()`` chunks; asked anew for each file."""
    group: list[Prepared] = []
    for item in prepared:
        group.append(item)
        if sum(len(p.chunks) for p in group) >= size():
            yield group
            group = []
    if group:
        yield group
