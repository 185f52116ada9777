"""Inserted documents (``altChunk``, ``subDoc``): pages, RTF, text, mail archives or Word documents that Word merges on opening."""

from __future__ import annotations

import posixpath
from contextvars import ContextVar

from chatbot.errors import DocumentRefused, Phrase
from chatbot.text.tables import cells_of, is_rule
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.archives.member import memory_file
from ingest.parsing.formats.ooxml.parts.package import Package
from ingest.parsing.parse import parse

_UNREAD = "the inserted document {name} could not be read: {reason}"
# the same part may be inserted any number of times
_MAX_CHUNKS = 200
# whether an inserted document is being read: one in it is named, not read, as a chain of them has no end
_within: ContextVar[bool] = ContextVar("within", default=False)


class Chunks:
    """Reads the documents that are inserted into one file; what cannot be read is told as a problem of ``builder``."""

    def __init__(self, builder: DocumentBuilder, package: Package) -> None:
        self._builder = builder
        self._package = package
        self._count = 0

    def add(self, part: str, identifier: str | None) -> None:
        """The blocks of the document that ``part`` inserts by this relation, where they stand."""
        if (document := self._read(part, identifier)) is not None:
            self._builder.nested(document, 0)

    def lines(self, part: str, identifier: str | None) -> list[str]:
        """The same in lines, for places that have no blocks: cells, notes, headers."""
        document = self._read(part, identifier)
        if document is None:
            return []
        for piece in document.hidden:
            self._builder.hidden(piece.text, piece.how)
        return [
            line for block in document.blocks for line in _lines(document, block.start, block.end, block.kind)
        ]

    def _read(self, part: str, identifier: str | None) -> ParsedDocument | None:
        relation = self._package.relations(part).get(identifier or "")
        label = posixpath.basename(relation.target if relation is not None else "")[:100]
        self._count += 1
        if self._count > _MAX_CHUNKS:
            self._builder.problem(
                Phrase("only the first {count} inserted documents were read", count=f"{_MAX_CHUNKS:,}")
            )
            return None
        if _within.get():
            self._unread(label, "it is inserted into another one")
            return None
        target = self._package.target(part, identifier)
        data = self._package.bytes_of(target) if target else None
        if not data:
            self._unread(label, "it is missing or empty")
            return None
        token = _within.set(True)
        try:
            document = parse(memory_file(data, label))
        except DocumentRefused as refused:
            self._unread(label, str(refused))
            return None
        finally:
            _within.reset(token)
        if document.partial:
            self._builder.problem(document.partial)
        return document

    def _unread(self, label: str, reason: str) -> None:
        self._builder.problem(Phrase(_UNREAD, name=repr(label), reason=reason))


def _lines(document: ParsedDocument, start: int, end: int, kind: str) -> list[str]:
    lines = document.text[start:end].split("\n")
    if kind != "table":
        return lines
    return [" | ".join(filter(None, cells_of(line))) for line in lines if not is_rule(line)]
