"""What every engine checks of a document before it stores it."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.errors import StoreError
from chatbot.store.records import NewChunk, NewDocument, Vectors, are_unit


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
