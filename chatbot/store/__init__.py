"""The index on disk: SQLite holds everything that matters, FAISS files are made from it."""

from chatbot.store.records import ChunkRow, DocumentName, DocumentRow, NewChunk, NewDocument, StoreIdentity
from chatbot.store.sqlite.store import Store
from chatbot.store.sqlite.view import View
from chatbot.store.sqlite.writer import IndexWriter

__all__ = [
    "ChunkRow",
    "DocumentName",
    "DocumentRow",
    "IndexWriter",
    "NewChunk",
    "NewDocument",
    "Store",
    "StoreIdentity",
    "View",
]
