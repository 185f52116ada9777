"""Indexes of a few chunks, made without any model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from chatbot.store import NewChunk, NewDocument, Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
from chatbot.text.keywords import analyse

Parts = list[tuple[str, int | None]]  # text of each chunk and its page
MakeStore = Callable[[dict[str, Parts]], Store]


def small_store(folder: Path, documents: dict[str, Parts]) -> Store:
    """``{"a.txt": [("text of a chunk", page), ...]}``: chunks are joined by an empty line, all vectors are alike."""
    store = SqliteStore.create(folder, StoreIdentity("test", "test"), 2)
    with store.writing() as writer:
        for uri, parts in documents.items():
            text = "\n\n".join(part for part, _ in parts)
            chunks, start = [], 0
            for part, page in parts:
                chunks.append(NewChunk(part, start, start + len(part), page, (), analyse(part)))
                start += len(part) + 2
            document = NewDocument(uri, Path(uri), "0", "test", len(text), text=text)
            writer.replace(document, chunks, np.tile(np.array([[1, 0]], np.float32), (len(chunks), 1)))
    return store
