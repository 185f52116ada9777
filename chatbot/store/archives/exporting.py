"""Export of a whole index as one file: a zip of rag.db, uploads and a manifest.

Base files stay out: they are made again from rag.db.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import zipfile
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from chatbot.errors import StoreError
from chatbot.store.archives.elsewhere import in_a_folder
from chatbot.store.archives.packed import FORMAT, MANIFEST, UPLOAD, copy_hashed
from chatbot.store.private_files import open_private
from chatbot.store.protocol import Store
from chatbot.store.sqlite.base_file import sync_folder
from chatbot.store.sqlite.schema import DATABASE, SCHEMA_VERSION
from chatbot.store.sqlite.store import SqliteStore


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
    try:
        with in_a_folder(store, target.parent) as index:
            return _export(index, target)
    except OSError as error:
        raise StoreError(f"cannot write {target} ({error}); check the folder and the free space") from error


def _export(store: SqliteStore, target: Path) -> Exported:
    partial = target.with_name(f"{target.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as scratch:
            copy = Path(scratch) / DATABASE
            summary = _copy_database(store, copy)
            members = {DATABASE: copy}
            members |= {
                f"files/{file.name}": file
                for file in sorted((store.folder / "files").glob("*"))
                if UPLOAD.fullmatch(f"files/{file.name}")
            }
            with open_private(partial) as file:
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


def _copy_database(store: SqliteStore, copy: Path) -> tuple[int, int]:
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


def _write_zip(file: IO[bytes], members: dict[str, Path], store: SqliteStore) -> None:
    digests: dict[str, str] = {}
    # level 1: text shrinks to a third, vectors hardly; a higher level costs time and gains 2 %
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, path in members.items():
            with path.open("rb") as read, archive.open(name, "w", force_zip64=True) as write:
                digests[name] = copy_hashed(read, write)
        manifest = {
            "format": FORMAT,
            "schema": SCHEMA_VERSION,
            "identity": asdict(store.identity),
            "sha256": digests,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
