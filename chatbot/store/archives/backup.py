"""A copy of everything in an index folder while the program runs, and the way back.

uploads -> databases, each as of one commit (SQLite's online backup) -> uploads that came meanwhile -> checksums

Every database in the folder is copied, the kept conversations too, whatever folder inside it is in. What can be made again
stays out: base files, locks, notes of running programs, an index that is being built. A backup is as private as the index,
and is believed as it is: keep it where nobody else can write. For a file from somebody else there is ``importing``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from chatbot.errors import StoreError
from chatbot.store.private_files import PRIVATE_FOLDER, open_private, private_folder
from chatbot.store.records import UPLOADS, WEB
from chatbot.store.sqlite.base_file import sync_folder
from chatbot.store.sqlite.schema import DATABASE

FORMAT = "secondlook-backup-1"
MANIFEST = "backup.json"
_SUFFIX = ".db"
_MADE_AGAIN = re.compile(
    r"base-.*\.faiss.*|writer\.(lock|pid)|.*\.(lock|tmp|new|partial)|.*\.db-(wal|shm|journal)|watchers|reindex|\..*"
)
_KEPT = f"(substr(uri, 1, {len(UPLOADS) + 1}) = '{UPLOADS}/' OR substr(uri, 1, {len(WEB) + 1}) = '{WEB}/')"
_TRIES = 5  # where documents are removed while their content is copied
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What a backup holds."""

    databases: int
    files: int
    bytes: int


def back_up(folder: Path, target: Path) -> BackedUp:
    """Copy the index folder ``folder`` into the new folder ``target``; ingests, questions and answers go on.

    Raises:
        StoreError: there is no index, ``target`` exists or cannot be written, or a database is damaged; nothing of it
            is left then.
    """
    if not (folder / DATABASE).exists():
        raise StoreError(f"no index at {folder}; nothing was backed up")
    if target.exists():
        raise StoreError(f"{target} exists; choose another name or move it away")
    if target.absolute().is_relative_to(folder.absolute()):
        raise StoreError(f"{target} is inside the index; choose a place outside of it")
    partial = target.with_name(f"{target.name}.partial")
    try:
        partial.mkdir(PRIVATE_FOLDER)
    except FileExistsError as error:
        raise StoreError(
            f"{partial} exists: another backup runs, or one was interrupted; remove it"
        ) from error
    except OSError as error:
        raise StoreError(f"cannot write {target} ({error.strerror}); check the folder") from error
    try:
        result = _copy_all(folder, partial)
        partial.rename(target)
        sync_folder(target.absolute().parent)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, OSError | sqlite3.Error):
            raise StoreError(
                f"cannot back up {folder} to {target} ({error}); check both and the free space"
            ) from error
        raise
    return result


