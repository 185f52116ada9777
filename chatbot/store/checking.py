"""What every engine checks of a document, before it stores it and afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.errors import StoreError
from chatbot.store.protocol import View
from chatbot.store.records import DocumentRow, NewChunk, NewDocument, Vectors, are_unit


def check_fits(document: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors, dimension: int) -> None:
    """Raises ``StoreError`` where vectors or chunks are not those of the document; nothing was stored then."""
    if len(vectors) != len(chunks) or (chunks and vectors.shape[1:] != (dimension,)):
        raise StoreError(
            "{name}: {count} chunks of dimension {dimension} came with vectors of shape {shape}; nothing was stored",
            name=document.uri,
            count=len(chunks),
            dimension=dimension,
            shape=vectors.shape,
        )
    if chunks and not are_unit(vectors).all():
        raise StoreError("{name}: a vector is not of length 1; nothing was stored", name=document.uri)
    for chunk in chunks:
        if document.text[chunk.start : chunk.end] != chunk.text:
            raise StoreError(
                "{name}: a chunk is not the text at {start}; nothing was stored",
                name=document.uri,
                start=chunk.start,
            )


def fault_of_chunks(view: View, row: DocumentRow) -> str:
    """What is wrong with the chunks that a document has, taken together; empty when nothing is."""
    chunks = view.chunks_of(row.uri)
    if row.status == "refused":
        return f"{row.uri}: refused, but has chunks" if chunks else ""
    if not chunks:
        return f"{row.uri}: has text but no chunks" if view.document_text(row.uri).strip() else ""
    if not row.made_by or [chunk.position for chunk in chunks] != list(range(len(chunks))):
        return f"{row.uri}: some of its chunks are missing; run: secondlook ingest"
    return ""
