"""An index spread over the nodes of a Citus cluster: a document and all that is of it lie on one node.

So a document is still stored in one transaction, and found as a whole or not at all. The small tables stay where they
are, on the node that everybody connects to (the coordinator), and with them the locks of documents.

No test of ours has run it on a Citus: no package registry has one. The statements are held to what Citus demands, and
the tables that they make to what every index promises; and before an index is touched, all of this is rehearsed on a
small one in the same database. What Citus refuses there is said, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from psycopg import Connection

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.store.engines import create_store, discard, identity_at, open_store
from chatbot.store.postgres import schema
from chatbot.store.postgres.connections import Connections, explained
from chatbot.store.postgres.writer import PostgresWriter
from chatbot.store.protocol import Store
from chatbot.store.records import NewChunk, NewDocument, Vectors, hash_of

_REHEARSAL = "_rehearsal"  # at the end of a schema's name

# Citus: the column by which a table is spread is in each of its unique keys, and a foreign key leads only to a table that
# is spread alike. That no two documents have one name is then held by their locks alone, as everywhere.
STATEMENTS = (
    "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'",
    "ALTER TABLE chunk_vector DROP CONSTRAINT chunk_vector_chunk_id_fkey",
    "ALTER TABLE chunk DROP CONSTRAINT chunk_document_id_fkey",
    "ALTER TABLE document DROP CONSTRAINT document_uri_key",
    "CREATE INDEX document_of_uri ON document (uri)",
    "ALTER TABLE chunk_vector DROP CONSTRAINT chunk_vector_pkey, ADD PRIMARY KEY (document_id, chunk_id)",
    "CREATE INDEX chunk_vector_of_chunk ON chunk_vector (chunk_id)",
    "ALTER TABLE chunk DROP CONSTRAINT chunk_pkey, ADD PRIMARY KEY (document_id, id)",
    "CREATE INDEX chunk_of_id ON chunk (id)",
    "ALTER TABLE posting ADD COLUMN document_id bigint",
    "UPDATE posting SET document_id = chunk.document_id FROM chunk WHERE chunk.id = chunk_id",
    "ALTER TABLE posting ALTER COLUMN document_id SET NOT NULL",
    "SELECT create_distributed_table('document', 'id')",
    "SELECT create_distributed_table('chunk', 'document_id', colocate_with => 'document')",
    "SELECT create_distributed_table('chunk_vector', 'document_id', colocate_with => 'document')",
    "SELECT create_distributed_table('posting', 'document_id', colocate_with => 'document')",
    "ALTER TABLE chunk ADD FOREIGN KEY (document_id) REFERENCES document (id)",
    "ALTER TABLE chunk_vector ADD FOREIGN KEY (document_id, chunk_id) REFERENCES chunk (document_id, id)",
)


def distribute(config: Config) -> list[str]:
    """Spread the index of ``config`` over the nodes; what Citus cannot do of its upkeep, a line for each.

    Raises:
        StoreMissing: there is no index.
        StoreError: Citus or its nodes are not there, the index is spread already, or Citus refuses what it needs:
            nothing is changed.
    """
    identity = identity_at(config)
    with _connected() as connection:
        require_citus(connection)
    with closing(open_store(config, identity)) as store, store.writing() as writer:
        assert isinstance(writer, PostgresWriter)
        with writer.transaction():
            pass  # which looks whether it is
        if writer.is_spread:
            raise StoreError("the index is spread over the nodes already; nothing was changed")
        notes = _rehearsed(config, store)
        _spread(writer)
    return notes


def require_citus(connection: Connection[Any]) -> None:
    """The extension is in this database, and has nodes. Raises ``StoreError`` with what is missing."""
    row = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'citus'").fetchone()
    if row is None:
        there = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'citus'").fetchone()
        raise StoreError(
            "the extension citus is not in this database; on every node run: CREATE EXTENSION citus"
            if there
            else "this PostgreSQL has no Citus; install it on every node, with citus in shared_preload_libraries"
        )
    row = connection.execute("SELECT count(*) FROM citus_get_active_worker_nodes()").fetchone()
    if row is None or not row[0]:
        raise StoreError(
            "Citus has no nodes to spread the index over; run: SELECT citus_add_node('host', 5432)"
        )


def _spread(writer: PostgresWriter) -> None:
    with writer.transaction(exclusively=True) as connection:
        for statement in STATEMENTS:
            connection.execute(statement.encode())
        connection.execute("INSERT INTO meta VALUES (%s, 'document')", (schema.SPREAD,))


def _rehearsed(config: Config, model: Store) -> list[str]:
    """All that an index needs, on a small one that is made for it: what of its upkeep was refused."""
    place = config.with_(index={"schema_name": config.index.schema_name + _REHEARSAL})
    discard(place)
    try:
        with closing(create_store(place, model.identity, model.dimension)) as store:
            with store.writing() as writer:
                assert isinstance(writer, PostgresWriter)
                with _said("spreading its tables"):
                    _spread(writer)
            _use(store)
            notes = []
            steps = (
                ("doctor", store.faults), ("compact", store.maintain), ("reindex --token-vectors", _left_over(store)),
            )  # fmt: skip
            for name, step in steps:
                try:
                    found = step()
                    if name == "doctor" and found:
                        notes.append(f"{name}: {found}")
                except StoreError as error:
                    notes.append(f"{name}: {error}")
            return notes
    finally:
        discard(place)


def _left_over(store: Store) -> Callable[[], object]:
    def look() -> None:
        with store.reading() as view:
            view.without_token_vectors(1, 0, 10)

    return look


def _use(store: Store) -> None:
    """Store, find, replace and remove; raises ``StoreError`` with what Citus refuses, or finds wrongly."""
    first, second = _document("a", "alpha beta", "gamma delta"), _document("b", "alpha beta", "epsilon")
    question = np.eye(1, store.dimension, dtype=np.float32)[0]
    with _said("storing"), store.writing() as writer:
        for document, chunks in (first, second, _document("a", "alpha beta", "zeta")):
            writer.replace(
                document, chunks, _vectors(len(chunks), store.dimension), {hash_of("epsilon"): b"\1x"}
            )
        writer.extend(*_longer(store.dimension))
        writer.rename("b", "c", Path("/c"))
    with _said("finding"), store.reading() as view:
        scope = view.scope(["c"])
        ids = [chunk for chunk, _ in view.dense(question, 10)]
        found = [
            len(ids), len(view.dense(question, 10, scope)),
            len(view.lexical(["alpha"], 10)), len(view.lexical(["alpha"], 10, scope)),
            len(view.cosines(question, ids)), len(view.bm25(["alpha"], ids)),
            len(view.texts_with(["alpha"], 10)), len(view.chunks(ids)),
            len(view.chunks_of("c")), len(view.embeddings_of("c", 10)), len(view.chunks_around(ids[0], 1, 1)) > 0,
            len(view.documents()), view.chunk_count(), len(view.also_in(min(ids))),
            max(group.count for group in view.same_passages(ids).values()),
            sum(vector is not None for vector in view.known_embeddings(["epsilon", "gamma delta"])),
            sum(codes is not None for codes in view.known_token_vectors(["epsilon"])),
        ]  # fmt: skip
    wanted = [5, 2, 2, 1, 5, 2, 2, 5, 2, 2, True, 2, 5, 1, 2, 2, 1]
    if found != wanted:
        raise StoreError(
            "Citus finds something else than was stored ({found}, not {wanted}); nothing was changed",
            found=found,
            wanted=wanted,
        )
    with _said("removing"), store.writing() as writer:
        writer.delete("c")


def _document(uri: str, *texts: str) -> tuple[NewDocument, list[NewChunk]]:
    whole, chunks, at = "\n".join(texts), [], 0
    for text in texts:
        chunks.append(NewChunk(text, at, at + len(text), None, (), text, text_hash=hash_of(text)))
        at += len(text) + 1
    return NewDocument(
        uri, Path("/") / uri, f"{len(whole):064d}", "rehearsal", len(whole), text=whole
    ), chunks


def _longer(dimension: int) -> tuple[NewDocument, list[NewChunk], Vectors]:
    document, chunks = _document("a", "alpha beta", "zeta", "eta")
    return document, chunks[2:], _vectors(1, dimension)


def _vectors(count: int, dimension: int) -> Vectors:
    return np.eye(max(count, 1), dimension, dtype=np.float32)[:count] + np.float32(0)


@contextmanager
def _said(what: str) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise StoreError(
            "Citus refuses what {what} needs: {error} Nothing was changed.", what=what, error=error
        ) from error


@contextmanager
def _connected() -> Iterator[Connection[Any]]:
    connections = Connections()
    try:
        with explained(), connections.connection() as connection:
            yield connection
    finally:
        connections.close()
