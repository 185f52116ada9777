"""The zip around an export, opened as if it came from an enemy: few members, known names, bounded sizes.

No member's name becomes a path: what is wanted is asked for by its name, and written where the caller says.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import IO

from chatbot.errors import Phrase
from chatbot.store.archives.bounds import Bounds, RefusedArchive, foreign, too_much
from chatbot.store.private_files import open_private
from chatbot.store.sqlite.schema import DATABASE, SCHEMA_VERSION

FORMAT = "secondlook-index-1"
MANIFEST = "manifest.json"
UPLOAD = re.compile(r"files/[0-9a-f]{64}")
_PIECE = 2**20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, ValueError, KeyError, TypeError, AttributeError, EOFError,
    RuntimeError, OverflowError, RecursionError,
)  # fmt: skip


class PackedIndex:
    """An export that is open; its members are as the manifest says."""

    def __init__(self, archive: zipfile.ZipFile, size: int, bounds: Bounds) -> None:
        self._archive = archive
        self._bounds = bounds
        self._members = _checked_members(archive, size, bounds)
        self._digests = self._read_manifest()

    @property
    def unpacked_bytes(self) -> int:
        """Of all members together, as the file says; no more than that is ever unpacked."""
        return sum(member.file_size for member in self._members.values())

    def uploads(self) -> set[str]:
        """The hashes of the uploads that are in it."""
        return {name.removeprefix("files/") for name in self._digests if name != DATABASE}

    def unpack(self, name: str, target: Path) -> None:
        """Write a member to ``target``, which must not exist, and check its hash.

        Raises:
            RefusedArchive: it is damaged, or has another content than the manifest says.
            OSError: ``target`` cannot be written.
        """
        with _as_refusal(), self._archive.open(self._members[name]) as source, open_private(target) as write:
            digest = copy_hashed(source, write)
            write.flush()
            os.fsync(write.fileno())
        if digest != self._digests[name]:
            raise RefusedArchive(Phrase("{name} is damaged; export the index again", name=name))

    def _read_manifest(self) -> dict[str, str]:
        """name -> sha256 of the members that are named."""
        with _as_refusal():
            manifest = json.loads(self._archive.read(self._members[MANIFEST]))
            kind, version, digests = manifest["format"], manifest["schema"], manifest["sha256"]
        if not isinstance(version, int) or not isinstance(digests, dict):
            foreign(Phrase("another manifest"))
        if kind != FORMAT or version > SCHEMA_VERSION:
            raise RefusedArchive(
                Phrase("it was exported by a newer version of this program; update it, then import")
            )
        if DATABASE not in digests or digests.keys() - self._members.keys():
            raise RefusedArchive(Phrase("it is not a whole export of an index; export it again"))
        for name, digest in digests.items():
            if name == MANIFEST or (name != DATABASE and digest != name.removeprefix("files/")):
                foreign(Phrase("an upload under another name than its hash"))
        return digests


@contextmanager
def opened_archive(source: Path, bounds: Bounds) -> Iterator[PackedIndex]:
    """The export in the file ``source``.

    Raises:
        RefusedArchive: it is none.
        OSError: it cannot be read.
    """
    # not blocking: nobody has to write into a pipe before it can be refused
    descriptor = os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with _Pieces(descriptor, bounds.directory) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RefusedArchive(Phrase("it is no file; give what secondlook export has written"))
        with _as_refusal():
            archive = zipfile.ZipFile(file)
        with archive:
            yield PackedIndex(archive, status.st_size, bounds)


def copy_hashed(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy to the end; the sha256 of what was copied."""
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


class _Pieces(FileIO):
    """A file that gives no more than ``most`` bytes at once: zipfile reads the table of contents in one piece."""

    def __init__(self, descriptor: int, most: int) -> None:
        super().__init__(descriptor, "rb")
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        rest = os.fstat(self.fileno()).st_size - self.tell()
        wanted = rest if size is None or size < 0 else min(size, rest)
        if wanted > self._most:
            raise ValueError("a table of contents that is too large")
        return super().read(max(wanted, 0)) or b""


def _checked_members(archive: zipfile.ZipFile, size: int, bounds: Bounds) -> dict[str, zipfile.ZipInfo]:
    """The members by name.

    Args:
        size: of the file, in bytes.
    """
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename
        if name in members or (name not in (DATABASE, MANIFEST) and not UPLOAD.fullmatch(name)):
            foreign(Phrase("a file under a name of its own"))
        if member.compress_type not in _METHODS or member.flag_bits & _ENCRYPTED:
            foreign(Phrase("a file that is packed or locked in another way"))
        most = {DATABASE: bounds.database, MANIFEST: bounds.directory}.get(name, bounds.upload)
        if member.file_size > most:
            too_much(Phrase("bytes in one file"), most)
        if member.file_size > bounds.free_ratio + bounds.ratio * member.compress_size:
            raise RefusedArchive(
                Phrase(
                    "one of its files would become more than {most} times as large as it is packed; import only files that you know",
                    most=bounds.ratio,
                )
            )
        members[name] = member
    if {DATABASE, MANIFEST} - members.keys():
        raise RefusedArchive(Phrase("it is not a whole export of an index; export it again"))
    if sum(member.compress_size for member in members.values()) > size:  # members that lie on each other
        foreign(Phrase("files that share their bytes"))
    if sum(member.file_size for member in members.values()) > bounds.total:
        too_much(Phrase("bytes"), bounds.total)
    return members


@contextmanager
def _as_refusal() -> Iterator[None]:
    """What zipfile, zlib and json raise for bytes that are none of theirs."""
    try:
        yield
    except _DAMAGED as error:
        raise RefusedArchive(Phrase("it is not a whole export of an index; export it again")) from error
