"""The index: documents, passages, their vectors and their terms, in the engine that the configuration names."""

from chatbot.store.engines import create_store, identity_at, open_store
from chatbot.store.protocol import Scope, Store, View, Writer
from chatbot.store.records import ChunkRow, DocumentName, DocumentRow, NewChunk, NewDocument, StoreIdentity

__all__ = [
    "ChunkRow",
    "DocumentName",
    "DocumentRow",
    "NewChunk",
    "NewDocument",
    "Scope",
    "Store",
    "StoreIdentity",
    "View",
    "Writer",
    "create_store",
    "identity_at",
    "open_store",
]
