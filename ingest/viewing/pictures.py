"""Pictures of pages that were drawn lately."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST_BYTES = 32 * 2**20  # of a hundred pages


@dataclass(frozen=True, slots=True)
class Picture:
    """``content`` is an image file of ``width`` x ``height`` pixels."""

    content: bytes
    width: int
    height: int


class Pictures:
    """By content hash and page; the ones that were not asked for longest go first. Thread-safe."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, int], Picture] = OrderedDict()

    def get(self, sha256: str, page: int) -> Picture | None:
        with self._lock:
            if (sha256, page) in self._kept:
                self._kept.move_to_end((sha256, page))
            return self._kept.get((sha256, page))

    def put(self, sha256: str, page: int, picture: Picture) -> None:
        with self._lock:
            before = self._kept.pop((sha256, page), None)
            self._bytes += len(picture.content) - (len(before.content) if before else 0)
            self._kept[sha256, page] = picture
            while self._bytes > self._most and len(self._kept) > 1:
                self._bytes -= len(self._kept.popitem(last=False)[1].content)
