"""Is the index what it claims to be? One line for every fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from chatbot.errors import StoreError
from chatbot.store.base_file import is_intact
from chatbot.store.store import Store


def faults_of(store: Store) -> list[str]:
    """Faults in documents, chunks, terms, vectors and base files; empty when all is well. Reads everything once."""
    faults: list[str] = []
    with _noting_damage(faults), store.reading() as view:
        for document in view.documents():
            text = view.document_text(document.uri)
            chunks = view.chunks_of(document.uri)
            faults += [
                f"{document.uri}: chunk {chunk.id} is not the text at {chunk.start}"
                for chunk in chunks
                if text[chunk.start : chunk.end] != chunk.text
            ]
            if document.status != "refused" and text.strip() and not chunks:
                faults.append(f"{document.uri}: has text but no chunks")
        faults += view.integrity_faults(store.dimension)
        if wrong := len(np.setxor1d(view.snapshot.ids(), view.chunk_ids())):
            faults.append(f"{wrong} chunks are missing from vector search, or are in it without being stored")
        faults += [
            f"{row.file}: missing or damaged; nothing is lost, the next base file replaces it"
            for row in view.base_files()
            if not is_intact(store.folder / row.file, row.sha256)
        ]
    return faults


@contextmanager
def _noting_damage(faults: list[str]) -> Iterator[None]:
    """A database that cannot be read to its end is a fault like others."""
    try:
        yield
    except StoreError as error:
        faults.append(str(error))
