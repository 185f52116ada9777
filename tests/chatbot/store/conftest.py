"""A store with vectors small enough to check every answer by brute force."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from chatbot.store import NewChunk, NewDocument, Store, StoreIdentity
from chatbot.store.records import Vectors
from chatbot.store.sqlite.store import SqliteStore
from chatbot.text.keywords import analyse, question_terms

DIMENSION = 16
IDENTITY = StoreIdentity(embedding="0123456789abcdef", model="tiny-test-model")


def vector_of(text: str) -> Vectors:
    """A direction that depends on nothing but ``text``."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


@dataclass(frozen=True)
class Tools:
    """What the tests of the store do again and again."""

    dimension: int
    identity: StoreIdentity
    vector_of: Callable[[str], Vectors]

    def document(self, uri: str, texts: Sequence[str]) -> tuple[NewDocument, list[NewChunk], Vectors]:
        """A document of one chunk for each of ``texts``."""
        chunks, at = [], 0
        for text in texts:
            chunks.append(NewChunk(text, at, at + len(text), None, (), analyse(text)))
            at += len(text) + 1
        whole = "\n".join(texts)
        digest = hashlib.sha256(whole.encode()).hexdigest()
        document = NewDocument(uri, Path("/nowhere") / uri, digest, "test", len(whole), text=whole)
        vectors = (
            np.stack([vector_of(text) for text in texts]) if texts else np.empty((0, DIMENSION), np.float32)
        )
        return document, chunks, vectors

    def put(self, store: Store, uri: str, *texts: str) -> None:
        """Store ``texts`` as the chunks of document ``uri``."""
        with store.writing() as writer:
            writer.replace(*self.document(uri, texts))

    def put_upload(self, store: Store) -> None:
        """A document whose file is among the store's own, beside a folder that is nowhere; one base file of all."""
        document, chunks, vectors = self.document("uploads/u.txt", ["uploaded"])
        (store.folder / "files").mkdir()
        content = store.folder / "files" / document.sha256
        content.write_text(document.text)
        with store.writing() as writer:
            writer.label_root(Path("/nowhere/data"))
            writer.replace(replace(document, path=content), chunks, vectors)
            writer.compact()

    def texts(self, store: Store, question: str, k: int = 5, filters: Sequence[str] = ()) -> list[str]:
        """Texts of the nearest chunks by vector, best first."""
        with store.reading() as view:
            hits = view.dense(vector_of(question), k, view.scope(filters))
            rows = view.chunks(chunk for chunk, _ in hits)
        return [rows[chunk].text for chunk, _ in hits]

    def lexical_texts(self, store: Store, question: str, filters: Sequence[str] = ()) -> list[str]:
        """Texts of the chunks that share a word with ``question``."""
        with store.reading() as view:
            hits = view.lexical(question_terms(question), 50, view.scope(filters))
            rows = view.chunks(chunk for chunk, _ in hits)
        return [rows[chunk].text for chunk, _ in hits]

    def ids(self, store: Store, uri: str) -> list[int]:
        with store.reading() as view:
            return [chunk.id for chunk in view.chunks_of(uri)]


@pytest.fixture(scope="session")
def tools() -> Tools:
    return Tools(DIMENSION, IDENTITY, vector_of)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = SqliteStore.create(tmp_path / "store", IDENTITY, DIMENSION)
    yield store
    store.close()
