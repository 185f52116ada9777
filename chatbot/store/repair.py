"""What rag.db alone can repair, without one embedding call. What it cannot is left to the next ingest."""

from __future__ import annotations

from chatbot.store.check import (
    damaged_bases,
    database_damage,
    faults_of_chunks,
    faults_of_terms,
    faults_of_vectors,
)
from chatbot.store.migrations import analyse_again
from chatbot.store.store import Store
from chatbot.store.writer import Writer


def repair(store: Store) -> list[str]:
    """Repair the index; one line for everything that was done.

    Raises:
        StoreBusy: another process is writing.
        StoreError: the database cannot be written, or is damaged beyond this.
    """
    done: list[str] = []
    with store.writing() as writer:
        if database_damage(writer.connection):
            with writer.transaction():
                writer.connection.execute("REINDEX")
            done.append("the indexes of rag.db were made again")
        done += _drop_damaged_chunks(store, writer)
        with writer.transaction() as sequence:
            living = writer.connection.execute(
                "DELETE FROM tombstone WHERE chunk_id IN (SELECT id FROM chunk)"
            ).rowcount
            impossible = writer.connection.execute(
                "DELETE FROM base WHERE sequence > ?", (sequence,)
            ).rowcount
        if living:
            done.append(f"{living} chunks are no longer marked as deleted")
        if faults_of_terms(writer.connection):
            with writer.transaction():
                analyse_again(writer.connection)
            done.append("lexical search was filled again from the stored chunks")
        with store.reading() as view:
            stale = living or impossible or damaged_bases(view) or faults_of_vectors(view)
        if stale:
            writer.compact()
            done.append("the vectors were written into a new base file")
    return done


def _drop_damaged_chunks(store: Store, writer: Writer) -> list[str]:
    """A wrong passage is worse than none. Its document counts as changed, so that the next ingest reads it again."""
    damaged = [chunk for chunk, _ in faults_of_chunks(writer.connection, store.dimension)]
    with writer.transaction() as sequence:
        for chunk in damaged:
            writer.connection.execute(
                "UPDATE document SET made_by = '' WHERE id = (SELECT document_id FROM chunk WHERE id = ?)",
                (chunk,),
            )
            writer.connection.execute("DELETE FROM chunk_fts WHERE rowid = ?", (chunk,))
            writer.connection.execute("DELETE FROM chunk WHERE id = ?", (chunk,))
            writer.connection.execute(
                "INSERT OR IGNORE INTO tombstone (chunk_id, sequence) VALUES (?, ?)", (chunk, sequence)
            )
    if not damaged:
        return []
    return [
        f"{len(damaged)} damaged chunks were removed; run secondlook ingest to read their documents again"
    ]
