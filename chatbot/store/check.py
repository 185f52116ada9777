"""Is the index what it claims to be? One line for every fault."""

from __future__ import annotations

from chatbot.models import sha256_of
from chatbot.store.store import Store


def faults_of(store: Store) -> list[str]:
    """Faults in documents, chunks, terms, vectors and base files; empty when all is well. Reads everything once."""
    faults: list[str] = []
    with store.reading() as view:
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
        if view.snapshot.count != view.chunk_count():
            faults.append(f"{view.snapshot.count} vectors can be searched, {view.chunk_count()} are stored")
        for file, digest in view.base_files():
            path = store.folder / file
            if not path.exists() or sha256_of(path) != digest:
                faults.append(f"{file}: missing or damaged; the next ingest makes another")
    return faults

