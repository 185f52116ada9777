"""Documents with token vectors in a store: codes made of the text itself, so that each is known again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chatbot.store import Store
from chatbot.store.records import NewChunk, NewDocument, Vectors, hash_of

FAULT = "token vectors of 1 texts belong to no chunk"


def put(tools: Any, store: Store, uri: str, *texts: str, codes: bool = True) -> None:
    """Store a document of these texts, each a chunk, with the codes of its token vectors where ``codes``."""
    with store.writing() as writer:
        writer.replace(*hashed(tools, uri, *texts), {hash_of(text): code_of(text) for text in texts if codes})


def hashed(tools: Any, uri: str, *texts: str) -> tuple[NewDocument, list[NewChunk], Vectors]:
    """What ``Writer.replace`` takes of such a document, without the codes."""
    document, chunks, vectors = tools.document(uri, texts)
    return document, [replace(chunk, text_hash=hash_of(chunk.text)) for chunk in chunks], vectors


def code_of(text: str) -> bytes:
    """The code of ``text``, as it is stored here."""
    return b"\x01" + text.encode()


def kept(tools: Any, store: Store, uri: str) -> list[bytes | None]:
    """The codes of a document's chunks, in their order."""
    ids = tools.ids(store, uri)
    with store.reading() as view:
        found = view.token_vectors(ids)
    return [found.get(chunk) for chunk in ids]
