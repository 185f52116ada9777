"""A cache of pictures of pages, limited by their bytes."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from cachetools import LRUCache

CACHE_BYTES = 32 * 2**20  # a hundred pages


@dataclass(frozen=True, slots=True)
class PagePicture:
    """``content`` is an image file of ``width`` x ``height`` pixels."""

    content: bytes
    width: int
    height: int


class PictureCache:
    """By content hash and page; the ones that were not asked for longest go first. Thread-safe."""

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        self._lock = threading.Lock()
        self._kept: LRUCache[tuple[str, int], PagePicture] = LRUCache(
            most_bytes, getsizeof=lambda picture: len(picture.content)
        )

    def get(self, sha256: str, page: int) -> PagePicture | None:
        with self._lock:
            return self._kept.get((sha256, page))

    def put(self, sha256: str, page: int, picture: PagePicture) -> None:
        """Keep it; raises ``ValueError`` if it alone is larger than the cache."""
        with self._lock:
            self._kept[sha256, page] = picture
