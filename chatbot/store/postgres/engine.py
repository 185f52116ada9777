"""The engine ``postgres``: the index is a schema of the database that the environment names."""

from __future__ import annotations

from psycopg import sql

from chatbot.config import Config
from chatbot.store.postgres.connections import Connections, explained
from chatbot.store.postgres.store import PostgresStore, schema_bytes, stored_identity
from chatbot.store.postgres.taking_over import take_over
from chatbot.store.postgres.writer import PostgresWriter
from chatbot.store.protocol import Store, Writer
from chatbot.store.records import StoreIdentity

_BESIDE = "_reindex"  # at the end of a schema's name


class PostgresEngine:
    """One schema of a database."""

    def open(self, config: Config, identity: StoreIdentity) -> Store:
        return PostgresStore.open(config.index.schema_name, config.store, identity)

    def create(self, config: Config, identity: StoreIdentity, dimension: int) -> Store:
        name = config.index.schema_name
        live = name.removesuffix(_BESIDE)
        return PostgresStore.create(
            name, config.store, identity, dimension, after=live if live != name else None
        )

    def identity_at(self, config: Config) -> StoreIdentity:
        return stored_identity(config.index.schema_name)

    def beside(self, config: Config) -> Config:
        return config.with_(index={"schema_name": config.index.schema_name + _BESIDE})

    def discard(self, config: Config) -> None:
        connections = Connections()
        try:
            with explained(), connections.connection() as connection:
                name = sql.Identifier(config.index.schema_name)
                connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
        finally:
            connections.close()

    def stored_bytes(self, *configs: Config) -> int:
        connections = Connections()
        try:
            with explained(), connections.connection() as connection:
                return schema_bytes(connection, *(config.index.schema_name for config in configs))
        finally:
            connections.close()

    def take_over(self, writer: Writer, other: Config) -> None:
        assert isinstance(writer, PostgresWriter), "an index is taken over by one of the same engine"
        take_over(writer, other.index.schema_name)
