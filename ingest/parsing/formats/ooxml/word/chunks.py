"""Inserted documents (``altChunk``): HTML, RTF, plain text, mail archives or Word documents that Word merges on opening."""

from __future__ import annotations

import posixpath

from chatbot.errors import DocumentRefused, Phrase
from chatbot.text.tables import cells_of, is_rule
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.archives.member import memory_file
from ingest.parsing.formats.ooxml.parts.package import Package
from ingest.parsing.parse import parse

_UNREAD = "the inserted document {name} could not be read: {reason}"


def add_chunk(builder: DocumentBuilder, package: Package, part: str) -> None:
    """Adds the text of the part where it stands; one that cannot be read is told as a problem."""
    label = posixpath.basename(part)[:100]
    data = package.bytes_of(part) if part else None
    if not data:
        builder.problem(Phrase(_UNREAD, name=repr(label), reason="it is missing or empty"))
        return
    try:
        document = parse(memory_file(data, label), label)
    except DocumentRefused as refused:
        builder.problem(Phrase(_UNREAD, name=repr(label), reason=refused.args[0] if refused.args else ""))
        return
    add_document(builder, document)


def add_document(builder: DocumentBuilder, document: ParsedDocument) -> None:
    """The blocks of a parsed document, its problems and its hidden words."""
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind == "heading":
            builder.heading(text, block.level)
        elif block.kind == "table":
            builder.table(cells_of(line) for line in text.split("\n") if not is_rule(line))
        elif block.kind == "code":
            builder.code(text)
        else:
            builder.paragraph(text)
    if document.partial:
        builder.problem(document.partial)
    for piece in document.hidden:
        builder.hidden(piece.text, piece.how)
