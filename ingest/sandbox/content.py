"""Reading behind a descriptor that others read too."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Content(io.RawIOBase):
    """The bytes behind a descriptor, from the beginning, at a position of its own.

    The position of the descriptor itself is shared with the process that gave it away, and with other readers.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = os.dup(
            descriptor
        )  # its number may stand for another file by the time of the next read
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._read_here(len(view))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _read_here(self, most: int) -> bytes:
        if sys.platform != "win32":
            return os.pread(self._descriptor, most, self._at)
        os.lseek(self._descriptor, self._at, os.SEEK_SET)
        return os.read(self._descriptor, most)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_CUR:
            offset += self._at
        elif whence == os.SEEK_END:
            offset += os.fstat(self._descriptor).st_size
        if offset < 0:
            # as files do: zipfile looks before the beginning of a small one
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        self._at = offset
        return offset

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if not self.closed:
            os.close(self._descriptor)
        super().close()
