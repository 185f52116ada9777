"""Check and repair of an index in PostgreSQL: what the database's own rules cannot say.

That every chunk has a document and every vector a chunk is a rule of the tables; that a chunk is the text at its place,
has the keys of its text, and that the sums are right is not.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from psycopg import Connection

from chatbot.errors import StoreError
from chatbot.store.checking import fault_of_chunks
from chatbot.store.postgres.chunk_rows import LONGEST, copied_postings, drop_chunks, tell
from chatbot.store.postgres.terms import keys_of
from chatbot.store.postgres.view import PostgresView
from chatbot.store.postgres.writer import PostgresWriter
from chatbot.store.records import embedded_text, hash_of
from chatbot.text.keywords import analyse

_ORPHANS = (
    "FROM posting WHERE NOT EXISTS (SELECT 1 FROM chunk WHERE id = chunk_id AND keys @> ARRAY[posting.key])"
)
_MISSING = "FROM chunk WHERE cardinality(keys) != (SELECT count(*) FROM posting WHERE chunk_id = chunk.id AND key = ANY(keys))"
_SUMS = (
    "SELECT (SELECT sum(chunks) FROM tally) = (SELECT count(*) FROM chunk)"
    " AND (SELECT sum(length) FROM tally) = (SELECT coalesce(sum(length), 0) FROM chunk)"
    " AND NOT EXISTS (SELECT 1 FROM (SELECT key, sum(chunks) AS said FROM frequency GROUP BY key) AS f"
    " FULL JOIN (SELECT key, count(*) AS there FROM chunk, unnest(keys) AS key GROUP BY key) AS c USING (key)"
    " WHERE coalesce(said, 0) != coalesce(there, 0))"
)


def faults_of(reading: AbstractContextManager[PostgresView]) -> list[str]:
    """Faults in documents, chunks, terms, vectors and sums; empty when all is well."""
    faults: list[str] = []
    try:
        with reading as view:
            faults += _faults_of_documents(view)
            faults += [fault for _, fault in _faults_of_chunks(view.connection)]
            faults += _faults_of_search(view.connection)
    except StoreError as error:
        faults.append(str(error))
    return faults


def _faults_of_documents(view: PostgresView) -> Iterator[str]:
    for row in view.documents():
        if fault := fault_of_chunks(view, row):
            yield fault
        if row.is_kept and row.path.name == row.sha256 and not _is_kept(view.connection, row.sha256):
            yield f"{row.uri}: its uploaded file is missing; upload it again"


def _is_kept(connection: Connection[Any], sha256: str) -> bool:
    return connection.execute("SELECT 1 FROM file WHERE sha256 = %s", (sha256,)).fetchone() is not None


def _faults_of_chunks(connection: Connection[Any]) -> Iterator[tuple[int, str]]:
    """(id, fault) of chunks that are not what was stored: their document has to be read again."""
    documents = connection.execute("SELECT id, uri, text FROM document").fetchall()
    for document, uri, text in documents:
        rows = connection.execute(
            "SELECT id, char_start, char_end, text, heading, header, text_hash,"
            " (SELECT abs(vector_norm(embedding) - 1) < 1e-3 FROM chunk_vector"
            " WHERE chunk_id = chunk.id AND chunk_vector.document_id = chunk.document_id)"
            " FROM chunk WHERE document_id = %s ORDER BY position",
            (document,),
        ).fetchall()
        for chunk, start, end, chunk_text, heading, header, text_hash, is_unit in rows:
            embedded = embedded_text(chunk_text, tuple(json.loads(heading)), header)
            if text[start:end] != chunk_text:
                yield chunk, f"{uri}: chunk {chunk} is not the text at {start}"
            elif text_hash is not None and bytes(text_hash) != hash_of(embedded):
                yield chunk, f"{uri}: chunk {chunk} is not the text that was embedded"
            elif not is_unit:
                yield chunk, f"{uri}: chunk {chunk} has no proper embedding"


def _faults_of_search(connection: Connection[Any]) -> list[str]:
    wrong = sum(1 for _ in _with_other_keys(connection))
    missing = _count(connection, f"SELECT count(*) {_MISSING}")
    orphans = _count(connection, f"SELECT count(*) {_ORPHANS}")
    faults = {
        "chunks have other terms in lexical search than their text": wrong,
        "chunks are missing from lexical search": missing,
        "entries of lexical search have no chunk": orphans,
    }
    lines = [f"{count} {fault}" for fault, count in faults.items() if count]
    if not _count(connection, _SUMS):
        lines.append("the sums of lexical search are not those of the chunks")
    invalid = connection.execute(
        "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indrelid"
        " WHERE relnamespace = current_schema()::regnamespace AND NOT indisvalid"
    ).fetchall()
    return lines + [f"the index {name} is not valid" for (name,) in invalid]


def _with_other_keys(connection: Connection[Any]) -> Iterator[tuple[int, list[int], int]]:
    """(id, keys, terms) that chunks should have and do not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, text, heading, header, keys, length FROM chunk")
        for chunk, text, heading, header, keys, length in cursor:
            wanted = keys_of(analyse(embedded_text(text, tuple(json.loads(heading)), header)).split())
            if sorted(set(wanted)) != sorted(keys) or min(len(wanted), LONGEST) != length:
                yield chunk, wanted, length


def _count(connection: Connection[Any], statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    return int(row[0] or 0) if row else 0


def repair(writer: PostgresWriter, reading: Callable[[], AbstractContextManager[PostgresView]]) -> list[str]:
    """Repair the index; one line for everything that was done. Nothing is embedded."""
    done: list[str] = []
    with reading() as view:
        damaged = [chunk for chunk, _ in _faults_of_chunks(view.connection)]
    if damaged:
        with writer.transaction() as connection:
            connection.execute(
                "UPDATE document SET made_by = '' WHERE id IN (SELECT document_id FROM chunk WHERE id = ANY(%s))",
                (damaged,),
            )
            tell(connection, drop_chunks(connection, damaged))
        done.append(
            f"{len(damaged)} damaged chunks were removed; run secondlook ingest to read their documents again"
        )
    with reading() as view:
        stale = _faults_of_search(view.connection)
    if stale:
        with writer.transaction(exclusively=True) as connection:
            _fill_again(connection, writer.is_spread)
        done.append("lexical search was filled again from the stored chunks")
    return done


def _fill_again(connection: Connection[Any], is_spread: bool) -> None:
    """Postings and sums anew from the stored chunks, inside the caller's transaction, while nobody else writes."""
    commits = _count(connection, "SELECT coalesce(sum(commits), 0) FROM tally")
    connection.execute("TRUNCATE posting, frequency, tally")
    rows = connection.execute("SELECT document_id, id, text, heading, header FROM chunk").fetchall()
    changed = []
    with copied_postings(connection, is_spread) as write:
        for document, chunk, text, heading, header in rows:
            keys = keys_of(analyse(embedded_text(text, tuple(json.loads(heading)), header)).split())
            length = min(len(keys), LONGEST)
            changed.append((sorted(set(keys)), length, chunk))
            write(document, chunk, Counter(keys), length)
    connection.cursor().executemany("UPDATE chunk SET keys = %s, length = %s WHERE id = %s", changed)
    connection.execute(
        "INSERT INTO frequency SELECT key, count(*) FROM chunk, unnest(keys) AS key GROUP BY key"
    )
    connection.execute(
        "INSERT INTO tally SELECT %s, count(*), coalesce(sum(length), 0) FROM chunk", (commits + 1,)
    )
