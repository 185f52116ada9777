"""What both engines select of documents and chunks, and the records that come of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from chatbot.errors import Phrase
from chatbot.store.records import ChunkRow, DocumentRow

DOCUMENTS = (
    "SELECT uri, path, sha256, made_by, status, reason, missing, format, title, bytes, pages, indexed_at,"
    " (SELECT count(*) FROM chunk WHERE document_id = document.id),"
    " hidden_words, address, validators FROM document"
)
CHUNKS = (
    "SELECT chunk.id, uri, position, page, char_start, char_end, heading, chunk.text, header"
    " FROM chunk JOIN document ON document.id = document_id"
)


def document_of(row: tuple[Any, ...]) -> DocumentRow:
    """A row of ``DOCUMENTS``."""
    uri, path, sha256, made_by, status, reason, *rest = row
    return DocumentRow(uri, Path(path), sha256, made_by, status, Phrase.from_stored(reason), *rest)


def chunk_of(row: tuple[Any, ...]) -> ChunkRow:
    """A row of ``CHUNKS``."""
    chunk, uri, position, page, start, end, heading, text, header = row
    return ChunkRow(chunk, uri, position, page, start, end, tuple(json.loads(heading)), text, header)
