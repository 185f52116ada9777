"""Scores that are known already, so that a question asked again costs no network pass."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from hashlib import blake2b

_KEY_BYTES = 16


class ScoreCache:
    """(question, passage) -> logit of one loaded model; forgets what was not used for longest. Thread-safe.

    Texts are kept as digests. An entry takes 175 bytes (tracemalloc, 50,000 entries): 8.7 MB when full.
    """

    def __init__(self, size: int) -> None:
        """``size``: entries at most; 0 remembers nothing."""
        self._size = size
        self._scores: dict[bytes, float] = {}  # in the order of last use
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._scores)

    def find(self, question: str, texts: Sequence[str]) -> list[float | None]:
        """The score of each text, ``None`` where it is not known."""
        if not self._size:
            return [None] * len(texts)
        keys = list(_keys(question, texts))
        with self._lock:
            found = [self._scores.pop(key, None) for key in keys]
            self._scores.update((k, s) for k, s in zip(keys, found, strict=True) if s is not None)
        return found

    def remember(self, question: str, texts: Sequence[str], scores: Sequence[float]) -> None:
        """Add scores, the oldest make room."""
        if not self._size:
            return
        keys = list(_keys(question, texts))
        with self._lock:
            for key, score in zip(keys, scores, strict=True):
                self._scores.pop(key, None)
                self._scores[key] = score
            while len(self._scores) > self._size:
                del self._scores[next(iter(self._scores))]


def _keys(question: str, texts: Sequence[str]) -> Iterable[bytes]:
    asked = _bytes(question)
    start = blake2b(len(asked).to_bytes(8) + asked, digest_size=_KEY_BYTES)
    for text in texts:
        digest = start.copy()
        digest.update(_bytes(text))
        yield digest.digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
