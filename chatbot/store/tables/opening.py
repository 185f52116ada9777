"""Which engine holds the tables beside an index."""

from __future__ import annotations

from pathlib import Path

from chatbot.config import Config
from chatbot.errors import ConfigError
from chatbot.store.tables.folder import FolderDatabase
from chatbot.store.tables.protocol import Database, Tables

WAIT_S = 2.0  # for another process; a page that waits longer seems to hang


def open_tables(place: Config | Path, tables: Tables, wait_s: float = WAIT_S) -> Database:
    """Where ``tables`` are kept beside the index of ``place``: in its folder, unless the index is in PostgreSQL.

    Nothing is made and nothing is connected to before they are used.

    Args:
        place: the configuration, or a folder.
        wait_s: seconds to wait for others who write.

    Raises:
        ConfigError: what PostgreSQL needs is not installed, or its schema cannot be called so.
    """
    if isinstance(place, Path):
        return FolderDatabase(place, tables, wait_s)
    if not are_shared(place):
        return FolderDatabase(place.store, tables, wait_s)
    try:
        from chatbot.store.tables.postgres import PostgresDatabase
    except ImportError as error:
        raise ConfigError(
            'store.backend postgres needs a package that is not here ({error}); run: pip install "secondlook[postgres]"',
            error=error,
        ) from error
    return PostgresDatabase(place.index.schema_name, tables, wait_s)


def are_shared(config: Config) -> bool:
    """Whether the tables beside an index are in a database that several machines use."""
    return config.index.backend == "postgres"


def discard_tables(config: Config, tables: Tables) -> None:
    """Remove all that is kept beside an index; a folder is removed as a whole by whoever removes the index."""
    if are_shared(config):
        from chatbot.store.tables.postgres import PostgresDatabase

        PostgresDatabase(config.index.schema_name, tables, WAIT_S).discard()
