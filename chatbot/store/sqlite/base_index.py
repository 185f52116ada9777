"""The FAISS index inside a base file: exact scan of a small one, short codes and exact re-scoring of a large one.

    small    IndexIDMap2(IndexFlatIP)
    large    IndexIDMap2(IndexRefineFlat(IndexPQFastScan)), from ``CODES_FROM`` chunks on

A flat scan of 1M vectors of 384 numbers takes 260 ms. Codes of 96 bytes (product quantisation, 4 bits for every
two numbers) are scanned in 9 ms; the best 1,000 of them are scored again with the exact vectors, which lie beside
the codes and are mapped into memory, not read. The scores are exact, and of the true 10 nearest 99.9 % are found
even among random vectors, where inverted lists and graphs fail (``benchmarks/storage/storage.py``).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from chatbot.store.records import Ids, Vectors
from chatbot.store.sqlite.coalesced_search import CoalescedSearch

CODES_FROM = 50_000  # chunks; below, a flat scan takes less than 15 ms
TRAINED_ON = 4_096  # vectors: FAISS takes 256 for each of a code's 16 values, and no more
_RESCORED = 1_000  # candidates that are scored exactly, at least
_SCORED_ALL = 20_000  # a filter that lets no more through needs no codes: 50 ms
_NUMBERS_IN_CODE = 2  # that 4 bits stand for
_TRAINING_ROUNDS, _SEED = 10, 1234
# parts of FAISS's file format
_HEADER, _LENGTH = struct.Struct("<4siqqqBi"), struct.Struct("<Q")
_QUANTISER, _CODES = struct.Struct("<QQQQ"), struct.Struct("<iiiQQQ")
_BITS, _BLOCK = 4, 32  # of a code; vectors that are scanned together
_REFINED_TIMES = struct.pack("<f", 1)  # IndexRefineFlat's k_factor, which ``BaseIndex`` does not use


def in_memory(ids: Ids, vectors: Vectors) -> faiss.IndexIDMap2:
    """An exact index over ``vectors`` of length 1, shape (n, dimension)."""
    index = faiss.IndexIDMap2(faiss.IndexFlatIP(vectors.shape[1]))
    index.add_with_ids(np.ascontiguousarray(vectors), ids)
    return index


def write(
    file: BinaryIO,
    ids: Ids,
    batches: Callable[[], Iterable[Vectors]],
    dimension: int,
    sample: Vectors | None = None,
) -> None:
    """Write the index over the vectors of ``ids``, byte for byte what ``faiss.write_index`` makes of it.

    One batch of vectors is in memory at a time, and the codes of all, a sixteenth of them. FAISS wants all vectors in
    memory, and holds them more than twice while they grow.

    Args:
        ids: ascending, shape (n,).
        batches: gives the n vectors of length 1 in pieces of shape (some, dimension); called twice where there are codes.
        sample: vectors to train codes on, shape (``TRAINED_ON``, dimension); ``None``: no codes.

    Raises:
        OSError: the file cannot be written.
        RuntimeError: what FAISS makes of an ``OSError`` while it writes codes.
        ValueError: there are more or fewer vectors than ids; the file is of no use.
    """
    count = len(ids)
    file.write(_header(b"IxM2", dimension, count))
    if sample is not None:
        file.write(_header(b"IxRF", dimension, count))
        codes = _trained(sample)
        for vectors in batches():
            codes.add(np.ascontiguousarray(vectors))
        faiss.write_index(codes, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]
        del codes
    file.write(_header(b"IxFI", dimension, count))
    file.write(_LENGTH.pack(count * dimension))
    written = 0
    for vectors in batches():
        file.write(np.ascontiguousarray(vectors, "<f4").data)
        written += len(vectors)
    if written != count:
        raise ValueError(f"{written} vectors came for {count} ids")
    if sample is not None:
        file.write(_REFINED_TIMES)
    file.write(_LENGTH.pack(count))
    file.write(np.ascontiguousarray(ids, "<i8").data)


def _header(kind: bytes, dimension: int, count: int) -> bytes:
    """How FAISS begins every index: its kind, dimension, count, two numbers without use, trained, metric."""
    return _HEADER.pack(kind, dimension, count, 1 << 20, 1 << 20, True, faiss.METRIC_INNER_PRODUCT)


def is_as_written(file: BinaryIO, size: int, dimension: int, count: int) -> bool:
    """Whether every byte of ``file`` that is no vector, code or id is what ``write`` puts there.

    ``faiss.read_index`` believes such bytes, and a search then reads where they point; a checksum beside the file says
    nothing where both come from somebody else. What is left is numbers, of exactly as many bytes as there must be.
    """
    codes = _codes_in(file, dimension, count)
    vectors = _header(b"IxFI", dimension, count) + _LENGTH.pack(count * dimension)
    ids = _LENGTH.pack(count)
    expected = [(0, _header(b"IxM2", dimension, count))]
    at = _HEADER.size
    if codes:
        expected += [(at, _header(b"IxRF", dimension, count)), *codes.expected]
        at = codes.end
    expected.append((at, vectors))
    at += len(vectors) + 4 * count * dimension
    if codes:
        expected.append((at, _REFINED_TIMES))
        at += len(_REFINED_TIMES)
    expected.append((at, ids))
    return size == at + len(ids) + 8 * count and all(
        _read(file, at, len(part)) == part for at, part in expected
    )


class _Codes(NamedTuple):
    """What must be where in the part of a file that holds codes, and where that part ends."""

    expected: list[tuple[int, bytes]]
    end: int


def _codes_in(file: BinaryIO, dimension: int, count: int) -> _Codes | None:
    """FAISS's IPfs: header, quantiser (sizes, centroids), sizes of the codes, codes. ``None`` where there are none."""
    if _read(file, _HEADER.size, 4) != b"IxRF":
        return None
    parts, centroids = dimension // _NUMBERS_IN_CODE, dimension * 2**_BITS
    head = _header(b"IPfs", dimension, count) + _QUANTISER.pack(dimension, parts, _BITS, centroids)
    padded, padded_parts = -(-count // _BLOCK) * _BLOCK, parts + parts % 2
    sizes = _CODES.pack(0, _BLOCK, 0, padded, padded_parts, padded * padded_parts * _BITS // 8)
    start = 2 * _HEADER.size
    values = start + len(head)
    after = values + 4 * centroids
    known = np.frombuffer(_read(file, values, 4 * centroids), "<f4")
    if dimension % _NUMBERS_IN_CODE or len(known) != centroids or not np.isfinite(known).all():
        return _Codes([(0, b"no codes of ours")], 0)
    return _Codes([(start, head), (after, sizes)], after + len(sizes) + padded * padded_parts * _BITS // 8)


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def takes_codes(count: int, dimension: int) -> bool:
    """Whether so many vectors are searched by codes first: fewer are compared one by one as fast."""
    return count >= CODES_FROM and dimension % _NUMBERS_IN_CODE == 0


def _trained(sample: Vectors) -> faiss.IndexPQFastScan:
    dimension = sample.shape[1]
    codes = faiss.IndexPQFastScan(dimension, dimension // _NUMBERS_IN_CODE, _BITS, faiss.METRIC_INNER_PRODUCT)
    codes.pq.cp.niter, codes.pq.cp.seed = _TRAINING_ROUNDS, _SEED
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # 192 tiny clusterings: more threads only wait for each other
    try:
        codes.train(np.ascontiguousarray(sample))
    finally:
        faiss.omp_set_num_threads(threads)
    return codes


class BaseIndex:
    """An index that ``write`` has written, opened for searching by many threads."""

    def __init__(self, index: Any) -> None:
        """``index``: an IndexIDMap2 as ``faiss.read_index`` gives it."""
        self.faiss_index = index
        inner: Any = faiss.downcast_index(index.index)
        large = isinstance(inner, faiss.IndexRefine)
        self._codes: Any = faiss.downcast_index(inner.base_index) if large else None
        flat: Any = faiss.downcast_index(inner.refine_index) if large else inner
        self._scan = CoalescedSearch(self._codes)
        self.ids: Ids = faiss.vector_to_array(index.id_map)  # ascending
        self.vectors: Vectors = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d).reshape(
            flat.ntotal, flat.d
        )

    def search(self, vector: Vectors, k: int, allowed: Ids | None, dead: Ids) -> list[tuple[int, float]]:
        """The k nearest as (id, cosine), best first: of ``allowed`` where given, else of all but ``dead``."""
        if self._codes is None:
            return search_flat(self.faiss_index, vector, k, allowed, dead)
        if allowed is not None:
            allowed = allowed[allowed <= self.ids[-1]]  # the others came after this file
        if allowed is not None and len(allowed) <= _SCORED_ALL:
            places = self._places_of(allowed)
        else:
            places = self._coarse(vector, max(_RESCORED, 10 * k), allowed, dead)
        scores = self.vectors[places] @ vector
        best = np.lexsort((places, -scores))[:k]
        return [(int(self.ids[places[i]]), float(scores[i])) for i in best]

    def _places_of(self, chunks: Ids) -> NDArray[np.int64]:
        """Where those of ``chunks`` that are in the file are in it; none is newer than the file."""
        places = np.searchsorted(self.ids, chunks)
        return np.asarray(places[self.ids[places] == chunks], np.int64)

    def _coarse(self, vector: Vectors, least: int, allowed: Ids | None, dead: Ids) -> NDArray[np.int64]:
        """Places of the ``least`` or so best by their codes; more are asked for until enough of them count."""
        wanted = least if allowed is None else least * len(self.ids) // len(allowed)
        while True:
            wanted = min(wanted, len(self.ids))
            places = self._scan.search(vector, wanted)
            places = np.sort(places[places >= 0])
            if allowed is not None:
                places = places[np.isin(self.ids[places], allowed)]
            elif len(dead):
                places = places[~np.isin(self.ids[places], dead)]
            # half: a few dead ones among the best cost no second scan
            if 2 * len(places) >= least or wanted == len(self.ids):
                return np.asarray(places, np.int64)
            wanted *= 4


def search_flat(
    index: Any, vector: Vectors, k: int, allowed: Ids | None, dead: Ids | None
) -> list[tuple[int, float]]:
    """``BaseIndex.search`` on an exact IndexIDMap2."""
    if index.ntotal == 0:
        return []
    # selectors are built per call: IndexIDMap rewrites the parameters it is given
    selector: Any = None
    if allowed is not None:  # read from the live tables, so the dead are not among them
        selector = faiss.IDSelectorBatch(allowed)
    elif dead is not None and len(dead):
        selector = faiss.IDSelectorNot(faiss.IDSelectorBatch(dead))
    parameters = faiss.SearchParameters(sel=selector) if selector is not None else None  # type: ignore[call-arg]
    scores, ids = index.search(vector[None, :], min(k, index.ntotal), params=parameters)
    return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]
