"""Measurements of the storage benchmark with ``--million``: a million vectors in our store, loaded once and kept.

``uniform`` vectors point anywhere: nothing groups them, the hardest case for an approximate index. ``clustered`` ones
lie around 5,000 centres, at a cosine of .71 to theirs.
"""

from __future__ import annotations

import time
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import cpu_seconds, peak_mb
from benchmarks.storage.data import (
    ADDED_FILES,
    CHUNKS_PER_FILE,
    DIMENSION,
    hashed_identity,
    made_document,
    unit_vectors,
    vectors_of_texts,
)
from benchmarks.storage.readers import timed
from benchmarks.storage.sides import disk_mb
from chatbot.store import Store
from chatbot.store.records import Ids, Vectors
from chatbot.store.sqlite.store import SqliteStore

KINDS = ("uniform", "clustered")
READERS = 16
_DOCUMENT = 1000  # chunks
_QUESTIONS = 320
_ALONE = 20  # of them, asked by one thread
_CENTRES = 5000
_K = 10


def load_million(kind: str, size: int, folder: Path) -> dict[str, Any]:
    """Store what is not stored yet."""
    with closing(SqliteStore.create(folder, hashed_identity(), DIMENSION)) as store:
        with store.reading() as view:
            there = {row.uri for row in view.documents()}
        missing = [number for number in range(size // _DOCUMENT) if _uri(number) not in there]
        start = time.perf_counter()
        with store.writing() as writer:
            for number in missing:
                made, chunks = made_document(_uri(number), _texts(number))
                writer.replace(made, chunks, _vectors(kind, number))
        seconds = time.perf_counter() - start
    return {"loaded": len(missing) * _DOCUMENT, "load_s": seconds}


def compact_million(folder: Path) -> dict[str, Any]:
    with closing(SqliteStore.open(folder, hashed_identity())) as store, store.writing() as writer:
        start = time.perf_counter()
        writer.compact()
        seconds = time.perf_counter() - start
    return {"compact_s": seconds, "compact_mb": peak_mb(), "disk_mb": disk_mb(folder)}


def open_million(kind: str, folder: Path) -> dict[str, Any]:
    question = _questions(kind)[0]
    start = time.perf_counter()
    with closing(SqliteStore.open(folder, hashed_identity())) as store, store.reading() as view:
        view.chunks(chunk for chunk, _ in view.dense(question, _K))
        seconds = time.perf_counter() - start
    return {"open_s": seconds, "open_mb": peak_mb()}


def exact_neighbours(kind: str, size: int, file: Path) -> dict[str, Any]:
    """The numbers of the ``_K`` nearest vectors of each question, into ``file`` unless it is there."""
    if file.exists():
        return {}
    questions = _questions(kind)
    best = np.full((len(questions), _K), -2.0, np.float32)
    numbers = np.zeros((len(questions), _K), np.int64)
    for number in range(size // _DOCUMENT):
        scores = np.concatenate([best, questions @ _vectors(kind, number).T], axis=1)
        here = np.broadcast_to(np.arange(_DOCUMENT) + number * _DOCUMENT, (len(questions), _DOCUMENT))
        places = np.argpartition(-scores, _K, axis=1)[:, :_K]
        best = np.take_along_axis(scores, places, 1)
        numbers = np.take_along_axis(np.concatenate([numbers, here], axis=1), places, 1)
    np.save(file, numbers)
    return {}


def search_million(kind: str, folder: Path, truth: Path) -> dict[str, Any]:
    """``READERS`` threads, each asking as soon as it has its answer: vectors searched, chunks read."""
    questions, wanted = _questions(kind), np.load(truth)
    shares: list[float] = []

    def ask(turn: int) -> None:
        shares.append(len(_ask(store, questions[turn]) & set(wanted[turn].tolist())) / _K)

    with closing(SqliteStore.open(folder, hashed_identity())) as store:
        _ask(store, questions[0])
        figures = timed(ask, len(questions), READERS, cpu_seconds)
        recall = sum(shares) / len(shares)
        alone = timed(ask, _ALONE, 1, cpu_seconds)["p50_ms"]
    return {
        **figures, "alone_ms": alone, "recall": recall, "search_mb": peak_mb(), "anonymous_mb": _anonymous_mb(),
    }  # fmt: skip


def add_to_million(folder: Path, first: int) -> dict[str, Any]:
    """Ten files into the open store, until a search returns the last of them; then they are taken out again."""
    prepared = []
    for number in range(ADDED_FILES):
        at = first + number * CHUNKS_PER_FILE
        texts = [_text(place) for place in range(at, at + CHUNKS_PER_FILE)]
        prepared.append((*made_document(f"added/{number}.txt", texts), vectors_of_texts(texts)))
    wanted = prepared[-1][2][-1]
    with closing(SqliteStore.open(folder, hashed_identity())) as store:
        with store.reading() as view:
            view.dense(wanted, _K)
        try:
            start = time.perf_counter()
            with store.writing() as writer:
                for made, chunks, vectors in prepared:
                    writer.replace(made, chunks, vectors)
            written = time.perf_counter()
            with store.reading() as view:
                hits = view.dense(wanted, _K)
                found = view.chunks(chunk for chunk, _ in hits)[hits[0][0]].text
            seconds = time.perf_counter() - start
        finally:
            with store.writing() as writer:
                for made, _, _ in prepared:
                    writer.delete(made.uri)
    if found != prepared[-1][1][-1].text:
        raise SystemExit(f"the added chunk is not found; the first result is {found[:60]!r}")
    return {"add_s": seconds, "write_s": written - start}


def _ask(store: Store, question: Vectors) -> set[int]:
    """Numbers of the vectors found."""
    with store.reading() as view:
        rows = view.chunks(chunk for chunk, _ in view.dense(question, _K))
    return {int(row.text.split(None, 2)[1]) for row in rows.values()}


def _anonymous_mb() -> float:
    """Memory that is not a mapped file, 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text("ascii", "ignore").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), 0.0)


def _uri(number: int) -> str:
    return f"million/{number:06d}.txt"


def _texts(document_number: int) -> list[str]:
    return [_text(document_number * _DOCUMENT + place) for place in range(_DOCUMENT)]


def _text(number: int) -> str:
    """Short, or a million of them would fill the disk with words: about 60 characters."""
    return f"Measurement {number} of series {number % 977}, channel {number % 31}, checked by inspector {number % 613}"


def _vectors(kind: str, document_number: int) -> Vectors:
    return _drawn(kind, np.random.default_rng((7, document_number)), _DOCUMENT)


def _questions(kind: str) -> Vectors:
    return _drawn(kind, np.random.default_rng(8), _QUESTIONS)


def _drawn(kind: str, generator: np.random.Generator, count: int) -> Vectors:
    noise = generator.standard_normal((count, DIMENSION), np.float32)
    if kind == "uniform":
        return unit_vectors(noise)
    centres: Ids = generator.integers(0, _CENTRES, count)
    return unit_vectors(_centres()[centres] + noise / np.float32(np.sqrt(DIMENSION)))


@cache
def _centres() -> Vectors:
    return unit_vectors(np.random.default_rng(9).standard_normal((_CENTRES, DIMENSION), np.float32))
