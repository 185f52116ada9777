"""Data of the storage benchmark: made paragraphs, with vectors that a hash of the text decides; the same for both sides.

No model runs: embedding 100,000 chunks takes half an hour, which would hide what storing them costs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

import numpy as np

from chatbot.config import Config, EmbeddingConfig, RerankerConfig
from chatbot.retrieval.embeddings import EMBEDDINGS, store_identity
from chatbot.store import NewChunk, NewDocument, StoreIdentity
from chatbot.store.records import Vectors, hash_of
from chatbot.text.keywords import analyse

DIMENSION = 384  # of multilingual-e5-small
ADDED_FILES, CHUNKS_PER_FILE = 10, 30
_WORDS = 20_000
_PARAGRAPH = 55  # words: about 400 characters in English, 300 in Korean


@EMBEDDINGS.register("hashed")
def _hashed(_: Config) -> NoReturn:
    """The name must be known to open an index; the model itself is always handed in."""
    raise SystemExit("pass a benchmarks.storage.embedding.HashedEmbedding")


def hashed_config(store: Path) -> Config:
    """Defaults, but for the embedding, and without token vectors: they come from a network."""
    return Config(
        store=store,
        embedding=EmbeddingConfig(backend="hashed", model="hashed"),
        reranker=RerankerConfig(token_vectors="off"),
    )


def hashed_identity() -> StoreIdentity:
    return store_identity(hashed_config(Path()))


def unit_vectors(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def vector_of(text: str) -> Vectors:
    """A direction of length 1, shape (DIMENSION,), that only this text has."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return unit_vectors(np.random.default_rng(seed).standard_normal(DIMENSION, np.float32))


def vectors_of_texts(texts: Sequence[str]) -> Vectors:
    return np.stack([vector_of(text) for text in texts])


def made_paragraphs(first: int, count: int) -> list[str]:
    """Paragraphs number ``first`` to ``first + count``, English and Korean in turn, no two alike."""
    return [_paragraph(number) for number in range(first, first + count)]


def write_files(folder: Path, first: int) -> None:
    """``ADDED_FILES`` text files of ``CHUNKS_PER_FILE`` paragraphs, from paragraph number ``first``."""
    folder.mkdir(parents=True)
    for number in range(ADDED_FILES):
        texts = made_paragraphs(first + number * CHUNKS_PER_FILE, CHUNKS_PER_FILE)
        (folder / f"added-{number}.txt").write_text("\n\n".join(texts) + "\n", encoding="utf-8")


def made_document(uri: str, texts: Sequence[str]) -> tuple[NewDocument, list[NewChunk]]:
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
