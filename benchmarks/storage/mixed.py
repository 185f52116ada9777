"""Chunks for a large index, the same at any size: real sentences mixed anew, with made vectors.

A chunk is a run of real sentences of one language from the public sets, about 450 characters, so that its terms are as
frequent as those of language. No model runs: a vector lies around one of 5,000 centres, at a cosine of .71 to it, as
``million.py`` has them. Two documents of three are Korean.
"""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.judging.retrieval_sets import read_jsonl
from benchmarks.storage.data import CHUNKS_PER_FILE, DIMENSION, made_document, unit_vectors
from chatbot.store import NewChunk, NewDocument
from chatbot.store.records import Vectors

QUESTIONS = 320
_SOURCES = (
    "train_mix/corpus.jsonl.gz",
    "squad1/corpus.jsonl",
    "scifact/corpus.jsonl",
    "korquad1/corpus.jsonl",
)
_CENTRES = 5000
_LONG = 420  # characters, after which a chunk ends
_END = re.compile(r"(?<=[.!?다])\s+")


class Mixed:
    """Documents of ``CHUNKS_PER_FILE`` chunks, by number."""

    def __init__(self, data: Path) -> None:
        found: dict[str, bool] = {}
        for name in _SOURCES:
            for row in read_jsonl(data / name):
                for sentence in _END.split(row["text"]):
                    if 30 < len(sentence) < 300:
                        found[sentence] = _is_korean(sentence)
        self._pools = [[s for s, korean in found.items() if korean is wanted] for wanted in (False, True)]
        rows = list(read_jsonl(data / "train_mix/train.jsonl.gz"))
        asked = [
            [row["query"] for row in rows if _is_korean(row["query"]) is wanted] for wanted in (False, True)
        ]
        draw = random.Random(5)
        self.questions = [text for part in asked for text in draw.sample(part, QUESTIONS // 2)]
        draw.shuffle(self.questions)

    def document(self, number: int) -> tuple[NewDocument, list[NewChunk], Vectors]:
        draw = random.Random(number)
        pool = self._pools[int(number % 3 != 0)]
        texts = []
        for _ in range(CHUNKS_PER_FILE):
            picked: list[str] = []
            while sum(map(len, picked)) < _LONG:
                picked.append(pool[draw.randrange(len(pool))])
            texts.append(" ".join(picked))
        made, chunks = made_document(uri_of(number), texts)
        return made, chunks, vectors_of(number)


def uri_of(number: int) -> str:
    return f"mixed/{number:06d}.txt"


def vectors_of(number: int) -> Vectors:
    """Of the chunks of a document."""
    return _around(np.random.default_rng((7, number)), CHUNKS_PER_FILE)


def question_vectors() -> Vectors:
    return _around(np.random.default_rng(8), QUESTIONS)


def exact_neighbours(documents: int, k: int, file: Path) -> np.ndarray:
    """The numbers of the ``k`` nearest chunks of each question, (questions, k); kept in ``file``."""
    if file.exists():
        return np.asarray(np.load(file))
    asked = question_vectors()
    everything = np.concatenate([vectors_of(number) for number in range(documents)])
    nearest = np.argsort(-(asked @ everything.T), axis=1)[:, :k]
    np.save(file, nearest)
    return nearest


def _around(generator: np.random.Generator, count: int) -> Vectors:
    noise = generator.standard_normal((count, DIMENSION), np.float32)
    centres = generator.integers(0, _CENTRES, count)
    return unit_vectors(_centres()[centres] + noise / np.float32(np.sqrt(DIMENSION)))


@cache
def _centres() -> Vectors:
    return unit_vectors(np.random.default_rng(9).standard_normal((_CENTRES, DIMENSION), np.float32))


def _is_korean(text: str) -> bool:
    return re.search("[가-힣]", text) is not None
