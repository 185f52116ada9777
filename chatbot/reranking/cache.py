"""What is known already: scores of questions asked again, and vectors of passages that come back."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from cachetools import LRUCache

if TYPE_CHECKING:
    from torch import Tensor

_KEY_BYTES = 16


class ScoreCache:
    """(question, passage) -> logit of one loaded model; forgets what was not used for longest. Thread-safe.

    Texts are kept as digests. An entry takes 231 bytes (tracemalloc, 50,000 entries): 12 MB when full.
    """

    def __init__(self, size: int) -> None:
        """``size``: entries at most; 0 remembers nothing."""
        self._scores: LRUCache[bytes, float] = LRUCache(size)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._scores)

    def find(self, question: str, texts: Sequence[str]) -> list[float | None]:
        """The score of each text, ``None`` where it is not known."""
        if not self._scores.maxsize:
            return [None] * len(texts)
        keys = list(_keys(question, texts))
        with self._lock:
            return [self._scores.get(key) for key in keys]

    def remember(self, question: str, texts: Sequence[str], scores: Sequence[float]) -> None:
        """Add scores, the oldest make room."""
        if not self._scores.maxsize:
            return
        keys = list(_keys(question, texts))
        with self._lock:
            self._scores.update(zip(keys, scores, strict=True))


class VectorCache:
    """Passage -> its token vectors; forgets what was not used for longest. Thread-safe.

    A passage of 128 tokens takes 197 KB (two layers, 384 wide, float16).
    """

    def __init__(self, bytes_at_most: int) -> None:
        self._vectors: LRUCache[str, Tensor] = LRUCache(bytes_at_most, getsizeof=lambda tensor: tensor.nbytes)
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes."""
        return int(self._vectors.currsize)

    def find(self, passages: Sequence[str]) -> dict[str, Tensor]:
        """Those that are known."""
        with self._lock:
            return {text: self._vectors[text] for text in dict.fromkeys(passages) if text in self._vectors}

    def remember(self, vectors: dict[str, Tensor]) -> None:
        """Add vectors, the oldest make room; what is larger than the cache is left out."""
        with self._lock:
            for text, found in vectors.items():
                if found.nbytes <= self._vectors.maxsize:
                    self._vectors[text] = found


def _keys(question: str, texts: Sequence[str]) -> Iterable[bytes]:
    asked = _bytes(question)
    start = blake2b(len(asked).to_bytes(8) + asked, digest_size=_KEY_BYTES)
    for text in texts:
        digest = start.copy()
        digest.update(_bytes(text))
        yield digest.digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
