"""Copies an index from one engine into another: nothing is read, parsed or embedded again.

Document by document, each in one transaction; what is there already is left, so that an interrupted copy goes on where
it was. Chunks get new ids. Whoever asks the source meanwhile is not disturbed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chatbot.errors import StoreError
from chatbot.store.protocol import Files, Store, View, Writer
from chatbot.store.records import (
    ChunkRow,
    DocumentRow,
    NewChunk,
    NewDocument,
    Vectors,
    embedded_text,
    hash_of,
)
from chatbot.text.keywords import analyse

_PAGE = 200  # documents listed at once
_FOLDER = Path("/.copied")  # where no folder of documents is

OnDocument = Callable[[int, int], None]  # (done, of)


@dataclass(frozen=True, slots=True)
class Copied:
    """How much was copied now, and how many documents were there already."""

    documents: int
    chunks: int
    were_there: int


def copy_index(source: Store, target: Store, on_document: OnDocument = lambda _done, _of: None) -> Copied:
    """All documents of ``source`` with everything that is kept of them, into ``target``.

    Raises:
        StoreError: the target holds documents that the source does not have, or another version of one.
    """
    with source.reading() as view, target.writing() as writer:
        names = {name.uri for name in view.document_names()}
        with target.reading() as made:
            there = {row.uri: row for row in made.documents()}
        _check_target(view, there, names)
        with target.reading() as made:
            labels = made.roots()
        for label, path in view.roots().items():
            if label not in labels:
                writer.label_root(_FOLDER / label)
                writer.relabel_root(label, path)
        documents = chunks = done = 0
        last = ""
        while rows := view.documents(after=last, most=_PAGE):
            last = rows[-1].uri
            for row in rows:
                done += 1
                if row.uri not in there:
                    chunks += _copy(view, row, source.files, target.files, writer)
                    documents += 1
                on_document(done, len(names))
            writer.compact(only_if_due=True)
        writer.compact()
    return Copied(documents, chunks, len(there))


def _check_target(view: View, there: dict[str, DocumentRow], names: set[str]) -> None:
    for uri, row in there.items():
        own = view.document(uri) if uri in names else None
        if own is None or (own.sha256, own.made_by) != (row.sha256, row.made_by):
            raise StoreError(
                "the index to copy into holds {name}, which is not so in the other; choose an empty one",
                name=repr(uri),
            )


def _copy(view: View, row: DocumentRow, source: Files, target: Files, writer: Writer) -> int:
    """One document; how many chunks it has."""
    chunks = view.chunks_of(row.uri)
    vectors = view.embeddings_of(row.uri, len(chunks)) if chunks else np.empty((0, 0), np.float32)
    path = row.path
    if row.is_kept and source.path(row.sha256).is_file():
        path = target.put(row.sha256, source.path(row.sha256).read_bytes())
    document = NewDocument(
        row.uri, path, row.sha256, row.made_by, row.bytes, row.status, row.reason, row.missing, row.format, row.title,
        row.pages, view.document_text(row.uri), view.hidden_text(row.uri), row.hidden_words, row.address,
        row.validators, row.indexed_at,
    )  # fmt: skip
    new = _new_chunks(view, chunks, vectors)
    codes = view.token_vectors(chunk.id for chunk in chunks)
    by_text = {
        chunk.text_hash: codes[stored.id]
        for chunk, stored in zip(new, chunks, strict=True)
        if chunk.text_hash is not None and stored.id in codes
    }
    writer.replace(document, new, vectors, by_text)
    return len(new)


def _new_chunks(view: View, chunks: list[ChunkRow], vectors: Vectors) -> list[NewChunk]:
    """The chunks as they were stored. The hash of a text is known where the index knows its vector by it."""
    texts = [embedded_text(chunk.text, chunk.heading, chunk.header) for chunk in chunks]
    known = view.known_embeddings(texts)
    return [
        NewChunk(
            chunk.text, chunk.start, chunk.end, chunk.page, chunk.heading, analyse(text), chunk.header,
            hash_of(text) if same is not None and np.array_equal(same, vector) else None,
        )
        for chunk, text, same, vector in zip(chunks, texts, known, vectors, strict=True)
    ]  # fmt: skip
