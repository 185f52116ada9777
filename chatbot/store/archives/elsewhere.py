"""Indexes that are not in a folder, exported and imported like those that are: through a folder for the time it takes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from chatbot.config import Config
from chatbot.store.archives.importing import restore
from chatbot.store.copying import copy_index
from chatbot.store.engines import create_store
from chatbot.store.protocol import Store
from chatbot.store.sqlite.store import SqliteStore


@contextmanager
def in_a_folder(store: Store, beside: Path) -> Iterator[SqliteStore]:
    """``store`` itself, or a copy of it in a folder that is made in ``beside`` and gone at the end."""
    if isinstance(store, SqliteStore):
        yield store
        return
    with tempfile.TemporaryDirectory(dir=beside, prefix=".secondlook-export-") as scratch:
        folder = Path(scratch) / "index"
        with closing(SqliteStore.create(folder, store.identity, store.dimension)) as copy:
            copy_index(store, copy)
            yield copy


def import_index(source: Path, config: Config) -> None:
    """Put the index in the file ``source`` where ``config`` says: a folder that is empty, or a schema of a database.

    Raises:
        StoreError: as ``restore``; or the schema holds other documents.
    """
    if config.index.backend == "sqlite":
        restore(source, config.store)
        return
    with tempfile.TemporaryDirectory(prefix="secondlook-import-") as scratch:
        folder = Path(scratch) / "index"
        restore(source, folder, place=config.store)
        identity = SqliteStore.identity_at(folder)
        with (
            closing(SqliteStore.open(folder, identity)) as unpacked,
            closing(create_store(config, identity, unpacked.dimension)) as target,
        ):
            copy_index(unpacked, target)
