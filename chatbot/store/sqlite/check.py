"""Check and repair of an index.

The check gives one line for every fault; it reads everything once and changes nothing. The repair does what can be
done from rag.db alone, without one embedding call, and leaves the rest to the next ingest.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np

from chatbot.errors import StoreError
from chatbot.store.checking import fault_of_chunks
from chatbot.store.records import embedded_text, hash_of, is_unit, vectors_of
from chatbot.store.sqlite import base_file
from chatbot.store.sqlite.schema import analyse_again
from chatbot.store.sqlite.view import SqliteView
from chatbot.store.sqlite.writer import SqliteWriter
from chatbot.text.keywords import analyse

_BATCH = 5_000  # chunks looked at together
_ORPHANS = "FROM token_vectors WHERE text_hash NOT IN (SELECT text_hash FROM chunk WHERE text_hash NOT NULL)"


def faults_of(reading: AbstractContextManager[SqliteView]) -> list[str]:
    """Faults in documents, chunks, terms, vectors and base files; empty when all is well."""
    faults: list[str] = []
    with _noting_damage(faults), reading as view:
        faults += [f"rag.db: {line}" for line in database_damage(view.connection)]
        faults += _faults_of_documents(view)
        faults += [fault for _, fault in faults_of_chunks(view.connection, view.dimension)]
        faults += faults_of_terms(view.connection)
        faults += faults_of_token_vectors(view.connection)
        faults += [
            f"{row.file}: missing or damaged; nothing is lost, it is made again from rag.db"
            for row in damaged_bases(view)
        ]
        faults += faults_of_vectors(view)
    return faults


def database_damage(connection: sqlite3.Connection) -> list[str]:
    """What SQLite finds wrong with its own file."""
    lines = [row[0] for row in connection.execute("PRAGMA integrity_check(10)")]
    return [] if lines == ["ok"] else lines


def damaged_bases(view: SqliteView) -> list[base_file.BaseRow]:
    """Base files that are missing or have another content than was written."""
    known = view.base_files()
    return [
        row
        for row in known
        if not base_file.is_intact(view.folder / row.file, row.sha256)
        and not base_file.was_replaced(view.folder, row, known)
    ]


def faults_of_chunks(connection: sqlite3.Connection, dimension: int) -> Iterator[tuple[int, str]]:
    """(id, fault) of chunks that are not what was stored: their document has to be read again."""
    for (chunk,) in connection.execute(
        "SELECT id FROM chunk WHERE document_id NOT IN (SELECT id FROM document)"
    ):
        yield chunk, f"chunk {chunk} belongs to no document"
    for document, uri, text in connection.execute("SELECT id, uri, text FROM document"):
        rows = connection.execute(
            "SELECT id, char_start, char_end, text, heading, header, text_hash, embedding"
            " FROM chunk WHERE document_id = ? ORDER BY position",
            (document,),
        )
        for chunk, start, end, chunk_text, heading, header, text_hash, embedding in rows:
            embedded = embedded_text(chunk_text, tuple(json.loads(heading)), header)
            if text[start:end] != chunk_text:
                yield chunk, f"{uri}: chunk {chunk} is not the text at {start}"
            elif text_hash is not None and text_hash != hash_of(embedded):
                yield chunk, f"{uri}: chunk {chunk} is not the text that was embedded"
            elif not is_unit(embedding, dimension):
                yield chunk, f"{uri}: chunk {chunk} has no proper embedding"


def faults_of_terms(connection: sqlite3.Connection) -> list[str]:
    """Does lexical search hold the terms of every chunk, and nothing else?"""
    rows = connection.execute(
        "SELECT text, heading, header, terms FROM chunk LEFT JOIN chunk_fts ON chunk_fts.rowid = chunk.id"
    )
    missing = wrong = 0
    for text, heading, header, terms in rows:
        missing += terms is None
        wrong += terms is not None and terms != analyse(
            embedded_text(text, tuple(json.loads(heading)), header)
        )
    orphans = connection.execute(
        "SELECT count(*) FROM chunk_fts WHERE rowid NOT IN (SELECT id FROM chunk)"
    ).fetchone()[0]
    faults = {
        "chunks are missing from lexical search": missing,
        "chunks have other terms in lexical search than their text": wrong,
        "entries of lexical search have no chunk": orphans,
    }
    return [f"{count} {fault}" for fault, count in faults.items() if count]


def faults_of_token_vectors(connection: sqlite3.Connection) -> list[str]:
    """Are all token vectors of a text that is in the index?"""
    orphans = connection.execute(f"SELECT count(*) {_ORPHANS}").fetchone()[0]
    return [f"token vectors of {orphans} texts belong to no chunk"] if orphans else []


def faults_of_vectors(view: SqliteView) -> list[str]:
    """Does vector search hold the vector of every chunk, and nothing else?"""
    faults = []
    if wrong := len(np.setxor1d(view.snapshot.ids(), view.chunk_ids())):
        faults.append(f"{wrong} chunks are missing from vector search, or are in it without being stored")
    if wrong := _vectors_that_differ(view):
        faults.append(f"{wrong} chunks have another vector in the base file than in rag.db")
    if wrong := _count(view, "tombstone WHERE chunk_id IN (SELECT id FROM chunk)"):
        faults.append(f"{wrong} chunks are marked as deleted but are stored")
    if _count(view, "base WHERE sequence > (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'sequence')"):
        faults.append("a base file is newer than the last commit")
    return faults


def _faults_of_documents(view: SqliteView) -> Iterator[str]:
    for row in view.documents():
        if fault := fault_of_chunks(view, row):
            yield fault
        if (
            row.is_kept
            and row.path.parent == view.folder / "files"
            and not base_file.is_intact(row.path, row.sha256)
        ):
            yield f"{row.uri}: its uploaded file is missing or damaged; upload it again"


def _vectors_that_differ(view: SqliteView) -> int:
    base = view.snapshot.base
    if base is None:
        return 0
    place = {int(chunk): i for i, chunk in enumerate(base.index.ids)}
    size = base.index.vectors.shape[1]
    wrong = 0
    cursor = view.connection.execute(
        "SELECT id, embedding FROM chunk WHERE length(embedding) = ?", (4 * size,)
    )
    while rows := cursor.fetchmany(_BATCH):
        ids, vectors = vectors_of([row for row in rows if row[0] in place], size)
        stored = base.index.vectors[[place[int(chunk)] for chunk in ids]]
        wrong += int((stored != vectors).any(axis=1).sum())
    return wrong


def _count(view: SqliteView, what: str) -> int:
    return int(view.connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0])


@contextmanager
def _noting_damage(faults: list[str]) -> Iterator[None]:
    """A database that cannot be read to its end is a fault like others."""
    try:
        yield
    except StoreError as error:
        faults.append(str(error))


def repair(writer: SqliteWriter, reading: Callable[[], AbstractContextManager[SqliteView]]) -> list[str]:
    """Repair the index; one line for everything that was done.

    Raises:
        StoreError: the database cannot be written, or is damaged beyond this.
    """
    done: list[str] = []
    if database_damage(writer.connection):
        with writer.transaction():
            writer.connection.execute("REINDEX")
        done.append("the indexes of rag.db were made again")
    done += _drop_damaged_chunks(writer)
    with writer.transaction() as sequence:
        living = writer.connection.execute(
            "DELETE FROM tombstone WHERE chunk_id IN (SELECT id FROM chunk)"
        ).rowcount
        impossible = writer.connection.execute("DELETE FROM base WHERE sequence > ?", (sequence,)).rowcount
    if living:
        done.append(f"{living} chunks are no longer marked as deleted")
    with writer.transaction():
        orphans = writer.connection.execute(f"DELETE {_ORPHANS}").rowcount
    if orphans:
        done.append(f"token vectors of {orphans} texts that are gone were removed")
    if faults_of_terms(writer.connection):
        with writer.transaction():
            analyse_again(writer.connection)
        done.append("lexical search was filled again from the stored chunks")
    with reading() as view:
        stale = living or impossible or damaged_bases(view) or faults_of_vectors(view)
    if stale:
        writer.compact()
        done.append("the vectors were written into a new base file")
    return done


def _drop_damaged_chunks(writer: SqliteWriter) -> list[str]:
    """A wrong passage is worse than none. Its document counts as changed, so that the next ingest reads it again."""
    damaged = [chunk for chunk, _ in faults_of_chunks(writer.connection, writer.dimension)]
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
