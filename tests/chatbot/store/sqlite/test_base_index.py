"""A large base file: short codes find the candidates, exact vectors score them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
import pytest

from chatbot.store.records import Ids, Vectors
from chatbot.store.sqlite import base_index
from chatbot.store.sqlite.base_index import BaseIndex, takes_codes, write

N, DIMENSION = 6_000, 64
NONE = np.empty(0, np.int64)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Clustered as texts are, and not as easy as random ones of so few numbers would be."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((60, DIMENSION))
    found = centres[random.integers(60, size=N)] + 0.6 * random.standard_normal((N, DIMENSION))
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def ids() -> Ids:
    return np.arange(N, dtype=np.int64) * 3 + 5


@pytest.fixture(scope="module")
def index(vectors: Vectors, ids: Ids, tmp_path_factory: pytest.TempPathFactory) -> BaseIndex:
    file = tmp_path_factory.mktemp("base") / "base.faiss"
    _write(file, ids, vectors, vectors[::3])
    opened = BaseIndex(faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC))
    assert opened._codes is not None
    return opened


def _write(file: Path, ids: Ids, vectors: Vectors, sample: Vectors | None) -> None:
    """In pieces of 700, of which none fits exactly."""
    with file.open("wb") as opened:
        write(
            opened,
            ids,
            lambda: (vectors[i : i + 700] for i in range(0, len(vectors), 700)),
            DIMENSION,
            sample,
        )


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_index, "_RESCORED", 200)
    monkeypatch.setattr(base_index, "_SCORED_ALL", 500)


def exact(vectors: Vectors, ids: Ids, question: Vectors, among: Ids) -> list[tuple[int, float]]:
    places = np.flatnonzero(np.isin(ids, among))
    scores = vectors[places] @ question
    best = np.lexsort((places, -scores))[:10]
    return [(int(ids[places[i]]), float(scores[i])) for i in best]


def recall(found: Sequence[tuple[int, float]], wanted: Sequence[tuple[int, float]]) -> float:
    return len({i for i, _ in found} & {i for i, _ in wanted}) / len(wanted)


@pytest.mark.parametrize("count", [0, 1, 700, 2_000])
def test_a_file_without_codes_is_the_one_that_faiss_writes(
    vectors: Vectors, ids: Ids, tmp_path: Path, count: int
) -> None:
    _write(tmp_path / "ours", ids[:count], vectors[:count], None)
    theirs = faiss.IndexIDMap2(faiss.IndexFlatIP(DIMENSION))
    theirs.add_with_ids(vectors[:count], ids[:count])
    assert (tmp_path / "ours").read_bytes() == faiss.serialize_index(theirs).tobytes()


@pytest.mark.parametrize("count", [700, 2_000])
def test_a_file_with_codes_is_the_one_that_faiss_writes(
    vectors: Vectors, ids: Ids, tmp_path: Path, count: int
) -> None:
    _write(tmp_path / "ours", ids[:count], vectors[:count], vectors[::3])
    theirs = faiss.IndexIDMap2(faiss.IndexRefineFlat(base_index._trained(vectors[::3])))
    theirs.add_with_ids(vectors[:count], ids[:count])
    assert (tmp_path / "ours").read_bytes() == faiss.serialize_index(theirs).tobytes()


def test_a_file_of_other_vectors_than_its_ids_is_not_written_to_its_end(
    vectors: Vectors, ids: Ids, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="1400 vectors came for 1500 ids"):
        _write(tmp_path / "ours", ids[:1500], vectors[:1400], None)


def test_the_ten_nearest_are_found_with_their_exact_scores(
    index: BaseIndex, vectors: Vectors, ids: Ids
) -> None:
    recalls = []
    for question in vectors[::60]:
        found, wanted = index.search(question, 10, None, NONE), exact(vectors, ids, question, ids)
        scores = dict(wanted)
        assert all(score == pytest.approx(scores[i], abs=1e-6) for i, score in found if i in scores)
        assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)
        recalls.append(recall(found, wanted))
    assert np.mean(recalls) >= 0.99


@pytest.mark.parametrize("share", [0.001, 0.05, 0.3, 0.9])
def test_a_filter_keeps_the_recall(index: BaseIndex, vectors: Vectors, ids: Ids, share: float) -> None:
    random = np.random.default_rng(1)
    recalls = []
    for question in vectors[::300]:
        allowed = np.sort(random.choice(ids, max(1, int(share * N)), replace=False))
        found = index.search(question, 10, allowed, NONE)
        assert {i for i, _ in found} <= set(allowed.tolist())
        recalls.append(recall(found, exact(vectors, ids, question, allowed)))
    assert np.mean(recalls) >= 0.99


def test_what_came_after_the_file_is_not_looked_for_in_it(
    index: BaseIndex, vectors: Vectors, ids: Ids
) -> None:
    allowed = np.array([2, ids[7], ids[7] + 1, ids[-1], ids[-1] + 3, 10**6], np.int64)
    found = index.search(vectors[7], 10, allowed, NONE)
    assert [i for i, _ in found] == [int(ids[7]), int(ids[-1])]
    assert index.search(vectors[7], 10, np.array([10**6], np.int64), NONE) == []


def test_the_dead_are_never_returned_and_the_next_ones_are(
    index: BaseIndex, vectors: Vectors, ids: Ids
) -> None:
    question = vectors[100]
    nearest = np.array([i for i, _ in exact(vectors, ids, question, ids)], np.int64)
    order = ids[np.argsort(-(vectors @ question))]
    for dead, least in ((nearest, 1.0), (order[:300], 0.9), (order[:3000], 0.5), (order[:-4], 1.0)):
        found = index.search(question, 10, None, np.sort(dead))
        assert set(dead.tolist()).isdisjoint(i for i, _ in found)
        assert recall(found, exact(vectors, ids, question, np.setdiff1d(ids, dead))) >= least
    assert index.search(question, 10, None, ids) == []


def test_codes_are_for_large_indexes_of_even_dimension() -> None:
    assert not takes_codes(49_999, 384)
    assert takes_codes(50_000, 384)
    assert not takes_codes(10**6, 383)


def test_a_large_store_finds_what_a_small_one_finds(
    tmp_path: Path, tools: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatbot.store import NewChunk, NewDocument, StoreIdentity
    from chatbot.store.sqlite.store import SqliteStore

    monkeypatch.setattr(base_index, "CODES_FROM", 500)
    monkeypatch.setattr(base_index, "TRAINED_ON", 400)
    random = np.random.default_rng(3)
    raw = random.standard_normal((600, 16)).astype(np.float32)
    raw /= np.linalg.norm(raw, axis=1, keepdims=True)
    identity = StoreIdentity("x", "x")
    store = SqliteStore.create(tmp_path / "store", identity, 16)
    with store.writing() as writer:
        for part in range(0, 600, 100):
            texts = [f"text {n}" for n in range(part, part + 100)]
            whole, chunks, at = "\n".join(texts), [], 0
            for text in texts:
                chunks.append(NewChunk(text, at, at + len(text), None, (), text))
                at += len(text) + 1
            document = NewDocument(f"d{part}", tmp_path, "0", "test", len(whole), text=whole)
            writer.replace(document, chunks, raw[part : part + 100])
        writer.compact()
        writer.delete("d200")
    alive = np.r_[0:200, 300:600]
    with store.reading() as view:
        assert view.snapshot.base is not None
        assert view.snapshot.base.index._codes is not None
        for question in raw[:50]:
            wanted = alive[np.argsort(-(raw[alive] @ question))[:10]] + 1
            assert [i for i, _ in view.dense(question, 10)] == wanted.tolist()
    assert [fault for fault in store.faults() if "terms" not in fault] == []
    store.close()
