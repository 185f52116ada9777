"""Export and import of a whole index as one file: a zip of rag.db, uploads and a manifest.

Base files stay out: they are made again from rag.db. A file from somewhere else is not trusted: its members,
their checksums and the tables of its database are checked before anything is put in place.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from chatbot.errors import StoreError
from chatbot.store.base_file import sync_folder
from chatbot.store.records import UPLOADS, WEB
from chatbot.store.schema import DATABASE, SCHEMA_VERSION, TABLES
from chatbot.store.store import Store

FORMAT = "secondlook-index-1"
_MANIFEST = "manifest.json"
_MANIFEST_MAX = 64 * 2**20
_UPLOAD = re.compile(r"files/[0-9a-f]{64}")
_PIECE = 2**20
_NOT_OURS = (
    zipfile.BadZipFile, zlib.error, ValueError, KeyError, TypeError, AttributeError, EOFError, RuntimeError,
)  # fmt: skip
_STORED = "it is not a whole export of an index; export it again"


@dataclass(frozen=True, slots=True)
class Exported:
    """What an exported file holds."""

    model: str
    documents: int
    chunks: int
    bytes: int


def export(store: Store, target: Path) -> Exported:
    """Write the index as of now into the file ``target``; ingests and searches go on meanwhile.

    Raises:
        StoreError: ``target`` exists, or cannot be written; nothing is left of it then.
    """
    if target.exists():
        raise StoreError(f"{target} exists; choose another name or move it away")
    partial = target.with_name(f"{target.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
            copy = Path(scratch) / DATABASE
            summary = _copy_database(store, copy)
            members = {DATABASE: copy}
            members |= {
                f"files/{file.name}": file
                for file in sorted((store.folder / "files").glob("*"))
                if _UPLOAD.fullmatch(f"files/{file.name}")
            }
            with partial.open("xb") as file:
                _write_zip(file, members, store)
                file.flush()
                os.fsync(file.fileno())
        partial.rename(target)
        sync_folder(target.absolute().parent)
    except FileExistsError as error:
        raise StoreError(
            f"{partial} exists: another export runs, or one was interrupted; remove it"
        ) from error
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise StoreError(f"cannot write {target} ({error}); check the folder and the free space") from error
    return Exported(store.identity.model, *summary, target.stat().st_size)


def restore(source: Path, folder: Path) -> None:
    """Put the index in the file ``source`` into ``folder``, which must be empty or not exist.

    Raises:
        StoreError: ``folder`` holds something, or ``source`` is not a whole export; ``folder`` is as before.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreError(f"{folder} is not empty; give another folder with --store")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-import-"))
        try:
            with zipfile.ZipFile(source) as archive:
                _unpack(archive, scratch)
            _check_database(scratch / DATABASE)
            _point_kept_to(folder / "files", scratch / DATABASE)
            scratch.chmod(0o755)
            sync_folder(scratch)
            scratch.rename(folder)  # onto an empty folder, too
            sync_folder(folder.parent)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
    except _NOT_OURS as error:
        raise StoreError(f"{source} cannot be imported: {_STORED}") from error
    except sqlite3.Error as error:
        raise StoreError(f"{source} cannot be imported: its rag.db is damaged ({error})") from error
    except OSError as error:
        raise StoreError(f"cannot import {source} into {folder}: {error.strerror or error}") from error


def _copy_database(store: Store, copy: Path) -> tuple[int, int]:
    """The database as of one commit, without what is made again; returns its number of documents and chunks."""
    with (
        closing(sqlite3.connect(store.folder / DATABASE)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        for table in ("base", "tombstone"):
            target.execute(f"DELETE FROM {table}")
        target.commit()
        target.execute("PRAGMA journal_mode = DELETE")
        counts = [target.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("document", "chunk")]
    return counts[0], counts[1]


def _write_zip(file: IO[bytes], members: dict[str, Path], store: Store) -> None:
    digests: dict[str, str] = {}
    # level 1: text shrinks to a third, vectors hardly; a higher level costs time and gains 2 %
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in members.items():
            with path.open("rb") as read, archive.open(name, "w", force_zip64=True) as write:
                digests[name] = _copy(read, write)
        manifest = {
            "format": FORMAT,
            "schema": SCHEMA_VERSION,
            "identity": asdict(store.identity),
            "sha256": digests,
        }
        archive.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    """Nothing but what the manifest names, under names that cannot lead out of ``folder``."""
    if archive.getinfo(_MANIFEST).file_size > _MANIFEST_MAX:
        raise ValueError("manifest too large")
    manifest = json.loads(archive.read(_MANIFEST))
    if manifest["format"] != FORMAT or manifest["schema"] > SCHEMA_VERSION:
        raise StoreError("the file was exported by a newer version of this program; update it, then import")
    digests: dict[str, str] = manifest["sha256"]
    if DATABASE not in digests:
        raise KeyError(DATABASE)
    (folder / "files").mkdir()
    for name, digest in digests.items():
        if name != DATABASE and not _UPLOAD.fullmatch(name):
            raise ValueError(f"unexpected member {name}")
        with archive.open(name) as read, (folder / name).open("xb") as write:
            if _copy(read, write) != digest:
                raise ValueError(f"{name} is damaged")
            write.flush()
            os.fsync(write.fileno())


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy to the end; the sha256 of what was copied."""
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _point_kept_to(files: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "UPDATE document SET path = ? || '/' || sha256 WHERE substr(uri, 1, ?) = ? OR substr(uri, 1, ?) = ?",
            (str(files.absolute()), len(UPLOADS) + 1, f"{UPLOADS}/", len(WEB) + 1, f"{WEB}/"),
        )
        connection.commit()


def _check_database(file: Path) -> None:
    """Our tables and nothing that runs by itself: triggers and views could do anything when they are touched."""
    with closing(sqlite3.connect(":memory:")) as ours, closing(sqlite3.connect(file)) as theirs:
        theirs.execute("PRAGMA trusted_schema = OFF")
        if theirs.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("quick_check")
        ours.executescript(TABLES.replace("{tokenize}", "unicode61"))
        query = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_autoindex%'"
        known = set(ours.execute(query).fetchall())
        if not set(theirs.execute(query).fetchall()) <= known:
            raise ValueError("tables that are not ours")
