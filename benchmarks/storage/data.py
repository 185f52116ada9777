"""What both sides of ``benchmarks.storage.storage`` store: made paragraphs, with vectors that a hash of the text decides.

No model runs: embedding 100,000 chunks takes half an hour, which would hide what storing them costs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from chatbot.config import Config, EmbeddingConfig
from chatbot.retrieval.embeddings import EMBEDDINGS, store_identity
from chatbot.store import NewChunk, NewDocument, StoreIdentity
from chatbot.store.records import Vectors, hash_of
from chatbot.text.keywords import analyse

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.embeddings.base import BaseEmbedding

DIMENSION = 384  # of multilingual-e5-small
ADDED_FILES, CHUNKS_PER_FILE = 10, 30
_WORDS = 20_000
_PARAGRAPH = 55  # words: about 400 characters in English, 300 in Korean


@EMBEDDINGS.register("hashed")
def _hashed(_: Config) -> BaseEmbedding:

    return HashedEmbedding()


def configured(store: Path) -> Config:
    """Defaults, but for the embedding."""
    return Config(store=store, embedding=EmbeddingConfig(backend="hashed", model="hashed"))


def identity() -> StoreIdentity:
    return store_identity(configured(Path()))


def unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def vector_of(text: str) -> Vectors:
    """A direction of length 1, shape (DIMENSION,), that only this text has."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return unit(np.random.default_rng(seed).standard_normal(DIMENSION, np.float32))


def vectors_of_texts(texts: Sequence[str]) -> Vectors:
    return np.stack([vector_of(text) for text in texts])


def paragraphs(first: int, count: int) -> list[str]:
    """Paragraphs number ``first`` to ``first + count``, English and Korean in turn, no two alike."""
    return [_paragraph(number) for number in range(first, first + count)]


def files(folder: Path, first: int) -> None:
    """``ADDED_FILES`` text files of ``CHUNKS_PER_FILE`` paragraphs, from paragraph number ``first``."""
    folder.mkdir(parents=True)
    for number in range(ADDED_FILES):
        texts = paragraphs(first + number * CHUNKS_PER_FILE, CHUNKS_PER_FILE)
        (folder / f"added-{number}.txt").write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def document(uri: str, texts: Sequence[str]) -> tuple[NewDocument, list[NewChunk]]:
    """A stored document of these chunks, as ``ingest.pipeline`` makes it."""
    whole = "\n\n".join(texts)
    chunks, at = [], 0
    for text in texts:
        chunks.append(NewChunk(text, at, at + len(text), None, (), analyse(text), text_hash=hash_of(text)))
        at += len(text) + 2
    digest = hashlib.sha256(whole.encode()).hexdigest()
    size = len(whole.encode())
    return NewDocument(uri, Path(uri), digest, "benchmark", size, format="text", text=whole), chunks


def _paragraph(number: int) -> str:
    words = _vocabulary()[number % 2]
    # squared: some words are common, as in language; lexical search pays for those
    picked = (np.random.default_rng(number).random(_PARAGRAPH) ** 2 * _WORDS).astype(int)
    return " ".join(words[place] for place in picked) + f" {number}."


@cache
def _vocabulary() -> tuple[list[str], list[str]]:
    generator = np.random.default_rng(7)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    syllables = np.array([chr(code) for code in range(0xAC00, 0xD7A4, 28)])

    def made(alphabet: np.ndarray, shortest: int, longest: int) -> list[str]:
        lengths = generator.integers(shortest, longest + 1, _WORDS)
        return ["".join(generator.choice(alphabet, length)) for length in lengths]

    return made(letters, 3, 10), made(syllables, 2, 6)


class HashedEmbedding(BaseEmbedding):
    """The same vector for the same text, from its hash."""

    model_name: str = "hashed"
    embed_batch_size: int = 512

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(value) for value in vector_of(text)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)
