"""What the index in a folder takes on the disk; cheap enough to be asked for a hundred folders at each upload."""

from __future__ import annotations

import time
from pathlib import Path

from chatbot.store.sqlite.schema import DATABASE

# what changed later than that may change once more at the same time of the file system's clock
_SURE_NS = 10 * 10**9
_MOST = 10_000  # folders, beyond which all are looked at anew

# kept content: folder -> (its inode, when an entry came or went, bytes). A file in it is never changed: it is called by its sha256
_known: dict[str, tuple[int, int, int]] = {}


def stored_bytes(folder: Path) -> int:
    """What the documents of the index in ``folder`` take on the disk, kept content and base files included."""
    files = [*folder.glob(f"{DATABASE}*"), *folder.glob("base-*.faiss")]
    return sum(map(_size, files)) + _content_bytes(folder / "files")


def _content_bytes(folder: Path) -> int:
    """Of all files in ``folder``, which are looked at one by one only where an entry has come or gone since."""
    try:
        now, stat = time.time_ns(), folder.stat()
    except OSError:  # nothing was kept yet
        return 0
    known = _known.get(str(folder))
    if known is not None and known[:2] == (stat.st_ino, stat.st_mtime_ns):
        return known[2]
    total = sum(map(_size, folder.glob("*")))
    if now - stat.st_mtime_ns > _SURE_NS:
        if len(_known) >= _MOST:
            _known.clear()
        _known[str(folder)] = stat.st_ino, stat.st_mtime_ns, total
    return total


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # gone meanwhile
        return 0
