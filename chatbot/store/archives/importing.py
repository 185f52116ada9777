"""Import of an index from a file of somebody else's: checked rows, column by column, into a database of our own.

zip -> members (``packed``) -> rag.db (``foreign_header``, ``foreign_database``) -> rows (``foreign_rows``) -> our database

Nothing of the file is used as it is but texts, vectors of length 1 and token vectors: no table, index or term, no base
file, and no path. What was read from a folder has no place on this machine until somebody ingests that folder.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatbot.errors import Phrase, StoreError
from chatbot.store.archives.bounds import BOUNDS, Bounds, RefusedArchive
from chatbot.store.archives.copying import Copied, copy_index
from chatbot.store.archives.foreign_database import opened_database
from chatbot.store.archives.packed import PackedIndex, opened_archive
from chatbot.store.private_files import PRIVATE_FOLDER, private_folder
from chatbot.store.sqlite.base_file import sync_folder
from chatbot.store.sqlite.schema import DATABASE


def restore(source: Path, folder: Path, bounds: Bounds = BOUNDS, place: Path | None = None) -> None:
    """Put the index in the file ``source`` into ``folder``, which must be empty or not exist.

    Args:
        place: the folder of the index, where ``folder`` is that of a copy for a moment.

    Raises:
        StoreError: ``folder`` holds something, or ``source`` is no export, or one that is not to be believed;
            ``folder`` is as before.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError("{folder} is not empty; give another folder with --store", folder=folder)
    try:
        with opened_archive(source, bounds) as archive, _folder_beside(folder) as scratch:
            _check_space(scratch, archive.unpacked_bytes)
            copied = _database_from(archive, scratch, place or folder, bounds)
            _take_uploads(archive, scratch / "files", copied)
            sync_folder(scratch)
            scratch.rename(folder)  # onto an empty folder, too
            sync_folder(folder.parent)
    except RefusedArchive as refusal:
        raise StoreError(
            "{file} cannot be imported: {reason}", file=source, reason=refusal.reason
        ) from refusal
    except (sqlite3.Error, UnicodeError) as error:
        raise StoreError(
            "{file} cannot be imported: its rag.db is damaged ({error})", file=source, error=error
        ) from error
    except OSError as error:
        raise StoreError(
            "cannot import {file} into {folder}: {error}",
            file=source,
            folder=folder,
            error=error.strerror or error,
        ) from error


@contextmanager
def _folder_beside(folder: Path) -> Iterator[Path]:
    """A private folder beside ``folder``, which takes its place or is gone at the end, with the folders made for it."""
    made = [parent for parent in folder.absolute().parents if not parent.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-import-"))
    try:
        scratch.chmod(PRIVATE_FOLDER)
        yield scratch
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        with suppress(OSError):
            for parent in made:
                parent.rmdir()
        raise


def _check_space(folder: Path, unpacked: int) -> None:
    """Twice the database is there for a moment: theirs and ours."""
    free = shutil.disk_usage(folder).free
    if 2 * unpacked > free:
        raise RefusedArchive(
            Phrase(
                "unpacking it takes {needed} GB and {free} GB are free; make room or give another --store",
                needed=f"{2 * unpacked / 1e9:.1f}",
                free=f"{free / 1e9:.1f}",
            )
        )


def _database_from(archive: PackedIndex, scratch: Path, folder: Path, bounds: Bounds) -> Copied:
    """Our database in ``scratch``, for an index that will be in ``folder``."""
    theirs = scratch / "theirs.db"
    archive.unpack(DATABASE, theirs)
    with opened_database(theirs, bounds) as database:
        copied = copy_index(database, scratch, folder.absolute(), bounds)
    theirs.unlink()
    descriptor = os.open(scratch / DATABASE, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return copied


def _take_uploads(archive: PackedIndex, files: Path, copied: Copied) -> None:
    """The content of uploads and web pages that a document names, and no other."""
    private_folder(files)
    for digest in sorted(archive.uploads() & copied.kept):
        archive.unpack(f"files/{digest}", files / digest)
