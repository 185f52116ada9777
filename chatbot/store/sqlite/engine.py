"""The engine ``sqlite``: the index is the folder that the configuration names."""

from __future__ import annotations

import shutil

from chatbot.config import Config
from chatbot.store.protocol import Store, Writer
from chatbot.store.records import StoreIdentity
from chatbot.store.sqlite.sizes import stored_bytes
from chatbot.store.sqlite.store import SqliteStore
from chatbot.store.sqlite.writer import SqliteWriter

BESIDE = "reindex"  # in the index folder


class SqliteEngine:
    """One folder on a local disk."""

    def open(self, config: Config, identity: StoreIdentity) -> Store:
        return SqliteStore.open(config.store, identity)

    def create(self, config: Config, identity: StoreIdentity, dimension: int) -> Store:
        return SqliteStore.create(config.store, identity, dimension)

    def identity_at(self, config: Config) -> StoreIdentity:
        return SqliteStore.identity_at(config.store)

    def beside(self, config: Config) -> Config:
        return config.with_(store=config.store / BESIDE)

    def discard(self, config: Config) -> None:
        shutil.rmtree(config.store, ignore_errors=True)

    def stored_bytes(self, *configs: Config) -> int:
        return sum(stored_bytes(config.store) for config in configs)

    def take_over(self, writer: Writer, other: Config) -> None:
        assert isinstance(writer, SqliteWriter), "an index is taken over by one of the same engine"
        writer.adopt(other.store)