def restore_backup(source: Path, folder: Path) -> BackedUp:
    """Put the backup in the folder ``source`` into ``folder``, which must be empty or not exist.

    Raises:
        StoreError: ``folder`` holds something, or ``source`` is no whole backup; ``folder`` is as before.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder} is not empty; give another folder with --store")
    digests = _manifest(source)
    scratch = folder.with_name(f".{folder.name}-restore-{os.getpid()}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch.mkdir(PRIVATE_FOLDER)
        for name, digest in digests.items():
            _make_folders(scratch, name)
            if _copy(source / name, scratch / name) != digest:
                raise StoreError(f"{source / name} is damaged; take another backup")
            if name.endswith(_SUFFIX):
                _check(scratch / name)
                _point_kept_to(folder.absolute() / PurePosixPath(name).parent / "files", scratch / name)
        _sync_all(scratch)
        scratch.rename(folder)  # onto an empty folder, too
        sync_folder(folder.absolute().parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot restore {source} into {folder} ({error}); check both") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _summary(folder, digests)


def _copy_all(folder: Path, target: Path) -> BackedUp:
    digests: dict[str, str] = {}
    for name in _files_in(folder):
        _copy_file(folder, target, name, digests)
    for name in _databases_in(folder):
        _make_folders(target, name)
        for _ in range(_TRIES):
            (target / name).unlink(missing_ok=True)
            _copy_database(folder / name, target / name)
            beside = PurePosixPath(name).parent
            wanted = [str(beside / "files" / digest) for digest in _kept_content(target / name)]
            for file in wanted:
                if file not in digests:
                    _copy_file(folder, target, file, digests)
            if all(file in digests or not (folder / file).exists() for file in wanted):
                break
        digests[name] = _digest(target / name)
    with open_private(target / MANIFEST) as write:
        write.write(json.dumps({"format": FORMAT, "sha256": digests}, indent=1).encode())
    _sync_all(target)
    return _summary(target, digests)


def _make_folders(folder: Path, name: str) -> None:
    """The folders on the way to a file in ``folder``."""
    for parent in reversed(PurePosixPath(name).parents):
        private_folder(folder / parent)


def _copy_file(folder: Path, target: Path, name: str, digests: dict[str, str]) -> None:
    _make_folders(target, name)
    with suppress(FileNotFoundError):  # a document that was removed meanwhile
        digests[name] = _copy(folder / name, target / name)


def _copy_database(source: Path, target: Path) -> None:
    """As of one commit, in one file, without the rows of what is made again."""
    open_private(target).close()
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        tables = {row[0] for row in new.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in {"base", "tombstone"} & tables if source.name == DATABASE else ():
            new.execute(f"DELETE FROM {table}")
        new.commit()
        new.execute("PRAGMA journal_mode = DELETE")
    _check(target)


def _check(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"{database.name} is damaged: {found}")


def _kept_content(database: Path) -> list[str]:
    """The hashes of uploads and web pages that the documents of an index name."""
    if database.name != DATABASE:
        return []
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f"SELECT DISTINCT sha256 FROM document WHERE sha256 != '' AND {_KEPT}")
        return [row[0] for row in rows]


def _point_kept_to(files: Path, database: Path) -> None:
    """The content of uploads and web pages is where the index is now."""
    if database.name == DATABASE:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute(f"UPDATE document SET path = ? || '/' || sha256 WHERE {_KEPT}", (str(files),))
            connection.commit()


def _databases_in(folder: Path) -> list[str]:
    return [name for name in _names_in(folder) if name.endswith(_SUFFIX)]


def _files_in(folder: Path) -> list[str]:
    return [name for name in _names_in(folder) if not name.endswith(_SUFFIX)]


def _names_in(folder: Path, inside: str = "") -> Iterator[str]:
    """The regular files to be copied, by their paths from ``folder``."""
    for entry in sorted(os.scandir(folder / inside), key=lambda entry: entry.name):
        if _MADE_AGAIN.fullmatch(entry.name):
            continue
        name = f"{inside}/{entry.name}" if inside else entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _names_in(folder, name)
        elif entry.is_file(follow_symlinks=False):
            yield name


def _manifest(source: Path) -> dict[str, str]:
    """name -> sha256 of what a backup holds."""
    try:
        manifest = json.loads((source / MANIFEST).read_text("utf-8"))
        digests: dict[str, str] = manifest["sha256"]
        parts = [part for name in digests for part in name.split("/")]
        if manifest["format"] != FORMAT or DATABASE not in digests or {"", ".", ".."} & set(parts):
            raise ValueError
    except OSError as error:
        raise StoreError(
            f"{source} is no backup ({error.strerror}); give what secondlook backup made"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{source} is no backup of this version; give what secondlook backup made"
        ) from error
    return digests


def _copy(source: Path, target: Path) -> str:
    """Copy a file; the sha256 of its content."""
    digest = hashlib.sha256()
    with source.open("rb") as read, open_private(target) as write:
        while piece := read.read(_PIECE):
            digest.update(piece)
            write.write(piece)
    return digest.hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _sync_all(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_folder(folder)


def _summary(folder: Path, digests: dict[str, str]) -> BackedUp:
    databases = sum(name.endswith(_SUFFIX) for name in digests)
    size = sum((folder / name).stat().st_size for name in digests)
    return BackedUp(databases, len(digests) - databases, size)
