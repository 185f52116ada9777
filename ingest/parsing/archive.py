"""Zip-based files, opened only after their directory was found harmless."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase

MAX_UNCOMPRESSED = 300 * 2**20
# real office files stay below a ratio of 60; a small file may compress better without harm
MAX_RATIO = 100
RATIO_FREE = 50 * 2**20
MAX_MEMBERS = 20_000

# bit 11 of a member's flags
_UTF8 = 0x800
_DAMAGED = "The file is damaged: {reason}. Open it in its own program, save it again and retry."


class Archive:
    """Members of a zip file by name, each at most as large as its directory entry claims."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self.names = frozenset(file.namelist())
        self._read = 0

    def read(self, name: str) -> bytes:
        """Raises ``DocumentRefused`` for a missing, damaged or encrypted member."""
        try:
            with self._file.open(name) as member:
                data = member.read(MAX_UNCOMPRESSED + 1)
        except KeyError as error:
            raise DocumentRefused(
                _DAMAGED, reason=Phrase("its part {part} is missing", part=repr(name[:100]))
            ) from error
        except RuntimeError as error:  # zipfile's way to say "encrypted"
            raise DocumentRefused("The file is protected by a password. Save a copy without one.") from error
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise DocumentRefused(
                _DAMAGED, reason=Phrase("its part {part} cannot be unpacked", part=repr(name[:100]))
            ) from error
        self._read += len(data)
        if self._read > 2 * MAX_UNCOMPRESSED:  # a part may be read twice, not a thousand times
            raise DocumentRefused(_too_large(self._read))
        return data

    def read_if_present(self, name: str) -> bytes | None:
        return self.read(name) if name in self.names else None

    def label(self, name: str) -> str:
        """The name for people: archives without the mark of UTF-8 have Korean names in the code page of Windows."""
        if self._file.getinfo(name).flag_bits & _UTF8:
            return name
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name
        for encoding in ("utf-8", "cp949"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        return name


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Raises ``DocumentRefused`` for a damaged archive and for one that unpacks to too much."""
    with path.open("rb") as content:
        try:
            file = zipfile.ZipFile(content)
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
            raise DocumentRefused(_DAMAGED, reason="it is cut off or not a whole archive") from error
        with file:
            check_sizes(file, path.stat().st_size)
            yield Archive(file)


def check_sizes(file: zipfile.ZipFile, size: int) -> None:
    """Refuses by the directory alone, before anything is unpacked; ``size`` is that of the file in bytes."""
    members = file.infolist()
    total = sum(member.file_size for member in members)
    # members may share their packed bytes
    packed = min(sum(member.compress_size for member in members), size)
    if len(members) > MAX_MEMBERS:
        raise DocumentRefused(
            "The file holds {parts} parts, more than {most}. Split it.",
            parts=f"{len(members):,}",
            most=f"{MAX_MEMBERS:,}",
        )
    if total > MAX_UNCOMPRESSED:
        raise DocumentRefused(_too_large(total))
    if total > RATIO_FREE and total > MAX_RATIO * max(packed, 1):
        raise DocumentRefused(
            "The file unpacks to {size} MB from {packed} MB, like a zip bomb. If it is genuine, save it again or split it.",
            size=f"{total / 2**20:.0f}",
            packed=f"{packed / 2**20:.1f}",
        )


def _too_large(size: int) -> str:
    return Phrase(
        "The file unpacks to {size} MB; the limit is {limit} MB. Split it.",
        size=f"{size / 2**20:.0f}",
        limit=f"{MAX_UNCOMPRESSED / 2**20:.0f}",
    )
