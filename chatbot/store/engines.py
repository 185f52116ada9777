"""Which engine holds the index, by the name in the configuration, and the three ways to get at one.

    with closing(open_store(config, store_identity(config))) as store, store.reading() as view:
        view.dense(vector, k)

Others' engines enter through entry points in the group ``secondlook.stores``: a function of no arguments that returns
an ``Engine``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from chatbot.config import Config
from chatbot.errors import ConfigError
from chatbot.models.registry import Registry
from chatbot.store.protocol import Store, Writer
from chatbot.store.records import StoreIdentity
from chatbot.telemetry.seat import keep_in_sight


class Engine(Protocol):
    """How an engine finds the index that a configuration means."""

    def open(self, config: Config, identity: StoreIdentity) -> Store: ...

    def create(self, config: Config, identity: StoreIdentity, dimension: int) -> Store: ...

    def identity_at(self, config: Config) -> StoreIdentity: ...

    def beside(self, config: Config) -> Config:
        """The place of a second index beside that of ``config``, which is to take its place one day."""
        ...

    def discard(self, config: Config) -> None:
        """Remove what stands there, if anything does."""
        ...

    def stored_bytes(self, *configs: Config) -> int:
        """What the indexes there take on the disk together, kept content included; 0 where there is none."""
        ...

    def take_over(self, writer: Writer, other: Config) -> None:
        """All documents of the index ``other``, and its identity, in place of those that ``writer`` writes.

        Folders keep their labels, and no id of a chunk is used twice. Readers see one or the other.
        """
        ...


STORES: Registry[Callable[[], Engine]] = Registry("store")


def open_store(config: Config, identity: StoreIdentity) -> Store:
    """The index of ``config``, brought to this program's schema if it is older.

    Raises:
        StoreMissing: nothing has been ingested there.
        ModelMismatch: it was built with another embedding model.
        StoreBusy: it is of an older version, and another process is writing.
        StoreError: it is not readable, or of a newer version of this program.
    """
    store = _engine(config).open(config, identity)
    keep_in_sight("index", store)
    return store


def create_store(config: Config, identity: StoreIdentity, dimension: int) -> Store:
    """The same, made for vectors of ``dimension`` if there is none yet."""
    return _engine(config).create(config, identity, dimension)


def identity_at(config: Config) -> StoreIdentity:
    """What the index was built with. Raises ``StoreMissing``, or ``StoreError`` if it is not readable."""
    return _engine(config).identity_at(config)


def beside(config: Config) -> Config:
    """The place of a second index beside that of ``config``; there may be one already, left by an earlier run."""
    return _engine(config).beside(config)


def discard(config: Config) -> None:
    """Remove the index at ``config`` with everything that its engine keeps; nothing happens if there is none."""
    _engine(config).discard(config)


def stored_bytes(*configs: Config) -> int:
    """What the indexes of ``configs``, all of one engine, take on the disk together, kept content included; 0 where there is none."""
    return _engine(configs[0]).stored_bytes(*configs) if configs else 0


def take_over(writer: Writer, other: Config) -> None:
    """All documents of the index ``other`` in place of those that ``writer`` writes, and its identity."""
    _engine(other).take_over(writer, other)


def _engine(config: Config) -> Engine:
    return STORES.get(config.index.backend)()


@STORES.register("sqlite")
def _sqlite() -> Engine:
    from chatbot.store.sqlite.engine import SqliteEngine

    return SqliteEngine()


@STORES.register("postgres")
def _postgres() -> Engine:
    try:
        from chatbot.store.postgres.engine import PostgresEngine
    except ImportError as error:
        raise ConfigError(
            'store.backend postgres needs a package that is not here ({error}); run: pip install "secondlook[postgres]"',
            error=error,
        ) from error
    return PostgresEngine()
