"""The index on disk: SQLite holds everything that matters, FAISS files are made from it."""

from chatbot.store.records import ChunkRow, DocumentRow, NewChunk, NewDocument, StoreIdentity
from chatbot.store.store import Store
from chatbot.store.view import View
from chatbot.store.writer import Writer

__all__ = ["ChunkRow", "DocumentRow", "NewChunk", "NewDocument", "Store", "StoreIdentity", "View", "Writer"]
